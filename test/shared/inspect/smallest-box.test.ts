import { expect, test } from 'vitest';
import { smallestBox } from '../../../src-main/shared/inspect/smallest-box.ts';
import { createRandom } from '../../../src-main/shared/random.ts';

/** The area of the smallest box, by trying all. */
function leastArea(mass: number[], height: number, width: number, share: number): number {
  const total = mass.reduce((a, b) => a + b);
  let least = Infinity;
  for (let top = 0; top < height; top++) {
    for (let left = 0; left < width; left++) {
      for (let end = top + 1; end <= height; end++) {
        for (let right = left + 1; right <= width; right++) {
          let sum = 0;
          for (let y = top; y < end; y++) for (let x = left; x < right; x++) sum += mass[y * width + x]!;
          if (sum >= total * share * (1 - 1e-9)) least = Math.min(least, (end - top) * (right - left));
        }
      }
    }
  }
  return least;
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])('no box is smaller (picture %i)', (seed) => {
  const random = createRandom(seed);
  const [height, width] = [1 + random.int(7), 1 + random.int(7)];
  // Much in few places, as gradients are, and nothing at some.
  const mass = Array.from({ length: height * width }, () => (random.int(3) === 0 ? 0 : random.next() ** 4));
  mass[random.int(mass.length)] = 1;
  for (const share of [0.1, 0.5, 0.95, 1]) {
    const box = smallestBox(mass, height, width, share)!;
    let sum = 0;
    for (let y = box.top; y < box.top + box.height; y++) {
      for (let x = box.left; x < box.left + box.width; x++) sum += mass[y * width + x]!;
    }
    expect(sum / mass.reduce((a, b) => a + b)).toBeGreaterThanOrEqual(share - 1e-6);
    expect(box.height * box.width).toBe(leastArea(mass, height, width, share));
  }
});

test('where all of it lies in one place, and where there is none', () => {
  const one = new Float32Array(12);
  one[7] = 3;
  expect(smallestBox(one, 3, 4, 0.95)).toEqual({ top: 1, left: 3, height: 1, width: 1 });
  expect(smallestBox(new Float32Array(12), 3, 4, 0.95)).toBeNull();
  one[0] = NaN;
  expect(smallestBox(one, 3, 4, 0.95)).toBeNull();
});

test('a Gaussian on a large picture holds 95 % in a box of about 4.5 standard deviations', () => {
  const mass = Float32Array.from({ length: 300 * 400 }, (_, at) => {
    const [y, x] = [Math.floor(at / 400) - 150, (at % 400) - 200];
    return Math.exp(-(y * y + x * x) / (2 * 20 ** 2));
  });
  const { height, width } = smallestBox(mass, 300, 400, 0.95)!;
  // Each axis holds the root of 0.95: 2.236 standard deviations on either side.
  expect(Math.abs(height - 89.5)).toBeLessThan(3);
  expect(Math.abs(width - 89.5)).toBeLessThan(3);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitStratified } from '../../../src-main/engine/images/split.ts';

const labelsOf = (...counts: number[]): number[] =>
  counts.flatMap((count, label) => new Array<number>(count).fill(label));
const counts = (
  sides: string[],
  labels: number[],
  label: number,
): [train: number, validation: number, test: number] => {
  const own = sides.filter((_, at) => labels[at] === label);
  const count = (side: string) => own.filter((one) => one === side).length;
  return [count('train'), count('validation'), count('test')];
};

// images of the class, validation share, test share -> in training, validation, test
test.each([
  [10, 0.2, 0, [8, 2, 0]],
  [5, 0.2, 0, [4, 1, 0]],
  [200, 0.2, 0.1, [140, 40, 20]],
  [10, 0, 0, [10, 0, 0]],
  [1, 0.2, 0.2, [1, 0, 0]],
  [1, 0.9, 0, [1, 0, 0]],
  [2, 0.2, 0, [2, 0, 0]],
  [2, 0.5, 0, [1, 1, 0]],
  [3, 0.1, 0, [2, 1, 0]],
  [3, 0.1, 0.1, [1, 1, 1]],
  [4, 0.9, 0, [1, 3, 0]],
  [4, 0.9, 0.9, [1, 3, 0]],
  [7, 0.5, 0, [3, 4, 0]],
])('%i images at %f and %f', (count, validationShare, testShare, expected) => {
  const labels = labelsOf(count);
  expect(counts(splitStratified(labels, validationShare, testShare, 1), labels, 0)).toEqual(expected);
});

test('every class gives its share, whatever the order of the images', () => {
  const labels = labelsOf(100, 10, 5, 1);
  const mixed = labels.map((_, at) => labels[(at * 37) % labels.length]!);
  for (const order of [labels, mixed]) {
    const sides = splitStratified(order, 0.2, 0, 7);
    expect([0, 1, 2, 3].map((label) => counts(sides, order, label)[1])).toEqual([20, 2, 1, 0]);
  }
});

test('the seed decides, and nothing else', () => {
  const labels = labelsOf(50, 50);
  const split = (seed: number) => splitStratified(labels, 0.2, 0.1, seed);
  expect(split(3)).toEqual(split(3));
  expect(split(3)).not.toEqual(split(4));
  expect(splitStratified(Int32Array.from(labels), 0.2, 0.1, 3)).toEqual(split(3));
});

test("another class's images do not move a class's own", () => {
  const alone = splitStratified(labelsOf(30), 0.2, 0.2, 5);
  expect(splitStratified(labelsOf(30, 40), 0.2, 0.2, 5).slice(0, 30)).toEqual(alone);
});

test('who is held out is spread over the class', () => {
  const times = new Array<number>(10).fill(0);
  for (let seed = 0; seed < 1000; seed++) {
    splitStratified(labelsOf(10), 0.2, 0, seed).forEach((side, at) => (times[at]! += side === 'validation' ? 1 : 0));
  }
  // Each is held out 200 times in the mean, with a standard deviation of 12.6.
  for (const count of times) expect(Math.abs(count - 200)).toBeLessThan(65);
});

test('no class is ever left without a training image', () => {
  const share = fc.double({ min: 0, max: 0.9, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1 }),
      share,
      share,
      fc.nat(),
      (labels, v, t, seed) => {
        const sides = splitStratified(labels, v, t, seed);
        return (
          sides.length === labels.length && [...new Set(labels)].every((label) => counts(sides, labels, label)[0] > 0)
        );
      },
    ),
  );
});

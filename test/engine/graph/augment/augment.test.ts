/** Every augmentation against a plain loop over pixels that is given the numbers drawn. */
import { describe, expect, test } from 'vitest';
import { augmentationNames, augmentationPresets } from '../../../../src-main/shared/augmentation.ts';
import type { Augmentation } from '../../../../src-main/shared/augmentation.ts';
import { expectClose } from '../helpers.ts';
import { randomBatch, rows, runAugmentation } from './harness.ts';
import type { Batch } from './harness.ts';

const batch = randomBatch(8, 10, 14, 3);
const originals = rows([...batch.values], batch.height * batch.width * batch.channels);

/** An image that goes on for ever as its own mirror image, looked up anywhere. */
function lookUp(image: number[], { height, width, channels }: Batch, y: number, x: number, channel: number): number {
  const mirrored = (at: number, length: number) => {
    const round = ((at % (2 * length)) + 2 * length) % (2 * length);
    return round < length ? round : 2 * length - 1 - round;
  };
  const pixel = (row: number, column: number) =>
    image[(mirrored(row, height) * width + mirrored(column, width)) * channels + channel]!;
  const [top, left] = [Math.floor(y), Math.floor(x)];
  const [down, right] = [y - top, x - left];
  const upper = pixel(top, left) * (1 - right) + pixel(top, left + 1) * right;
  const lower = pixel(top + 1, left) * (1 - right) + pixel(top + 1, left + 1) * right;
  return upper * (1 - down) + lower * down;
}

/** `from` says where pixel (x, y), from the centre, comes from. */
function moved(index: number, from: (x: number, y: number) => [x: number, y: number]): number[] {
  const { height, width, channels } = batch;
  const result: number[] = [];
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const [x, y] = from(column - (width - 1) / 2, row - (height - 1) / 2);
      for (let channel = 0; channel < channels; channel++)
        result.push(lookUp(originals[index]!, batch, y + (height - 1) / 2, x + (width - 1) / 2, channel));
    }
  return result;
}

function expectMoved(
  given: Partial<Augmentation>,
  from: (draws: Record<string, number>, x: number, y: number) => [x: number, y: number],
): void {
  const { images, draws } = runAugmentation(batch, given);
  images.forEach((image, index) => {
    const own = Object.fromEntries(Object.entries(draws).map(([name, values]) => [name, values[index]!]));
    const expected = moved(index, (x, y) => from(own, x, y));
    expectClose(image, expected, 2e-5, `image ${index}`);
    expect(image).not.toEqual(originals[index]);
  });
}

describe('changes of place', () => {
  test('flips mirror exactly', () => {
    const reversed = (image: number[], side: 'rows' | 'columns') => {
      const lines = rows(image, batch.width * batch.channels);
      if (side === 'rows') return lines.toReversed().flat();
      return lines.flatMap((line) => rows(line, batch.channels).toReversed().flat());
    };
    const horizontal = runAugmentation(batch, { flipHorizontal: 1 }).images;
    const vertical = runAugmentation(batch, { flipVertical: 1 }).images;
    originals.forEach((image, i) => {
      expectClose(horizontal[i]!, reversed(image, 'columns'), 1e-5, 'left and right');
      expectClose(vertical[i]!, reversed(image, 'rows'), 1e-5, 'up and down');
    });
  });

  test('a flip comes as often as its probability says', () => {
    const many = randomBatch(400, 1, 2, 1);
    const flipped = runAugmentation(many, { flipHorizontal: 0.25 }).images.filter(
      (image, i) => Math.abs(image[0]! - many.values[2 * i + 1]!) < 1e-6,
    );
    expect(flipped.length).toBeGreaterThan(70);
    expect(flipped.length).toBeLessThan(130);
  });

  test('shift', () => {
    expectMoved({ shift: 0.3 }, (draw, x, y) => [x + draw['shift/x']!, y + draw['shift/y']!]);
  });

  test('rotation turns about the centre', () => {
    expectMoved({ rotation: 180 }, (draw, x, y) => {
      const angle = draw['rotation/angle']!;
      return [x * Math.cos(angle) - y * Math.sin(angle), x * Math.sin(angle) + y * Math.cos(angle)];
    });
  });

  test('scale', () => {
    expectMoved({ scale: 0.5 }, (draw, x, y) => {
      const factor = Math.exp(draw['scale/logarithm']!);
      return [factor * x, factor * y];
    });
  });

  test('crop takes nothing from outside of the image', () => {
    const { height, width } = batch;
    expectMoved({ crop: 0.6 }, (draw, x, y) => {
      const [cut, right, down] = [draw['crop/cut']!, draw['crop/x']!, draw['crop/y']!];
      const from: [number, number] = [(1 - cut) * x + cut * right, (1 - cut) * y + cut * down];
      expect(Math.abs(from[0])).toBeLessThanOrEqual(width / 2);
      expect(Math.abs(from[1])).toBeLessThanOrEqual(height / 2);
      return from;
    });
  });

  test('all at once: each is done to what the one before has made of the image', () => {
    expectMoved({ flipHorizontal: 0.5, shift: 0.2, rotation: 40, scale: 0.3, crop: 0.3 }, (draw, x, y) => {
      const [cut, factor, angle] = [draw['crop/cut']!, Math.exp(draw['scale/logarithm']!), draw['rotation/angle']!];
      const cropped = [(1 - cut) * x + cut * draw['crop/x']!, (1 - cut) * y + cut * draw['crop/y']!] as const;
      const scaled = [factor * cropped[0], factor * cropped[1]] as const;
      const turned = [
        scaled[0] * Math.cos(angle) - scaled[1] * Math.sin(angle),
        scaled[0] * Math.sin(angle) + scaled[1] * Math.cos(angle),
      ] as const;
      const side = draw['flipHorizontal/chance']! < 0.5 ? -1 : 1;
      return [side * (turned[0] + draw['shift/x']!), turned[1] + draw['shift/y']!];
    });
  });
});

describe('changes of colour', () => {
  const clip = (value: number) => Math.min(1, Math.max(0, value));
  const expectChanged = (
    given: Partial<Augmentation>,
    change: (i: number, draws: Record<string, number[]>) => number[],
  ) => {
    const { images, draws } = runAugmentation(batch, given);
    images.forEach((image, i) => {
      expectClose(image, change(i, draws), 1e-5, `image ${i}`);
      expect(image).not.toEqual(originals[i]);
    });
  };

  test('brightness', () => {
    expectChanged({ brightness: 0.5 }, (i, draws) =>
      originals[i]!.map((value) => clip(value + draws['brightness/added']![i]!)),
    );
  });

  test('contrast is about the mean of each channel', () => {
    expectChanged({ contrast: 0.8 }, (i, draws) => {
      const image = originals[i]!;
      const means = [0, 1, 2].map((channel) => {
        const values = image.filter((_, at) => at % 3 === channel);
        return values.reduce((sum, value) => sum + value, 0) / values.length;
      });
      return image.map((value, at) => clip(means[at % 3]! + draws['contrast/factor']![i]! * (value - means[at % 3]!)));
    });
  });

  test('saturation is about the luma of each pixel, and leaves grey images alone', () => {
    expectChanged({ saturation: 0.9 }, (i, draws) =>
      rows(originals[i]!, 3).flatMap(([red, green, blue]) => {
        const luma = 0.299 * red! + 0.587 * green! + 0.114 * blue!;
        return [red!, green!, blue!].map((value) => clip(luma + draws['saturation/factor']![i]! * (value - luma)));
      }),
    );
    const grey = randomBatch(3, 4, 4, 1);
    expect(runAugmentation(grey, { saturation: 1 }).images.flat()).toEqual([...grey.values]);
  });

  test('cutout lays one grey box over the image, its centre anywhere', () => {
    const { height, width, channels } = batch;
    const { images, draws } = runAugmentation(batch, { cutout: 0.4 });
    images.forEach((image, i) => {
      const [x, y] = [draws['cutout/x']![i]!, draws['cutout/y']![i]!];
      const expected = originals[i]!.map((value, at) => {
        const column = Math.floor(at / channels) % width;
        const row = Math.floor(at / channels / width);
        const inside = Math.abs(column + 0.5 - x) < 0.2 * width && Math.abs(row + 0.5 - y) < 0.2 * height;
        return inside ? 0.5 : value;
      });
      expect(image).toEqual(expected.map(Math.fround));
    });
    expect(images.flat().filter((value) => value === 0.5).length).toBeGreaterThan(100);
  });
});

describe('mixup', () => {
  test('mixes images and targets by the same shares, the larger one the own', () => {
    const { images, targets, draws } = runAugmentation(batch, { mixup: 0.8 });
    const shares = draws['mixup/share']!;
    images.forEach((image, i) => {
      const share = shares[i]!;
      const before = (i + images.length - 1) % images.length;
      expect(share).toBeGreaterThanOrEqual(0.5);
      const expected = originals[i]!.map((value, at) => share * value + (1 - share) * originals[before]![at]!);
      expectClose(image, expected, 1e-5, `image ${i}`);
      expect(targets[i]![i]).toBeCloseTo(share, 5);
      expect(targets[i]![before]).toBeCloseTo(1 - share, 5);
      expect(targets[i]!.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    });
  });

  test.each([0.05, 0.2, 1])('shares with alpha %d are distributed as Beta(alpha, alpha)', (alpha) => {
    const shares = runAugmentation(randomBatch(2000, 1, 1, 1), { mixup: alpha }).draws['mixup/share']!;
    expect(shares.every((share) => share >= 0.5 && share <= 1)).toBe(true);
    // The variance of Beta(a, a) is 1 / (4 (2 a + 1)); the larger share's mean square about 1/2 is the same.
    const spread = shares.reduce((sum, share) => sum + (share - 0.5) ** 2, 0) / shares.length;
    expect(spread * 4 * (2 * alpha + 1)).toBeGreaterThan(0.93);
    expect(spread * 4 * (2 * alpha + 1)).toBeLessThan(1.07);
  });
});

describe('what is drawn', () => {
  const strong = augmentationPresets.strong;

  test('follows from seed and step alone, and differs with either, and between images', () => {
    const first = runAugmentation(batch, strong, { seed: 3, step: 5 });
    expect(runAugmentation(batch, strong, { seed: 3, step: 5 })).toEqual(first);
    for (const other of [
      { seed: 3, step: 6 },
      { seed: 4, step: 5 },
    ]) {
      const { draws } = runAugmentation(batch, strong, other);
      for (const [name, values] of Object.entries(first.draws)) expect(draws[name], name).not.toEqual(values);
    }
    for (const [name, values] of Object.entries(first.draws)) expect(new Set(values).size, name).toBe(values.length);
  });

  test('is the same whatever other augmentations there are', () => {
    const alone = runAugmentation(batch, { rotation: 15 }).draws['rotation/angle'];
    expect(runAugmentation(batch, strong).draws['rotation/angle']).toEqual(alone);
  });

  test.each([
    ['shift', 'x', 0.1 * 14],
    ['shift', 'y', 0.1 * 10],
    ['rotation', 'angle', (15 * Math.PI) / 180],
    ['brightness', 'added', 0.2],
  ] as const)('%s %s lies evenly within its strength', (name, what, most) => {
    const many = { ...randomBatch(1, 10, 14, 1) };
    const values = new Float32Array(300 * 140);
    const drawn = runAugmentation({ ...many, values }, { [name]: strong[name] }).draws[`${name}/${what}`]!;
    expect(Math.max(...drawn.map(Math.abs))).toBeLessThanOrEqual(most * 1.000001);
    expect(Math.max(...drawn)).toBeGreaterThan(0.95 * most);
    expect(Math.min(...drawn)).toBeLessThan(-0.95 * most);
    expect(Math.abs(drawn.reduce((sum, value) => sum + value, 0) / drawn.length)).toBeLessThan(0.12 * most);
  });

  test('nothing, where every strength is 0', () => {
    const { images, targets, draws } = runAugmentation(batch, {});
    expect(images).toEqual(originals);
    expect(targets.every((row, i) => row[i] === 1)).toBe(true);
    expect(draws).toEqual({});
  });

  test('every augmentation is part of the strong preset but flips upside down', () => {
    expect(augmentationNames.filter((name) => strong[name] === 0)).toEqual(['flipVertical']);
  });
});

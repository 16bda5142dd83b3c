import { describe, expect, it } from 'vitest';
import { energiesOf } from '../../../src-main/shared/inspect/frequencies.ts';
import { channelsOf, middleOf } from '../../../src-main/shared/inspect/maps.ts';
import type { Maps } from '../../../src-main/shared/inspect/maps.ts';
import { pool, poolingMethods, winCounts } from '../../../src-main/shared/inspect/pooling.ts';
import { createRandom } from '../../../src-main/shared/random.ts';
import type { SlidingWindow } from '../../../src-main/shared/network/index.ts';

const random = createRandom(4);
const randomMaps = (...shape: Maps['shape']): Maps => ({
  shape,
  values: Float32Array.from({ length: shape[0] * shape[1] * shape[2] }, () => random.normal()),
});
const sideBySide: SlidingWindow = { kernel: [2, 2], strides: [2, 2], dilation: [1, 1], padding: 'valid' };
/** 4x4, one channel: 1 to 16, row by row. */
const counting: Maps = { shape: [4, 4, 1], values: Float32Array.from({ length: 16 }, (_, at) => at + 1) };

describe('pool', () => {
  it.each([
    ['max', [6, 8, 14, 16], [5, 7, 13, 15]],
    ['min', [1, 3, 9, 11], [0, 2, 8, 10]],
    ['strided', [1, 3, 9, 11], [0, 2, 8, 10]],
    ['mean', [3.5, 5.5, 11.5, 13.5], null],
  ] as const)('%s, worked by hand, with the cell that won', (method, values, winners) => {
    const pooled = pool(counting, sideBySide, method);
    expect(pooled.shape).toEqual([2, 2, 1]);
    expect([...pooled.values]).toEqual(values);
    expect(pooled.winners && [...pooled.winners]).toEqual(winners);
  });

  it('l2 is the root of the mean of squares', () => {
    expect(pool(counting, sideBySide, 'l2').values[0]).toBeCloseTo(Math.sqrt((1 + 4 + 25 + 36) / 4), 6);
  });

  it('padding neither wins nor counts, and of equal cells the first wins', () => {
    const window: SlidingWindow = { kernel: [3, 3], strides: [2, 2], dilation: [1, 1], padding: [1, 1] };
    const negative = { ...counting, values: counting.values.map((value) => -value) };
    expect([...pool(negative, window, 'max').values]).toEqual([-1, -2, -5, -6]);
    expect(pool(negative, window, 'mean').values[0]).toBeCloseTo(-(1 + 2 + 5 + 6) / 4, 6);
    const even = { ...counting, values: new Float32Array(16) };
    expect([...pool(even, window, 'max').winners!]).toEqual([0, 1, 4, 5]);
  });

  it('a value that is no number is not lost', () => {
    const broken = { ...counting, values: counting.values.with(5, NaN) };
    for (const method of poolingMethods.filter((one) => one !== 'strided')) {
      expect([...pool(broken, sideBySide, method).values].map(Number.isNaN), method).toEqual([
        true,
        false,
        false,
        false,
      ]);
    }
  });

  it('a cell counts the windows that it won', () => {
    const overlapping = { ...sideBySide, strides: [1, 1] as [number, number] };
    const { winners } = pool(counting, overlapping, 'max');
    expect([...winCounts(counting, winners!).values]).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1]);
  });
});

describe('parts of maps', () => {
  it('some channels, and the middle', () => {
    const maps: Maps = { shape: [1, 2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) };
    expect(channelsOf(maps, 1, 2)).toEqual({ shape: [1, 2, 2], values: Float32Array.of(2, 3, 5, 6) });
    expect(middleOf(counting, 2)).toEqual({ shape: [2, 2, 1], values: Float32Array.of(6, 7, 10, 11) });
  });
});

/** The energies from the discrete Fourier transform as it is defined, one sum a frequency. */
function energiesByDefinition({ shape: [height, width], values }: Maps, cutoff: [number, number]) {
  const found = { level: 0, background: 0, texture: 0 };
  for (let v = 0; v < height; v++) {
    for (let u = 0; u < width; u++) {
      let [real, imaginary] = [0, 0];
      values.forEach((value, at) => {
        const angle = -2 * Math.PI * ((v * Math.floor(at / width)) / height + (u * (at % width)) / width);
        real += (value * Math.cos(angle)) / (height * width);
        imaginary += (value * Math.sin(angle)) / (height * width);
      });
      const energy = real ** 2 + imaginary ** 2;
      const low = Math.min(v, height - v) / height <= cutoff[0] && Math.min(u, width - u) / width <= cutoff[1];
      if (v === 0 && u === 0) found.level = real;
      else if (low) found.background += energy;
      else found.texture += energy;
    }
  }
  return found;
}

describe('energiesOf', () => {
  it.each([
    [8, 8, 0.25, 0.25],
    [7, 5, 0.25, 0.125],
    [1, 6, 0.25, 0.25],
  ])('%i x %i cells agree with the Fourier transform', (height, width, down, across) => {
    const maps = randomMaps(height, width, 1);
    const found = energiesOf(maps, [down, across]);
    const expected = energiesByDefinition(maps, [down, across]);
    for (const part of ['level', 'background', 'texture'] as const) expect(found[part]).toBeCloseTo(expected[part], 10);
  });

  it('is the mean over channels, and a single cell has a level alone', () => {
    const maps = randomMaps(4, 6, 3);
    const each = [0, 1, 2].map((channel) => energiesOf(channelsOf(maps, channel, 1), [0.25, 0.25]));
    const mean = each.reduce((sum, { texture }) => sum + texture / 3, 0);
    expect(energiesOf(maps, [0.25, 0.25]).texture).toBeCloseTo(mean, 12);
    expect(energiesOf({ shape: [1, 1, 1], values: Float32Array.of(3) }, [0.25, 0.25])).toEqual({
      level: 3,
      background: 0,
      texture: 0,
    });
  });
});

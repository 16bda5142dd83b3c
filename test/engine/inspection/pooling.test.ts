import { describe, expect, it } from 'vitest';
import { comparePooledMaps } from '../../../src-main/engine/inspection/pooling.ts';

/** 4x4, one channel: 1 to 16, row by row. */
const input = {
  shape: [4, 4, 1] as [number, number, number],
  values: Float32Array.from({ length: 16 }, (_, at) => at + 1),
};

describe('comparePooledMaps', () => {
  it('takes the largest and the mean of each window', () => {
    const { max, avg, difference } = comparePooledMaps(input, {
      kernel: [2, 2],
      strides: [2, 2],
      dilation: [1, 1],
      padding: 'valid',
    });
    expect([...max.values]).toEqual([6, 8, 14, 16]);
    expect([...avg.values]).toEqual([3.5, 5.5, 11.5, 13.5]);
    expect([...difference.values]).toEqual([2.5, 2.5, 2.5, 2.5]);
    expect(difference).toMatchObject({ shape: [2, 2, 1], mean: 2.5, std: 0 });
  });

  it('lets padding neither win nor count', () => {
    const negative = { ...input, values: input.values.map((value) => -value) };
    const { max, avg } = comparePooledMaps(negative, {
      kernel: [3, 3],
      strides: [2, 2],
      dilation: [1, 1],
      padding: [1, 1],
    });
    expect(max.shape).toEqual([2, 2, 1]);
    expect([...max.values]).toEqual([-1, -2, -5, -6]);
    expect(avg.values[0]).toBeCloseTo(-(1 + 2 + 5 + 6) / 4, 6);
  });
});

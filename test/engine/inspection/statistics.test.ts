import { describe, expect, it } from 'vitest';
import { channelHistograms, statisticsOf } from '../../../src-main/engine/inspection/statistics.ts';

describe('statisticsOf', () => {
  it('agrees with the definitions, worked by hand', () => {
    expect(statisticsOf(Float32Array.of(0, 0, 2, 6))).toEqual({
      mean: 2,
      std: Math.sqrt(6),
      min: 0,
      max: 6,
      zeros: 0.5,
    });
  });

  it('keeps its digits far from zero', () => {
    expect(statisticsOf(Float32Array.of(4096.25, 4096.75)).std).toBeCloseTo(0.25, 12);
  });
});

describe('channelHistograms', () => {
  it('counts each channel over its own range, the largest value in the last bin', () => {
    const values = Float32Array.of(0, 10, 1, 10, 2, 10, 4, 10);
    expect(channelHistograms(values, 2, 4)).toEqual([
      { from: 0, to: 4, counts: [1, 1, 1, 1] },
      { from: 10, to: 11, counts: [4, 0, 0, 0] },
    ]);
  });
});

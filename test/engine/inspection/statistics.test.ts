import { describe, expect, it } from 'vitest';
import { statisticsOf } from '../../../src-main/engine/inspection/statistics.ts';

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

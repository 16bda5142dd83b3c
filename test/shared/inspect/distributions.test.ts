import { describe, expect, it } from 'vitest';
import { gradientFindings, saturatedShare, spreadOf } from '../../../src-main/shared/inspect/distributions.ts';
import type { LayerSpread } from '../../../src-main/shared/inspect/distributions.ts';

describe('spreadOf', () => {
  it('counts the finite values and says how many are not', () => {
    const { histogram, size, zeros, broken } = spreadOf([0, 0, 3, 4, NaN, Infinity, -5, 1]);
    expect([histogram.from, histogram.to]).toEqual([-5, 4]);
    expect(histogram.counts.reduce((a, b) => a + b)).toBe(6);
    expect([histogram.counts[0], histogram.counts.at(-1)]).toEqual([1, 1]);
    expect(size).toBeCloseTo(Math.sqrt((9 + 16 + 25 + 1) / 6), 12);
    expect([zeros, broken]).toEqual([2 / 8, 2]);
  });

  it('of one value and of none', () => {
    expect(spreadOf([7, 7]).histogram).toMatchObject({ from: 7, to: 8 });
    expect(spreadOf([NaN])).toMatchObject({ size: NaN, broken: 1 });
  });
});

it('saturated is what lies at a flat end', () => {
  expect(saturatedShare('tanh', [-1, -0.99, 0, 0.5])).toBe(0.5);
  expect(saturatedShare('sigmoid', [0.005, 0.5, 0.995, 0.98])).toBe(0.5);
  expect(saturatedShare('relu6', [0, 6, 3, 6])).toBe(0.5);
  expect(saturatedShare('relu', [0])).toBeNull();
});

describe('gradientFindings', () => {
  const spread = (size: number, broken = 0) => ({ histogram: { from: 0, to: 1, counts: [] }, size, zeros: 0, broken });
  const layer = (name: string, size: number | null, broken = 0): LayerSpread => ({
    name,
    kind: 'conv2d',
    activations: spread(1),
    saturated: null,
    gradient: null,
    weights: [{ field: 'kernel', values: spread(1), gradient: size === null ? null : spread(size, broken) }],
  });

  it('names what vanishes, explodes, is nothing or broken, and is silent where all is well', () => {
    expect(gradientFindings([layer('a', 0.1), layer('b', 1)])).toEqual([]);
    expect(gradientFindings([layer('a', 1e-4), layer('b', 1)])).toMatchObject([
      { kind: 'vanishing', first: 'a', last: 'b' },
    ]);
    expect(gradientFindings([layer('a', 1e4), layer('b', 1)])).toMatchObject([{ kind: 'exploding' }]);
    expect(gradientFindings([layer('a', 0), layer('b', 1)])).toEqual([{ kind: 'none', layer: 'a' }]);
    expect(gradientFindings([layer('a', 1, 3), layer('b', 1, 1), layer('c', 1)])).toEqual([
      { kind: 'broken', layer: 'b' },
    ]);
  });

  it('has nothing to compare in one layer, or in layers that lead nowhere', () => {
    expect(gradientFindings([layer('a', 1)])).toEqual([]);
    expect(gradientFindings([layer('a', null), layer('b', 1)])).toEqual([]);
  });
});

import { expect, it } from 'vitest';
import { normHistograms } from '../../../src-main/engine/inspection/norm-histograms.ts';

const same = { scale: 1, shift: 0 };
const both = (values: number[], channels: number) => {
  const one = { values: Float32Array.from(values), lines: Array.from({ length: channels }, () => same) };
  return normHistograms(one, one, 4);
};

it('bins each channel over its own range', () => {
  // channel 0: 0, 1, 2, 4; channel 1: 7, 7, 7, 7
  const { before } = both([0, 7, 1, 7, 2, 7, 4, 7], 2);
  expect(before).toEqual([
    { from: 0, to: 4, counts: [1, 1, 1, 1] },
    { from: 7, to: 8, counts: [4, 0, 0, 0] },
  ]);
});

it('brings both sets through their lines, over the range of both', () => {
  const training = { values: Float32Array.of(0, 1, 2, 3), lines: [{ scale: -2, shift: 1 }] }; // 1, -1, -3, -5
  const inference = { values: Float32Array.of(3, 3, 2, 2), lines: [{ scale: 1, shift: 0 }] };
  const { before, after } = normHistograms(training, inference, 4);
  expect(before).toEqual([{ from: 0, to: 3, counts: [1, 1, 1, 1] }]);
  expect(after).toEqual([[{ from: -5, to: 3, counts: [1, 1, 1, 1] }], [{ from: -5, to: 3, counts: [0, 0, 0, 4] }]]);
});

it('counts numbers only, whatever else is among them', () => {
  const { before } = both([NaN, 5, 0, NaN, 4, NaN], 1);
  expect(before).toEqual([{ from: 0, to: 5, counts: [1, 0, 0, 2] }]);
  const values = { values: Float32Array.of(1, 3), lines: [same] };
  const broken = { values: Float32Array.of(1, 3), lines: [{ scale: NaN, shift: 0 }] };
  expect(normHistograms(values, broken, 2).after).toEqual([
    [{ from: 1, to: 3, counts: [1, 1] }],
    [{ from: 1, to: 3, counts: [0, 0] }],
  ]);
  expect(normHistograms(broken, values, 2).after[1]).toEqual([{ from: 1, to: 3, counts: [1, 1] }]);
});

it('has no range where a channel has no number', () => {
  expect(both([NaN, 1, NaN, 2], 2).before).toEqual([
    { from: NaN, to: NaN, counts: [0, 0, 0, 0] },
    { from: 1, to: 2, counts: [1, 0, 0, 1] },
  ]);
});

import { expect, test } from 'vitest';
import { aboveZero, smoothed } from '../../src-renderer/ui/chart-data.ts';
import { driftCurve, heatMapOf } from '../../src-main/shared/inspect/norm-drift.ts';

test('smoothing weighs each value by its age, and without bias towards the first', () => {
  const points = [1, 5, 3].map((y, x) => [x, y] as const);
  expect(smoothed(points, 0)).toEqual(points);
  const [first, second, third] = smoothed(points, 0.5).map(([, y]) => y);
  expect(first).toBe(1);
  expect(second).toBeCloseTo((5 + 0.5 * 1) / 1.5, 12);
  expect(third).toBeCloseTo((3 + 0.5 * 5 + 0.25 * 1) / 1.75, 12);
  expect(
    smoothed(
      [1, 2, 3].map((x) => [x, 7]),
      0.9,
    ).every(([, y]) => Math.abs(y - 7) < 1e-12),
  ).toBe(true);
});

test('a logarithmic axis has a place for what is above 0 only', () => {
  const curve = { label: '', color: '', dashed: false, points: [[0, 0] as const, [1, -1] as const, [2, 0.5] as const] };
  expect(aboveZero(curve).points).toEqual([[2, 0.5]]);
});

test('the heat map has a row a channel and a column a step', () => {
  const values = Float32Array.of(1, 2, 3, 4, 5, 6); // two channels at three steps
  const figures = { gamma: values } as never;
  const history = { steps: [0, 4, 9], channels: 2, figures };
  expect([...heatMapOf(history, values)]).toEqual([1, 3, 5, 2, 4, 6]);
  expect(driftCurve(history, 'gamma', 1)).toEqual([
    [0, 2],
    [4, 4],
    [9, 6],
  ]);
});

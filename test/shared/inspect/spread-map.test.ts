import { expect, test } from 'vitest';
import { spreadBins, type TensorHistory } from '../../../src-main/shared/inspect/spread-history.ts';
import { histogramAt, spreadMapOf } from '../../../src-main/shared/inspect/spread-map.ts';

function history(records: { from: number; to: number; counts: number[] }[]): TensorHistory {
  const figure = (of: (record: (typeof records)[number]) => number) => Float32Array.from(records, of);
  const zero = figure(() => 0);
  return {
    field: 'kernel',
    isGradient: false,
    figures: {
      least: figure(({ from }) => from),
      largest: figure(({ to }) => to),
      size: zero,
      zeros: zero,
      broken: zero,
      saturated: zero,
    },
    counts: Float32Array.from(records.flatMap(({ counts }) => counts)),
  };
}
const spike = (bin: number, count: number) => Array.from({ length: spreadBins }, (_, at) => (at === bin ? count : 0));

test('histograms of different ranges lie on one axis, the largest values first', () => {
  const even = new Array<number>(spreadBins).fill(3);
  // All values of the second step are in the upper quarter of the axis.
  const map = spreadMapOf(
    history([
      { from: -1, to: 3, counts: even },
      { from: 2, to: 3, counts: even },
    ]),
  );
  expect([map.from, map.to, map.columns]).toEqual([-1, 3, 2]);
  const column = (at: number) => Array.from({ length: map.rows }, (_, row) => map.shares[row * 2 + at]!);
  for (const share of column(0)) expect(share).toBeCloseTo(1 / map.rows, 6);
  const quarter = map.rows / 4;
  for (const share of column(1).slice(0, quarter)) expect(share).toBeCloseTo(1 / quarter, 6);
  expect(
    column(1)
      .slice(quarter)
      .every((share) => share === 0),
  ).toBe(true);
});

test('a bin that spans several rows, or part of one, is spread over them, and none is lost', () => {
  const records = [
    { from: 0, to: 1, counts: spike(0, 10) },
    { from: -31, to: 33, counts: spike(31, 7) },
  ];
  const map = spreadMapOf(history(records));
  for (const at of [0, 1]) {
    const shares = Array.from({ length: map.rows }, (_, row) => map.shares[row * 2 + at]!);
    expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(1, 5);
  }
  // 31 to 33 are the uppermost two of 64, and a row is 64 / 48 wide.
  expect(map.shares[1]!).toBeCloseTo(2 / 3, 5);
  expect(map.shares[3]!).toBeCloseTo(1 / 3, 5);
});

test('a step without a number has no shares', () => {
  const map = spreadMapOf(
    history([
      { from: 0, to: 1, counts: spike(0, 1) },
      { from: 0, to: 1, counts: spike(0, 0) },
    ]),
  );
  expect(Number.isNaN(map.shares[1]!)).toBe(true);
  expect(Number.isNaN(map.shares[0]!)).toBe(false);
});

test('the histogram of one step is as it was recorded', () => {
  const records = [
    { from: 0, to: 1, counts: spike(2, 4) },
    { from: -2, to: 5, counts: spike(30, 9) },
  ];
  expect(histogramAt(history(records), 1)).toEqual(records[1]);
});

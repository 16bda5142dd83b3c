import { describe, expect, test } from 'vitest';
import type { ReceptiveField } from '../../src-main/shared/network/index.ts';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatPercent,
  formatShape,
  formatShort,
  formatValue,
} from '../../src-renderer/ui/numbers.ts';
import { align, nearest, type Curve } from '../../src-renderer/ui/chart-data.ts';
import { seesEverything } from '../../src-renderer/views/network/figures.ts';

describe('numbers as text', () => {
  test.each([
    [0, '0'],
    [61706, '61,706'],
    [1234567, '1,234,567'],
  ])('count %d', (value, text) => expect(formatCount(value)).toBe(text));

  test.each([
    [0, '0'],
    [9999, '9,999'],
    [24346, '24.3 k'],
    [999_999, '1 M'],
    [40_812_544, '40.8 M'],
    [7e9, '7 G'],
    [2.5e12, '2.5 T'],
  ])('short %d', (value, text) => expect(formatShort(value)).toBe(text));

  test.each([
    [0, '0 B'],
    [1023, '1,023 B'],
    [1024, '1 KiB'],
    [12544, '12.3 KiB'],
    [5 * 1024 ** 3, '5 GiB'],
  ])('bytes %d', (value, text) => expect(formatBytes(value)).toBe(text));

  test.each([
    [0, '0'],
    [-0, '0'],
    [0.82082, '0.8208'],
    [-1.5, '−1.5'],
    [12345.678, '12350'],
    [0.00012345, '1.23 × 10⁻⁴'],
    [-2_500_000, '−2.50 × 10⁶'],
    [1.5e-12, '1.50 × 10⁻¹²'],
    [NaN, 'not a number'],
    [-Infinity, '−∞'],
  ])('value %d', (value, text) => expect(formatValue(value)).toBe(text));

  test.each([
    [0, '0 s'],
    [5.4, '5 s'],
    [59.6, '1 min 0 s'],
    [65, '1 min 5 s'],
    [7260, '2 h 1 min'],
    [-3, '0 s'],
  ])('%d seconds', (value, text) => expect(formatDuration(value)).toBe(text));

  test('shares and shapes', () => {
    expect(formatPercent(0.8734)).toBe('87.3 %');
    expect(formatPercent(1, 0)).toBe('100 %');
    expect([NaN, Infinity].map((share) => formatPercent(share))).toEqual(['not a number', '∞']);
    expect(formatShape([28, 28, 16])).toBe('28 × 28 × 16');
  });
});

describe('curves on one axis', () => {
  const curve = (points: [number, number][]): Curve => ({ label: '', color: '', dashed: false, points });

  test('positions are joined in order, gaps are null', () => {
    const curves = [
      curve([
        [1, 10],
        [3, 30],
      ]),
      curve([
        [0.5, 5],
        [1, 11],
      ]),
      curve([]),
    ];
    expect(align(curves)).toEqual([
      [0.5, 1, 3],
      [null, 10, 30],
      [5, 11, null],
      [null, null, null],
    ]);
  });

  test.each([
    [0, 1],
    [1.4, 1],
    [2.6, 3],
    [99, 3],
  ])('the point nearest to %d is at %d', (x, at) => {
    expect(
      nearest(
        [
          [1, 10],
          [3, 30],
        ],
        x,
      )?.[0],
    ).toBe(at);
  });

  test('a curve without points has none that is nearest', () => expect(nearest([], 1)).toBeNull());
});

describe('figures of layers', () => {
  test('only vectors whose field steps over the whole image see everything', () => {
    const whole: ReceptiveField = { size: [28, 28], stride: [28, 28], start: [0, 0] };
    const part: ReceptiveField = { size: [28, 28], stride: [8, 8], start: [0, 0] };
    expect(seesEverything({ outputShape: [10], receptiveField: whole })).toBe(true);
    expect(seesEverything({ outputShape: [10], receptiveField: part })).toBe(false);
    expect(seesEverything({ outputShape: [1, 1, 10], receptiveField: whole })).toBe(false);
    expect(seesEverything({ outputShape: null, receptiveField: null })).toBe(false);
  });
});

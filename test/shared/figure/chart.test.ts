/** Charts and histograms: everything stands where the axes say that it is. */
import sharp from 'sharp';
import { describe, expect, it, test } from 'vitest';
import { barsBlock } from '../../../src-main/shared/figure/bars.ts';
import { chartBlock } from '../../../src-main/shared/figure/chart.ts';
import type { Chart } from '../../../src-main/shared/figure/chart.ts';
import type { Block } from '../../../src-main/shared/figure/drawing.ts';

const drawn = ({ width, height, markup }: Block) =>
  sharp(Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${markup}</svg>`));
const texts = (svg: string) => [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!);

describe('charts', () => {
  const curve = (points: [number, number][]) => ({ label: 'loss', color: '#0072b2', dashed: false, points });
  const chart = (points: [number, number][], yScale: Chart['yScale']): Chart => ({
    ...{ xLabel: 'Step', yLabel: 'Loss, nats', curves: [curve(points)] },
    ...(yScale && { yScale }),
  });
  const number = (text: string) => {
    const power = /^([−\d.]+) × 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)$/.exec(text);
    const plain = (digits: string) => Number(digits.replace('−', '-'));
    if (!power) return plain(text);
    const exponent = [...power[2]!].map((digit) => (digit === '⁻' ? '-' : '⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(digit))).join('');
    return plain(power[1]!) * 10 ** Number(exponent);
  };
  /** What stands beside the axis, by where it stands; the text of a tick is 4 px below its line. */
  const ticks = (svg: string, axis: 'x' | 'y') =>
    [...svg.matchAll(/<text x="(-?[\d.]+)" y="(-?[\d.]+)" font-size="11" [^>]*text-anchor="(\w+)">([^<]*)</g)]
      .filter(([, , , anchor, text]) => anchor === (axis === 'x' ? 'middle' : 'end') && /^[−\d]/.test(text!))
      .map(([, x, y, , text]) => ({ at: axis === 'x' ? Number(x) : Number(y) - 4, value: number(text!) }));
  const along = (found: { at: number; value: number }[], value: number) => {
    const [first, last] = [found[0]!, found.at(-1)!];
    return first.at + ((value - first.value) / (last.value - first.value)) * (last.at - first.at);
  };
  const marks = (svg: string) =>
    [...svg.matchAll(/<circle cx="([\d.]+)" cy="(-?[\d.]+)"/g)].map(([, x, y]) => [Number(x), Number(y)] as const);

  it.each(['zero', 'data'] as const)('have every point where the axes say that it is: %s', (yScale) => {
    const points = Array.from({ length: 30 }, (_, at): [number, number] => [at * 37, 5 + Math.cos(at) * 0.3]);
    const svg = chartBlock(chart(points, yScale)).markup;
    const [across, up] = [ticks(svg, 'x'), ticks(svg, 'y')];
    expect(across.length).toBeGreaterThan(3);
    expect(up.length).toBeGreaterThan(2);
    expect(up[0]!.value === 0).toBe(yScale === 'zero');
    marks(svg).forEach(([x, y], at) => {
      expect(x).toBeCloseTo(along(across, points[at]![0]), 1);
      expect(y).toBeCloseTo(along(up, points[at]![1]), 1);
    });
    expect(marks(svg)).toHaveLength(30);
    expect(texts(svg)).toEqual(expect.arrayContaining(['Step', 'Loss, nats', 'loss']));
  });

  it('of powers of ten have them evenly apart, and leave out what has no place', () => {
    const points: [number, number][] = [
      [0, 1e-6],
      [1, 1e-3],
      [2, 0],
      [3, 1],
    ];
    const svg = chartBlock(chart(points, 'log')).markup;
    const found = marks(svg).map(([, y]) => y);
    expect(found).toHaveLength(3);
    expect(found[0]! - found[1]!).toBeCloseTo(found[1]! - found[2]!, 1);
  });

  it.each([
    ['no point', []],
    ['one point', [[7, 0.5]]],
    [
      'one value',
      [
        [0, 2],
        [1, 2],
      ],
    ],
    [
      'what is no number',
      [
        [0, NaN],
        [1, Infinity],
        [2, 1],
        [3, 4],
      ],
    ],
  ] as [string, [number, number][]][])('say something sensible of %s', async (_name, points) => {
    const block = chartBlock(chart(points, 'data'));
    expect(block.markup).not.toMatch(/NaN|Infinity|undefined/);
    expect((await drawn(block).metadata()).width).toBeGreaterThan(300);
  });
});

test('bars are as high as their counts', () => {
  const histogram = { from: -1, to: 1, counts: [0, 5, 20, 10] };
  const { markup } = barsBlock({ histogram, xLabel: 'value', yLabel: 'values' });
  const heights = [...markup.matchAll(/<rect x="[\d.]+" y="[\d.]+" width="[\d.]+" height="([\d.]+)" fill="#1d/g)].map(
    ([, h]) => Number(h),
  );
  expect(heights.map((height) => height / heights[2]!)).toEqual([0, 0.25, 1, 0.5]);
  expect(texts(markup)).toEqual(expect.arrayContaining(['0', '20', 'values', '−1', '1', 'value']));
});

test('of values that are no numbers there are neither bars nor an axis that would say otherwise', () => {
  const { markup } = barsBlock({ histogram: { from: NaN, to: NaN, counts: [] }, xLabel: 'value', yLabel: 'values' });
  expect(markup).not.toMatch(/NaN|<rect/);
  expect(texts(markup)).toEqual(['value', 'values']);
});

test.each([
  [-2.3e-4, 3.1e-4],
  [1e6, 1.2e6],
  [-0.0001, 12],
  [7, 7.0001],
  [-0.0427, 0.0427],
  [-0.9, 0.9],
])('the numbers below an axis from %d to %d do not run into each other, nor out of the drawing', (from, to) => {
  const { markup, width } = barsBlock({ histogram: { from, to, counts: [1, 2] }, xLabel: 'value', yLabel: 'values' });
  const [, left] = /translate\(([\d.]+) /.exec(markup)!;
  const found = [...markup.matchAll(/<text x="([\d.]+)" y="155" [^>]*>([^<]*)</g)].map(([, x, text]) => {
    const half = (text!.length * 11 * 0.6) / 2;
    return [Number(x) - half, Number(x) + half] as const;
  });
  expect(found.length).toBeGreaterThan(1);
  found.slice(1).forEach(([start], at) => expect(start).toBeGreaterThan(found[at]![1]));
  expect(Number(left) + found.at(-1)![1]).toBeLessThanOrEqual(width);
});

/** Figures as drawings, looked at by another renderer than the window's. */
import sharp from 'sharp';
import { describe, expect, it, test } from 'vitest';
import type { Figure, MapPicture, Picture } from '../../../src-renderer/figures/figure.ts';
import { figureSvg } from '../../../src-renderer/figures/svg/draw.ts';
import { colorOf, diverging, rangeOf, viridis } from '../../../src-main/shared/colors.ts';
import { picturesIn } from './read-back.ts';

const figureOf = (...pictures: Picture[]): Figure => ({
  title: 'A <title> & "more"',
  panels: pictures.map((picture, at) => ({ title: `Panel ${at}`, picture })),
  numbers: [],
});
const drawn = async (svg: string) => {
  const { data, info } = await sharp(Buffer.from(svg)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => [...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3)];
  return { ...info, at };
};
const texts = (svg: string) => [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!);

describe('maps', () => {
  const values = Float32Array.from({ length: 5 * 7 }, (_, at) => Math.sin(at * 1.3) * 4);
  values[11] = NaN;
  const map: MapPicture = { kind: 'map', values, size: [5, 7], palette: viridis, range: rangeOf(values) };

  it('are squares without anything between them, of the colours of the screen', async () => {
    const svg = figureSvg(figureOf(map), ['Layer: conv1']);
    const picture = await drawn(svg);
    const { x, y, width, height } = picturesIn(svg)[1]!; // the first is the scale
    const cell = width / 7;
    expect([height, Number.isInteger(cell)]).toEqual([5 * cell, true]);
    for (const [at, value] of values.entries()) {
      const [left, top] = [x + (at % 7) * cell, y + Math.floor(at / 7) * cell];
      const color = [...colorOf(value, map.range, viridis)].slice(0, 3);
      expect(picture.at(left, top)).toEqual(color);
      expect(picture.at(left + cell - 1, top + cell - 1)).toEqual(color);
    }
    expect(picture.at(0, 0)).toEqual([255, 255, 255]);
    expect(picture.at(picture.width - 1, picture.height - 1)).toEqual([255, 255, 255]);
  });

  it('stand alone: title, what they are of, and the scale with its numbers, once where it is one', () => {
    const fine = { ...map, size: [3, 12] as const, range: { min: -4, max: 3.5 } };
    const svg = figureSvg({ ...figureOf(fine, fine), notes: ['Filter 3'] }, ['Layer: conv1', 'Image: a&b.png']);
    expect(texts(svg)).toEqual([
      'A &lt;title&gt; &amp; &quot;more&quot;',
      'Layer: conv1',
      'Image: a&amp;b.png',
      'Filter 3',
      '−4',
      '3.5',
      'Panel 0',
      'Panel 1',
    ]);
    const other = { ...fine, palette: diverging, range: { min: -2, max: 2 } };
    const ends = texts(figureSvg(figureOf(fine, other), [])).filter((text) => /^−?[\d.]+$/.test(text));
    expect(ends).toEqual(['−4', '3.5', '−2', '2']);
  });

  it('have their numbers in cells with room for them', () => {
    const few = { ...map, values: new Float32Array([-0.1234567, 2, NaN, 1e-9, 0, -Infinity]), size: [2, 3] as const };
    expect(texts(figureSvg(figureOf(few), [])).slice(-6)).toEqual(['−0.123', '2', 'NaN', '1.00 × 10⁻⁹', '0', '−∞']);
  });

  it('of a thousand are small, and none is over another', async () => {
    const svg = figureSvg(figureOf(...Array.from({ length: 1024 }, () => map)), []);
    const places = new Set(picturesIn(svg).map(({ x, y }) => `${x} ${y}`));
    expect(places.size).toBe(1 + 1024);
    const { width, height } = await sharp(Buffer.from(svg)).metadata();
    expect(Math.max(width, height) / Math.min(width, height)).toBeLessThan(2);
  });

  it('leave clear what is past the end, and what has not come', async () => {
    const gaps = { ...map, values: new Float32Array([1, NaN, 3]), size: [2, 2] as const, gaps: true };
    const svg = figureSvg(figureOf(gaps), []);
    const picture = await drawn(svg);
    const { x, y, width } = picturesIn(svg)[1]!;
    for (const corner of [
      [x + width - 1, y],
      [x + width - 1, y + width - 1],
    ] as const) {
      expect(picture.at(...corner)).toEqual([255, 255, 255]);
    }
  });
});

test('frames lie around their cells, dashed where they are to be, and are cut off at the edges', async () => {
  const grey = { height: 8, width: 8, channels: 1 as const, pixels: new Uint8Array(64).fill(128) };
  const frames = [
    { box: { top: 2, left: 3, height: 2, width: 4 } },
    { box: { top: -5, left: 6, height: 7, width: 9 }, dashed: true },
    { box: { top: 20, left: 20, height: 2, width: 2 } },
  ];
  const svg = figureSvg(figureOf({ kind: 'pixels', image: grey, frames }), []);
  expect(svg.match(/<rect [^>]*stroke="#ffffff"/g)).toHaveLength(2);
  expect(svg.match(/stroke-dasharray/g)).toHaveLength(2); // white on black
  const picture = await drawn(svg);
  const { x, y, width } = picturesIn(svg)[0]!;
  const cell = width / 8;
  const colorAt = (row: number, column: number) => picture.at(x + column * cell, y + row * cell)[0]!;
  for (const [row, column] of [
    [2, 5],
    [4, 5],
    [3, 3],
    [3, 7],
  ] as const) {
    expect(colorAt(row, column)).toBeGreaterThan(240);
  }
  for (const [row, column] of [
    [3, 5],
    [5, 5],
    [1, 1],
  ] as const) {
    expect(colorAt(row, column)).toBe(128);
  }
});

test('signs stand between panels, and a panel that begins a row stands below the others', () => {
  const map: MapPicture = { kind: 'map', values: [1, 2], size: [1, 2], palette: viridis, range: { min: 1, max: 2 } };
  const panels = ['', '×', '='].map((sign, at) => ({ title: `Panel ${at}`, picture: map, sign, newRow: at === 2 }));
  const svg = figureSvg({ title: 'Product', panels, numbers: [] }, []);
  expect(texts(svg)).toEqual(expect.arrayContaining(['×', '=']));
  const [first, second, third] = picturesIn(svg).slice(1);
  expect(second!.y).toBe(first!.y);
  expect(second!.x - first!.x).toBeGreaterThan(first!.width + 24);
  expect(third!.y).toBeGreaterThan(first!.y + first!.height);
});

test('a scale says what it measures; two measures are two scales', () => {
  const map: MapPicture = { kind: 'map', values: [1, 2], size: [1, 2], palette: viridis, range: { min: 1, max: 9 } };
  const logit = { ...map, measure: 'logit' };
  const ends = (svg: string) => texts(svg).filter((text) => /^9/.test(text));
  expect(ends(figureSvg(figureOf(logit, logit), []))).toEqual(['9  logit']);
  expect(ends(figureSvg(figureOf(logit, map), []))).toEqual(['9  logit', '9']);
});

test('what is laid over pixels is mixed with them by its strength', async () => {
  const image = { height: 2, width: 2, channels: 1 as const, pixels: new Uint8Array([0, 100, 200, 255]) };
  const values = new Float32Array([0, 1, 2, 3]);
  const range = { min: 0, max: 3 };
  const svg = figureSvg(
    figureOf({ kind: 'pixels', image, over: { values, range, palette: viridis, strength: 0.25 } }),
    [],
  );
  const picture = await drawn(svg);
  const { x, y, width } = picturesIn(svg)[1]!;
  for (const [at, value] of values.entries()) {
    const [column, row] = [at % 2, Math.floor(at / 2)];
    const seen = picture.at(x + (column + 0.5) * (width / 2), y + (row + 0.5) * (width / 2));
    const heat = colorOf(value, range, viridis);
    seen.forEach((part, i) => expect(Math.abs(part - (0.75 * image.pixels[at]! + 0.25 * heat[i]!))).toBeLessThan(2));
  }
});

test('tables have every cell', () => {
  const svg = figureSvg(
    figureOf({
      kind: 'table',
      columns: ['Layer', 'Mean'],
      rows: [
        ['conv1', '0.5'],
        ['<b>', '−1'],
      ],
    }),
    [],
  );
  expect(texts(svg).slice(2)).toEqual(['Layer', 'Mean', 'conv1', '0.5', '&lt;b&gt;', '−1']);
});

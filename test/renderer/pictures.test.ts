import { describe, expect, test } from 'vitest';
import { around0, colorOf, diverging, rangeOf, viridis } from '../../src-main/shared/colors.ts';
import { paintChannel, paintPixels } from '../../src-renderer/ui/colors.ts';
import { mapShape } from '../../src-main/shared/inspect/maps.ts';

const colorAt = (palette: Uint8ClampedArray, index: number) => [...palette.subarray(index * 4, index * 4 + 4)];

describe('palettes', () => {
  // The ends and the middle as matplotlib publishes them: viridis(0), viridis(0.5), viridis(1).
  test.each([
    [0, [0x44, 0x01, 0x54, 255]],
    [128, [0x21, 0x91, 0x8c, 255]],
    [255, [0xfd, 0xe7, 0x25, 255]],
  ])('viridis at %i', (index, color) => {
    colorAt(viridis, index).forEach((part, i) => expect(Math.abs(part - color[i]!)).toBeLessThanOrEqual(2));
  });

  test.each([
    [0, { min: 0, max: 1 }, 0],
    [0.5, { min: 0, max: 1 }, 128],
    [1, { min: 0, max: 1 }, 255],
    [-7, { min: 0, max: 1 }, 0],
    [7, { min: 0, max: 1 }, 255],
    [0, { min: -2, max: 2 }, 128],
    [3, { min: 3, max: 3 }, 0],
  ])('%d within %j is colour %i', (value, range, index) => {
    expect([...colorOf(value, range, viridis)]).toEqual(colorAt(viridis, index));
  });

  test.each([NaN, Infinity, -Infinity])('%d has a colour that stands in neither palette', (value) => {
    const color = String([...colorOf(value, { min: 0, max: 1 }, viridis)]);
    const colors = [viridis, diverging].flatMap((palette) =>
      Array.from({ length: 256 }, (_, index) => String(colorAt(palette, index))),
    );
    expect(colors).not.toContain(color);
    expect(colors).toHaveLength(512);
  });
});

describe('ranges', () => {
  test.each([
    [[3, -1, 2], 0, 1, { min: -1, max: 3 }],
    [[3, -1, 2, 8], 0, 2, { min: 2, max: 3 }],
    [[3, -1, 2, 8], 1, 2, { min: -1, max: 8 }],
    [[NaN, 4, Infinity], 0, 1, { min: 4, max: 4 }],
    [[NaN], 0, 1, { min: 0, max: 0 }],
    [[], 0, 1, { min: 0, max: 0 }],
  ])('of %j from %i by %i', (values, start, step, range) => {
    expect(rangeOf(values, start, step)).toEqual(range);
  });

  test('around 0 reaches as far below as above, and 0 has the colour of the middle though there is nothing else', () => {
    expect(around0([-3, 2])).toEqual({ min: -3, max: 3 });
    expect([...colorOf(0, around0([0, 0]), diverging)]).toEqual(colorAt(diverging, 128));
  });
});

describe('painting', () => {
  // [height 2, width 2, channels 2], channels last.
  const values = new Float32Array([0, 10, 1, 20, 0.5, 30, 1, 40]);

  test('one channel is taken out of the interleaved values, row by row', () => {
    const pixels = paintChannel(values, [2, 2, 2], 0, { min: 0, max: 1 }, viridis);
    const seen = [0, 1, 2, 3].map((cell) => colorAt(pixels, cell));
    expect(seen).toEqual([0, 255, 128, 255].map((index) => colorAt(viridis, index)));
  });

  test('the other channel has values of its own', () => {
    const pixels = paintChannel(values, [2, 2, 2], 1, { min: 10, max: 40 }, viridis);
    expect(colorAt(pixels, 3)).toEqual(colorAt(viridis, 255));
    expect(colorAt(pixels, 0)).toEqual(colorAt(viridis, 0));
  });

  test('cells past the end are transparent', () => {
    const pixels = paintChannel(new Float32Array([1, 1, 1]), [2, 2, 1], 0, { min: 0, max: 1 }, viridis);
    expect([0, 1, 2, 3].map((cell) => pixels[cell * 4 + 3])).toEqual([255, 255, 255, 0]);
  });

  test('what is no number has its own colour, or stays clear where it has not come yet', () => {
    const painted = (gaps: boolean) => paintChannel([1, NaN], [1, 2, 1], 0, { min: 0, max: 1 }, viridis, gaps);
    expect(colorAt(painted(false), 1)).toEqual([...colorOf(NaN, { min: 0, max: 1 }, viridis)]);
    expect(colorAt(painted(true), 1)).toEqual([0, 0, 0, 0]);
    expect(colorAt(painted(true), 0)).toEqual(colorAt(viridis, 255));
  });

  test('grey and colour bytes become opaque pixels', () => {
    expect([...paintPixels(new Uint8Array([7, 9]), 1)]).toEqual([7, 7, 7, 255, 9, 9, 9, 255]);
    expect([...paintPixels(new Uint8Array([1, 2, 3, 4, 5, 6]), 3)]).toEqual([1, 2, 3, 255, 4, 5, 6, 255]);
  });
});

test.each([
  [
    [28, 28, 16],
    [28, 28, 16],
  ],
  [[1], [1, 1, 1]],
  [[10], [3, 4, 1]],
  [[64], [8, 8, 1]],
  [[4096], [128, 32, 1]],
] as const)('%j is laid out as %j', (shape, layout) => {
  const laidOut = mapShape([...shape] as [number]);
  expect(laidOut).toEqual(layout);
  expect(laidOut[0] * laidOut[1] * laidOut[2]).toBeGreaterThanOrEqual(shape.reduce<number>((a, b) => a * b, 1));
});

import { describe, expect, it } from 'vitest';
import { viridis } from '../../../src-main/shared/colors.ts';
import { framed, mapGrid, scaleFor } from '../../../src-main/engine/inspection/map-image.ts';

const at = ({ pixels, width }: ReturnType<typeof mapGrid>, y: number, x: number) => [
  ...pixels.subarray(3 * (y * width + x), 3 * (y * width + x) + 3),
];
const [dark, yellow, white] = [
  [68, 1, 84],
  [253, 231, 37],
  [255, 255, 255],
];

describe('mapGrid', () => {
  it('lays maps out in a grid with white lines, least value dark, largest yellow', () => {
    // two maps of 1x2 cells: [0, 1] and [1, 0]
    const image = mapGrid([1, 2, 2], Float32Array.of(0, 1, 1, 0), 2);
    expect([image.height, image.width]).toEqual([4, 11]);
    expect([at(image, 1, 1), at(image, 2, 2), at(image, 1, 3), at(image, 1, 4)]).toEqual([dark, dark, yellow, yellow]);
    expect([at(image, 1, 6), at(image, 1, 8)]).toEqual([yellow, dark]);
    for (const line of [at(image, 0, 0), at(image, 1, 5), at(image, 3, 3)]) expect(line).toEqual(white);
  });

  it('folds a vector into rows, and draws a constant one without dividing by zero', () => {
    const image = mapGrid([3], Float32Array.of(7, 7, 7), 1);
    expect([image.height, image.width]).toEqual([4, 4]);
    expect([at(image, 1, 1), at(image, 1, 2), at(image, 2, 1)]).toEqual([dark, dark, dark]);
    expect(at(image, 2, 2)).toEqual(white); // there is no fourth unit
  });

  it('gives what is no number a colour of its own, and the others the range of the finite ones', () => {
    const image = mapGrid([1, 4, 1], Float32Array.of(NaN, 0, Infinity, 2), 1);
    expect([1, 2, 3, 4].map((x) => at(image, 1, x))).toEqual([[213, 94, 0], dark, [213, 94, 0], yellow]);
  });

  it('draws smaller cells, and in the end fewer, of what would be a huge picture', () => {
    const maps = new Float32Array(3000 * 64).map((_, cell) => Math.floor(cell / 64));
    const image = mapGrid([1, 3000, 64], maps, 4); // 8 columns of 3,000 cells
    expect(image.width).toBeLessThan(4096);
    expect(image.width).toBe(8 * (Math.ceil(3000 / 6) + 1) + 1); // every sixth cell, one pixel each
    expect(at(image, 1, 1)).toEqual(dark);
    const whole = mapGrid([1, 3000, 1], maps.subarray(0, 3000), 4);
    expect(whole.width).toBe(3000 + 2);
  });
});

describe('framed', () => {
  const [black, grey] = [
    [0, 0, 0],
    [33, 145, 140],
  ];
  /** 6 x 8 cells of one value in the middle of the range, 5 px each. */
  const plain = () =>
    mapGrid([6, 8, 1], new Float32Array(48).fill(0.5), 5, { palette: viridis, range: { min: 0, max: 1 } });

  it('draws a white line in black round the cells, and nothing inside', () => {
    const image = framed(plain(), [6, 8], [{ box: { top: 2, left: 3, height: 2, width: 4 } }]);
    const rows = [9, 10, 11, 12].map((y) => at(image, y, 22)); // the third row of cells begins at 11
    expect(rows).toEqual([black, white, black, grey]);
    const columns = [34, 35, 36, 37, 38].map((x) => at(image, 15, x)); // the last column inside ends at 35
    expect(columns).toEqual([grey, black, white, black, grey]);
    expect([at(image, 15, 20), at(image, 25, 20)]).toEqual([grey, grey]);
  });

  it('cuts off what lies outside, draws nothing of what lies there wholly, and dashes', () => {
    const cut = framed(plain(), [6, 8], [{ box: { top: -3, left: -2, height: 5, width: 4 } }]);
    expect([at(cut, 5, 11), at(cut, 11, 5)]).toEqual([white, white]);
    expect(framed(plain(), [6, 8], [{ box: { top: 9, left: 9, height: 2, width: 2 } }])).toEqual(plain());
    const dashed = framed(plain(), [6, 8], [{ box: { top: 1, left: 0, height: 4, width: 8 }, dashed: true }]);
    const along = Array.from({ length: 16 }, (_, x) => String(at(dashed, 5, 8 + x)) === String(white));
    expect(along.filter(Boolean)).toHaveLength(10);
  });

  it('leaves a picture without boxes where cells are left out', () => {
    const wide = mapGrid([1, 9000, 1], new Float32Array(9000), 1);
    const before = wide.pixels.slice();
    expect(framed(wide, [1, 9000], [{ box: { top: 0, left: 5, height: 1, width: 9 } }]).pixels).toEqual(before);
  });
});

it.each([
  [[62, 62, 10], 320, 1],
  [[8, 8, 4], 320, 20],
  [[3], 320, 160],
  [[1, 2000, 64], 320, 1],
])('%o within %d px: %d px a cell', (shape, wanted, scale) => {
  expect(scaleFor(shape, wanted)).toBe(scale);
});

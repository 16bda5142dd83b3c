import { describe, expect, it } from 'vitest';
import { mapGrid } from '../../../src-main/engine/inspection/map-image.ts';

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

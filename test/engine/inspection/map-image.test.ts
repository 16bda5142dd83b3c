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

  it('draws a vector as one row, and a constant one without dividing by zero', () => {
    const image = mapGrid([3], Float32Array.of(7, 7, 7), 1);
    expect([image.height, image.width]).toEqual([3, 5]);
    expect(at(image, 1, 3)).toEqual(dark);
  });
});

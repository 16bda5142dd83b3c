import { expect, it } from 'vitest';
import type { Maps } from '../../../src-main/shared/inspect/maps.ts';
import { place, placePixels, unmoved } from '../../../src-main/shared/inspect/placement.ts';

const maps: Maps = { shape: [3, 3, 1], values: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9) };
const placed = (placement: object, stride?: [number, number]) => {
  const grid = stride && { stride, first: [0, 0] as const, middle: [stride[0], stride[1]] as const };
  return [...place(maps, { ...unmoved, ...placement }, grid).values];
};

it('shifts by whole cells exactly, repeating the edge, and by parts of a cell in between', () => {
  expect(placed({})).toEqual([...maps.values]);
  expect(placed({ shift: [0, 1] })).toEqual([1, 1, 2, 4, 4, 5, 7, 7, 8]);
  expect(placed({ shift: [-1, 0] })).toEqual([4, 5, 6, 7, 8, 9, 7, 8, 9]);
  expect(placed({ shift: [0, 0.5] })).toEqual([1, 1.5, 2.5, 4, 4.5, 5.5, 7, 7.5, 8.5]);
});

it('measures the shift in pixels where cells are further apart', () => {
  expect(placed({ shift: [0, 4] }, [1, 4])).toEqual(placed({ shift: [0, 1] }));
  expect(placed({ shift: [2, 0] }, [4, 1])).toEqual(placed({ shift: [0.5, 0] }));
});

it('turns clockwise about the middle', () => {
  expect(placed({ degrees: 90 })).toEqual([7, 4, 1, 8, 5, 2, 9, 6, 3]);
  expect(placed({ degrees: 180 })).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
});

it('scales about the middle', () => {
  expect(placed({ scale: 2 })).toEqual([3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7]);
});

it('turns about the middle of the picture, wherever the first cell lies on it', () => {
  // Cells at pixels 1, 3 and 5 of 5: a half turn about pixel 2 takes the cell at 1 to 3 and the one at 3 to 1.
  const grid = { stride: [2, 2], first: [1, 1], middle: [2, 2] } as const;
  expect([...place(maps, { ...unmoved, degrees: 180 }, grid).values]).toEqual([5, 4, 4, 2, 1, 1, 2, 1, 1]);
});

it('shifts after it has turned', () => {
  expect(placed({ degrees: 90, shift: [1, 0] })).toEqual([7, 4, 1, 7, 4, 1, 8, 5, 2]);
});

it('rounds pixels and keeps the channels apart', () => {
  const pixels = Uint8Array.of(0, 10, 255, 20);
  expect([...placePixels(pixels, [1, 2, 2], { ...unmoved, shift: [0, 0.5] })]).toEqual([0, 10, 128, 15]);
});

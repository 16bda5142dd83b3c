import { expect, test } from 'vitest';
import { crop, onImage } from '../../../src-main/shared/inspect/drives.ts';

/** Pixel [row, column] is 10 row + column, and in the second and third channel 100 and 200 more. */
const image = {
  ...{ height: 4, width: 5, channels: 3 as const },
  pixels: Uint8Array.from({ length: 4 * 5 * 3 }, (_, at) => {
    const cell = Math.floor(at / 3);
    return 10 * Math.floor(cell / 5) + (cell % 5) + 100 * (at % 3);
  }),
};

test('what lies in a box is cut out, without what is beyond the edges', () => {
  expect(crop(image, { top: 1, left: 2, height: 2, width: 1 })).toEqual({
    ...{ height: 2, width: 1, channels: 3 },
    pixels: Uint8Array.of(12, 112, 212, 22, 122, 222),
  });
  expect(crop(image, { top: -3, left: 4, height: 4, width: 9 })).toEqual({
    ...{ height: 1, width: 1, channels: 3 },
    pixels: Uint8Array.of(4, 104, 204),
  });
  expect(crop(image, { top: 0, left: 0, height: 4, width: 5 })).toEqual(image);
  expect(crop(image, { top: 4, left: 0, height: 2, width: 2 })).toBeNull();
});

test('a box on the image stays as it is', () => {
  const box = { top: 1, left: 1, height: 2, width: 3 };
  expect(onImage(box, [4, 5])).toEqual(box);
  expect(onImage({ top: -2, left: -1, height: 10, width: 3 }, [4, 5])).toEqual({
    top: 0,
    left: 0,
    height: 4,
    width: 2,
  });
  expect(onImage({ top: -2, left: 0, height: 2, width: 3 }, [4, 5])).toBeNull();
});

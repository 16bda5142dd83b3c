/** How images of another aspect ratio fill what is asked for, by both decoders. */
import type { Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import type { Fit } from '../../src-main/shared/preprocessing.ts';
import { plainImage, rgb, temporaryFolder, testDecoder, writeTo } from './support.ts';

const folder = temporaryFolder();
const decoder = testDecoder();

/** 60 high, 120 wide, in three bands of 40 columns: red, green, blue. */
const bands = Uint8Array.from(
  Array.from({ length: 60 * 120 }, (_, at) =>
    [0, 1, 2].map((band) => (Math.floor((at % 120) / 40) === band ? 220 : 20)),
  ).flat(),
);
const wide = plainImage(bands, 60, 120);

async function filesOf(name: string, image: Sharp) {
  return [
    ['PNG', writeTo(folder, `${name}.png`, await image.clone().png().toBuffer())],
    [
      'JPEG',
      writeTo(folder, `${name}.jpg`, await image.clone().jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer()),
    ],
  ] as const;
}

const pixelOf = (pixels: Uint8Array, side: number, y: number, x: number): number[] =>
  [...pixels.subarray((y * side + x) * 3, (y * side + x) * 3 + 3)].map((value) => Math.round(value / 50) * 50);

const [red, green, blue, black] = [
  [200, 0, 0],
  [0, 200, 0],
  [0, 0, 200],
  [0, 0, 0],
];

describe.each([
  ['wide', 0],
  ['tall', 90],
])('a %s image', (name, turned) => {
  const load = async (path: string, fit: Fit) => {
    const pixels = await decoder.pixels(path, { ...rgb(30, 30), fit });
    expect(pixels).toHaveLength(30 * 30 * 3);
    // Told as if the image were wide, whichever way it stands: turned clockwise, left is up.
    return (along: number, across: number) =>
      turned === 0 ? pixelOf(pixels, 30, across, along) : pixelOf(pixels, 30, along, across);
  };

  test('is stretched', async () => {
    for (const [, path] of await filesOf(`${name}-stretched`, wide.clone().rotate(turned))) {
      const at = await load(path, 'stretch');
      expect([at(2, 2), at(15, 15), at(27, 27)]).toEqual([red, green, blue]);
    }
  });

  test('fits whole between black bars of the same width', async () => {
    for (const [, path] of await filesOf(`${name}-whole`, wide.clone().rotate(turned))) {
      const at = await load(path, 'fit');
      expect([at(2, 15), at(15, 15), at(27, 15)]).toEqual([red, green, blue]);
      expect([0, 6, 23, 29].map((across) => at(15, across))).toEqual([black, black, black, black]);
      expect([8, 21].map((across) => at(15, across))).toEqual([green, green]);
    }
  });

  test('is cut to its middle', async () => {
    for (const [, path] of await filesOf(`${name}-cut`, wide.clone().rotate(turned))) {
      const at = await load(path, 'crop');
      // The middle 60 of 120 columns: 10 of red, 40 of green, 10 of blue.
      expect([0, 3, 7, 22, 26, 29].map((along) => at(along, 15))).toEqual([red, red, green, green, blue, blue]);
      expect([0, 29].map((across) => at(15, across))).toEqual([green, green]);
    }
  });
});

test.each(['fit', 'crop'] as const)('both decoders agree on "%s", on sides that no number divides', async (fit) => {
  const odd = plainImage(bands, 60, 120).resize(101, 67, { fit: 'fill' });
  const [[, png], [, jpeg]] = (await filesOf(`odd-${fit}`, odd)) as [
    readonly ['PNG', string],
    readonly ['JPEG', string],
  ];
  for (const [height, width] of [
    [31, 17],
    [20, 47],
  ] as const) {
    const shape = { ...rgb(height, width), fit };
    const [one, other] = [await decoder.pixels(png, shape), await decoder.pixels(jpeg, shape)];
    const apart = one.reduce((sum, value, at) => sum + Math.abs(value - other[at]!), 0) / one.length;
    expect(apart, `${height} x ${width}`).toBeLessThan(8);
  }
});

test('an extremely long image is cut and fitted too', async () => {
  const path = writeTo(folder, 'long.png', await wide.clone().resize(9000, 1, { fit: 'fill' }).png().toBuffer());
  for (const fit of ['fit', 'crop'] as const) {
    expect(await decoder.pixels(path, { ...rgb(20, 20), fit })).toHaveLength(1200);
  }
});

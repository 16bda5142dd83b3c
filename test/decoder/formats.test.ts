import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import {
  colourAt,
  grey,
  greyTiff,
  pattern,
  patternHeight,
  patternImage,
  patternWidth,
  plainImage,
  quadrants,
  rgb,
  temporaryFolder,
  testDecoder,
  writeTo,
} from './support.ts';
import type { Rgb } from './support.ts';

const folder = temporaryFolder();
const decoder = testDecoder({ processes: 1 });

const expectClose = (actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void => {
  expect(actual.length).toBe(expected.length);
  const differences = Array.from(actual, (value, at) => Math.abs(value - expected[at]!));
  expect(Math.max(...differences)).toBeLessThanOrEqual(tolerance);
};

/** sRGB to linear light, weighted by Rec. 709 luminance, and back: libvips' own grey, worked out anew. */
function greyOf([r, g, b]: Rgb): number {
  const linear = [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  const y = 0.2126 * linear[0]! + 0.7152 * linear[1]! + 0.0722 * linear[2]!;
  return 255 * (y <= 0.0031308 ? 12.92 * y : 1.055 * y ** (1 / 2.4) - 0.055);
}

describe('every format gives the pixels that were put in', () => {
  test.each([
    ['jpeg', 12, () => patternImage().jpeg({ quality: 100, chromaSubsampling: '4:4:4' })],
    ['png', 0, () => patternImage().png()],
    ['png', 0, () => patternImage().png({ palette: true })],
    ['webp', 0, () => patternImage().webp({ lossless: true })],
    ['gif', 0, () => patternImage().gif()],
    ['tiff', 0, () => patternImage().tiff({ compression: 'lzw' })],
    ['tiff', 0, () => patternImage().tiff({ compression: 'none', bigtiff: true })],
    ['avif', 12, () => patternImage().avif({ quality: 100, chromaSubsampling: '4:4:4' })],
  ] as const)('%s, within %i', async (format, tolerance, encode) => {
    const path = writeTo(folder, 'named-wrongly.txt', await encode().toBuffer());
    expect(await decoder.probe(path)).toMatchObject({
      status: 'ok',
      width: patternWidth,
      height: patternHeight,
      format,
    });
    expectClose(await decoder.pixels(path, rgb(patternHeight, patternWidth)), pattern, tolerance);
    const greys = Array.from({ length: patternHeight * patternWidth }, (_, at) =>
      greyOf(colourAt(Math.floor(at / patternWidth), at % patternWidth)),
    );
    expectClose(await decoder.pixels(path, grey(patternHeight, patternWidth)), greys, tolerance + 1);
  });
});

describe('EXIF orientation', () => {
  const [h, w] = [patternHeight, patternWidth];
  // From the EXIF standard: which upright pixel [y, x] is stored in row r, column c.
  const stored: Record<number, (r: number, c: number) => [y: number, x: number]> = {
    1: (r, c) => [r, c],
    2: (r, c) => [r, w - 1 - c],
    3: (r, c) => [h - 1 - r, w - 1 - c],
    4: (r, c) => [h - 1 - r, c],
    5: (r, c) => [c, r],
    6: (r, c) => [c, w - 1 - r],
    7: (r, c) => [h - 1 - c, w - 1 - r],
    8: (r, c) => [h - 1 - c, r],
  };
  const cases = Object.keys(stored).flatMap((o) => ['jpeg', 'webp', 'tiff', 'png'].map((f) => [Number(o), f] as const));
  test.each(cases)('%i in a %s file', async (orientation, format) => {
    const [rows, columns] = orientation < 5 ? [h, w] : [w, h];
    const turned = Uint8Array.from(
      Array.from({ length: rows * columns }, (_, at) =>
        colourAt(...stored[orientation]!(Math.floor(at / columns), at % columns)),
      ).flat(),
    );
    const image = plainImage(turned, rows, columns).withMetadata({ orientation });
    const encoded = {
      jpeg: image.clone().jpeg({ quality: 100, chromaSubsampling: '4:4:4' }),
      webp: image.clone().webp({ lossless: true }),
      tiff: image.clone().tiff({ compression: 'lzw' }),
      png: image.clone().png(),
    }[format]!;
    const path = writeTo(folder, 'turned', await encoded.toBuffer());
    expect(await decoder.probe(path)).toMatchObject({ status: 'ok', width: w, height: h });
    expectClose(await decoder.pixels(path, rgb(h, w)), pattern, format === 'jpeg' ? 12 : 0);
    const { bytes } = await decoder.thumbnail(path, 64);
    expect(await sharp(bytes).metadata()).toMatchObject({ width: w, height: h });
  });
});

describe('transparency is laid on white', () => {
  test.each([
    [0, [255, 255, 255]],
    [0.5, [227.5, 177.5, 152.5]],
    [1, [200, 100, 50]],
  ])('alpha %f', async (alpha, expected) => {
    const image = sharp({ create: { width: 4, height: 4, channels: 4, background: { r: 200, g: 100, b: 50, alpha } } });
    for (const encoded of [image.clone().png(), image.clone().webp({ lossless: true })]) {
      const path = writeTo(folder, 'alpha', await encoded.toBuffer());
      expectClose((await decoder.pixels(path, rgb(4, 4))).subarray(0, 3), expected, 1.5);
    }
  });

  test('grey with alpha', async () => {
    const pixels = Uint8Array.from({ length: 4 * 4 * 2 }, (_, at) => (at % 2 === 0 ? 100 : 51));
    const image = sharp(pixels, { raw: { width: 4, height: 4, channels: 2 } });
    const path = writeTo(folder, 'grey-alpha', await image.png().toBuffer());
    expectClose(await decoder.pixels(path, grey(4, 4)), new Array(16).fill(100 * 0.2 + 255 * 0.8), 1);
  });
});

describe('grey, CMYK and 16 bit', () => {
  const ramp = Uint8Array.from({ length: 256 }, (_, at) => at);

  test.each(['png', 'webp', 'tiff'] as const)('a grey %s keeps its 256 values, as grey and as RGB', async (format) => {
    const image = sharp(ramp, { raw: { width: 16, height: 16, channels: 1 } }).toColourspace('b-w');
    const encoded = format === 'webp' ? image.webp({ lossless: true }) : image.toFormat(format, { compression: 'lzw' });
    const path = writeTo(folder, `ramp.${format}`, await encoded.toBuffer());
    expect([...(await decoder.pixels(path, grey(16, 16)))]).toEqual([...ramp]);
    expect([...(await decoder.pixels(path, rgb(16, 16)))]).toEqual([...ramp].flatMap((v) => [v, v, v]));
  });

  test('a 16-bit grey PNG is scaled, not cut, to 8 bits', async () => {
    const wide = Uint16Array.from(ramp, (value) => value * 257);
    const image = sharp(wide, { raw: { width: 16, height: 16, channels: 1 } }).toColourspace('grey16');
    const path = writeTo(folder, 'grey16.png', await image.png().toBuffer());
    expect((await sharp(path).metadata()).depth).toBe('ushort');
    expectClose(await decoder.pixels(path, grey(16, 16)), ramp, 1);
  });

  test('a 16-bit grey TIFF is scaled, not cut, to 8 bits', async () => {
    const path = writeTo(folder, 'grey16.tiff', greyTiff(Uint16Array.from(ramp, (value) => value * 257)));
    expect((await sharp(path).metadata()).depth).toBe('ushort');
    expectClose(await decoder.pixels(path, grey(1, 256)), ramp, 1);
  });

  test('a 16-bit RGB PNG', async () => {
    const path = writeTo(folder, 'rgb16.png', await patternImage().toColourspace('rgb16').png().toBuffer());
    expect((await sharp(path).metadata()).depth).toBe('ushort');
    expectClose(await decoder.pixels(path, rgb(patternHeight, patternWidth)), pattern, 1);
  });

  test.each(['jpeg', 'tiff'] as const)('a CMYK %s has the colours of its inks', async (format) => {
    const path = writeTo(folder, 'cmyk', await patternImage().toColourspace('cmyk').toFormat(format).toBuffer());
    expect((await sharp(path).metadata()).space).toBe('cmyk');
    const pixels = await decoder.pixels(path, rgb(patternHeight, patternWidth));
    // Inks cannot mix every colour of a screen: near is as close as it gets.
    expectClose(pixels.subarray(0, 3), quadrants[0]!, 40);
    expectClose(pixels.subarray(-3), quadrants[3]!, 12);
  });
});

describe('animations give their first frame', () => {
  test.each(['gif', 'webp', 'tiff'] as const)('%s', async (format) => {
    const frame = (background: string) =>
      sharp({ create: { width: 8, height: 6, channels: 3, background } })
        .png()
        .toBuffer();
    const frames = [await frame('#c86432'), await frame('#0000ff'), await frame('#00ff00')];
    const animation = await sharp(frames, { join: { animated: true } })
      .toFormat(format, { lossless: true, compression: 'lzw' })
      .toBuffer();
    expect((await sharp(animation).metadata()).pages).toBe(3);
    const path = writeTo(folder, 'animation', animation);
    expect(await decoder.probe(path)).toMatchObject({ status: 'ok', width: 8, height: 6, format });
    expectClose((await decoder.pixels(path, rgb(6, 8))).subarray(0, 3), [200, 100, 50], 1);
  });
});

describe('resizing', () => {
  test('stretches: the proportions do not matter, every corner stays in its corner', async () => {
    const path = writeTo(
      folder,
      'stretch.png',
      await patternImage().resize(160, 120, { kernel: 'nearest' }).png().toBuffer(),
    );
    const [height, width] = [20, 6];
    const pixels = await decoder.pixels(path, rgb(height, width));
    expect(pixels.length).toBe(height * width * 3);
    const at = (y: number, x: number) => [...pixels.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
    const corners = [at(0, 0), at(0, width - 1), at(height - 1, 0), at(height - 1, width - 1)];
    expectClose(corners.flat(), quadrants.flat(), 2);
  });

  test('a single pixel can be enlarged', async () => {
    const path = writeTo(
      folder,
      'one.png',
      await plainImage(Uint8Array.of(9, 8, 7), 1, 1)
        .png()
        .toBuffer(),
    );
    expect([...(await decoder.pixels(path, rgb(2, 2)))]).toEqual([9, 8, 7, 9, 8, 7, 9, 8, 7, 9, 8, 7]);
  });
});

describe('previews', () => {
  test.each([
    [400, 200, 256, 'image/jpeg', 256, 128],
    [200, 400, 256, 'image/jpeg', 128, 256],
    [400, 200, 64, 'image/png', 64, 32],
    [28, 28, 256, 'image/png', 28, 28],
    [2000, 2, 256, 'image/jpeg', 256, 1],
  ] as const)('%i x %i at %i: %s of %i x %i', async (width, height, size, mime, smallWidth, smallHeight) => {
    const image = sharp({ create: { width, height, channels: 3, background: '#c86432' } });
    const path = writeTo(folder, 'large.png', await image.png().toBuffer());
    const preview = await decoder.thumbnail(path, size);
    expect(preview.mime).toBe(mime);
    expect(await sharp(preview.bytes).metadata()).toMatchObject({
      format: mime.slice('image/'.length),
      width: smallWidth,
      height: smallHeight,
    });
  });

  test.each([1, 3, 4] as const)('pixels of %i channels come back from the PNG made of them', async (channels) => {
    const pixels = Uint8Array.from({ length: 5 * 7 * channels }, (_, at) => (at * 31) % 256);
    const png = await decoder.encodePng(pixels, 5, 7, channels);
    const { data, info } = await sharp(png)
      .toColourspace(channels === 1 ? 'b-w' : 'srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: 7, height: 5, channels });
    expect([...data]).toEqual([...pixels]);
  });
});

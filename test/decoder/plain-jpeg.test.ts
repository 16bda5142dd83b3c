/** The quick way for plain JPEGs against sharp, which has the last word, and against the pixels that were put in. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { photograph } from '../../bench/photograph.ts';
import { decodeWith, decoder, readHeader, upright } from '../../src-main/decoder/decode.ts';
import { encodeJpeg, isWhole, jpegPixels, plainJpeg } from '../../src-main/decoder/jpeg/codec.ts';
import { plainHeader } from '../../src-main/decoder/jpeg/header.ts';
import { createRandom } from '../../src-main/shared/random.ts';
import { grey, plainImage, rgb, temporaryFolder, writeTo } from './support.ts';

const folder = temporaryFolder();
const jpeg = (name: string): Buffer => readFileSync(join(import.meta.dirname, 'jpegs', `${name}.jpg`));

const plain = [
  ...['444', '422', '420', '440', '411', '441', 'progressive', 'restart-markers', 'comment', 'odd-size'],
  ...['grey', 'grey-progressive'],
];
const others = ['cmyk', 'rgb', 'icc-srgb', 'arithmetic'];

/** Mean and largest difference of two lists of bytes. */
function difference(a: Uint8Array, b: Uint8Array): { mean: number; most: number } {
  expect(a.length).toBe(b.length);
  let sum = 0;
  let most = 0;
  a.forEach((value, at) => {
    const apart = Math.abs(value - b[at]!);
    sum += apart;
    most = Math.max(most, apart);
  });
  return { mean: sum / a.length, most };
}

const bySharp = (content: Buffer, height: number, width: number, channels: 1 | 3): Promise<Buffer> =>
  sharp(content)
    .autoOrient()
    .resize({ height, width, fit: 'fill' })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer();

function quickly(content: Buffer, height: number, width: number, channels: 1 | 3): Buffer {
  const found = plainJpeg(content);
  if (!found) throw new Error('it was not taken for plain');
  const pixels = jpegPixels(found, height, width, channels);
  if (!pixels) throw new Error('the quick codec had something to complain about');
  return pixels;
}

/** A JPEG with one more segment behind its start. */
const withSegment = (marker: number, content: Buffer): Buffer => {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([jpeg('420').subarray(0, 2), head, content, jpeg('420').subarray(2)]);
};
const exif = (order: 'II' | 'MM', entry: number[], count = 1): Buffer => {
  const head = order === 'II' ? [0x49, 0x49, 42, 0, 8, 0, 0, 0, count, 0] : [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, count];
  return Buffer.concat([Buffer.from('Exif\0\0'), Buffer.from([...head, ...entry, 0, 0, 0, 0])]);
};

describe('the pixels are those of sharp', () => {
  const sizes = [
    ['whole', 1, 1, 1.5],
    ['half, one way', 1, 2, 1.5],
    ['a third', 3, 3, 2],
    ['stretched', 6, 1.1, 2],
    // sharp decodes these at an eighth of their size, of which hardly a block is left.
    ['tiny', 40, 40, 4],
  ] as const;
  test.each(plain.flatMap((name) => sizes.map((size) => [name, ...size] as const)))(
    '%s, %s',
    async (name, _size, y, x, bound) => {
      const content = jpeg(name);
      const { width, height, channels } = plainHeader(content)!;
      const [h, w] = [Math.max(1, Math.round(height / y)), Math.max(1, Math.round(width / x))];
      const { mean, most } = difference(quickly(content, h, w, channels), await bySharp(content, h, w, channels));
      expect(mean).toBeLessThan(bound);
      expect(most).toBeLessThan(30);
    },
  );

  test('a grey image has the same value three times as RGB', () => {
    const [one, three] = [quickly(jpeg('grey'), 40, 50, 1), quickly(jpeg('grey'), 40, 50, 3)];
    expect([...three]).toEqual([...one].flatMap((value) => [value, value, value]));
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('EXIF orientation %i', async (orientation) => {
    const turned = withSegment(0xe1, exif('II', [0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]));
    expect(plainHeader(turned)).toMatchObject({ width: 200, height: 150, orientation });
    const { mean, most } = difference(quickly(turned, 60, 70, 3), await bySharp(turned, 60, 70, 3));
    expect(mean).toBeLessThan(1.5);
    expect(most).toBeLessThan(24);
  });
});

describe('the pixels are those that were put in', () => {
  const [height, width] = [768, 1024];
  const pixels = photograph(height, width, 7);

  /** The mean of each rectangle of `y` x `x` pixels: what a smaller picture should show, whatever the filter. */
  function averaged(y: number, x: number): Uint8Array {
    const [rows, columns] = [height / y, width / x];
    return Uint8Array.from({ length: rows * columns * 3 }, (_, at) => {
      const [row, column, c] = [Math.floor(at / 3 / columns), Math.floor(at / 3) % columns, at % 3];
      let sum = 0;
      for (let i = 0; i < y; i++) {
        for (let j = 0; j < x; j++) sum += pixels[((row * y + i) * width + column * x + j) * 3 + c]!;
      }
      return Math.round(sum / (y * x));
    });
  }

  test.each([
    [2, 2],
    [4, 4],
    [3, 4],
    [8, 8],
    [6, 2],
  ])('a photograph at 1/%i of its height and 1/%i of its width', async (y, x) => {
    const content = await plainImage(pixels, height, width).jpeg({ quality: 95 }).toBuffer();
    const { mean, most } = difference(quickly(content, height / y, width / x, 3), averaged(y, x));
    expect(mean).toBeLessThan(2);
    expect(most).toBeLessThan(40);
  });

  test('what is encoded is decoded again to nearly the same', async () => {
    const small = Buffer.from(averaged(4, 4));
    const { data, info } = await sharp(encodeJpeg(small, 192, 256, 3)!)
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: 256, height: 192, channels: 3 });
    expect(difference(data, small).mean).toBeLessThan(4);
    const one = Buffer.from(small.filter((_, at) => at % 3 === 0));
    const encoded = encodeJpeg(one, 192, 256, 1)!;
    expect(await sharp(encoded).metadata()).toMatchObject({ width: 256, height: 192, channels: 1 });
    const back = await sharp(encoded).greyscale().raw().toBuffer();
    expect(difference(back, one).mean).toBeLessThan(3);
  });
});

describe('what is not plain goes to sharp', () => {
  test.each(others)('%s: the answer is that of sharp, to the bit', async (name) => {
    const content = jpeg(name);
    expect(plainJpeg(content)).toBeNull();
    const path = writeTo(folder, `${name}.jpg`, content);
    expect(await decoder.probe(path)).toMatchObject({ status: 'ok', width: 200, height: 150 });
    expect(
      difference((await decoder.pixels(path, rgb(40, 50))) as Uint8Array, await bySharp(content, 40, 50, 3)),
    ).toEqual({
      mean: 0,
      most: 0,
    });
  });

  test('a colour image made grey, and one that is enlarged', async () => {
    const path = writeTo(folder, '420.jpg', jpeg('420'));
    const wanted = await sharp(jpeg('420')).resize({ height: 40, width: 50, fit: 'fill' }).greyscale().raw().toBuffer();
    expect(difference((await decoder.pixels(path, grey(40, 50))) as Uint8Array, wanted).most).toBe(0);
    const large = await bySharp(jpeg('420'), 160, 180, 3);
    expect(difference((await decoder.pixels(path, rgb(160, 180))) as Uint8Array, large).most).toBe(0);
  });

  test.each([
    ['Intel order', exif('II', [0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0]), 6],
    ['Motorola order', exif('MM', [1, 0x12, 0, 3, 0, 0, 0, 1, 0, 8, 0, 0]), 8],
    ['no orientation', exif('II', [0x10, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0]), 1],
    ['orientation 0', exif('II', [0x12, 1, 3, 0, 1, 0, 0, 0, 0, 0, 0, 0]), null],
    ['orientation 9', exif('II', [0x12, 1, 3, 0, 1, 0, 0, 0, 9, 0, 0, 0]), null],
    ['an orientation of another type', exif('II', [0x12, 1, 4, 0, 1, 0, 0, 0, 6, 0, 0, 0]), null],
    ['more entries than there is room for', exif('II', [0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0], 9), null],
    ['no TIFF at all', Buffer.from('Exif\0\0????'), null],
  ])('EXIF: %s', async (_, content, orientation) => {
    const found = plainHeader(withSegment(0xe1, content));
    expect(found?.orientation ?? null).toBe(orientation);
    // Whatever is believed here, sharp believes as well.
    if (orientation !== null) {
      const { orientation: theirs = 1 } = await sharp(withSegment(0xe1, content)).metadata();
      expect(theirs).toBe(orientation);
    }
  });

  test.each([
    ['a second EXIF', withSegment(0xe1, exif('II', [0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0])), 0xe1, exif('II', [])],
    ['APP2', jpeg('420'), 0xe2, Buffer.from('MPF\0')],
    ["Adobe's RGB", jpeg('420'), 0xee, Buffer.from('Adobe\0\x64\0\0\0\0\0')],
  ])('%s', (_, content, marker, segment) => {
    const head = Buffer.from([0xff, marker, 0, segment.length + 2]);
    expect(plainHeader(content)).not.toBeNull();
    expect(plainHeader(Buffer.concat([content.subarray(0, 2), head, segment, content.subarray(2)]))).toBeNull();
  });

  test('dimensions above the limit are refused in words', async () => {
    const content = Buffer.from(jpeg('420'));
    const frame = content.indexOf(Buffer.from([0xff, 0xc0]));
    content.writeUInt16BE(60_000, frame + 5);
    content.writeUInt16BE(60_000, frame + 7);
    expect(await decoder.probe(writeTo(folder, 'huge.jpg', content))).toEqual({
      status: 'rejected',
      reason: '60,000 x 60,000 pixels are 3,600 megapixels; the limit is 100 megapixels',
    });
  });
});

describe('damaged files', () => {
  /** What sharp alone says of it. */
  async function verdictOfSharp(content: Buffer): Promise<string> {
    try {
      await readHeader(content);
      const { warning } = await decodeWith(content, (image) =>
        upright(image).resize(8, 8, { fit: 'fill' }).raw().toBuffer(),
      );
      return warning ?? 'ok';
    } catch (error) {
      return (error as Error).message;
    }
  }

  /** Bits turned over, bytes put in or taken out, the end cut off. */
  function damaged(content: Buffer, seed: number): Buffer {
    const random = createRandom(seed);
    const at = 2 + random.int(content.length - 2);
    const few = 1 + random.int(6);
    switch (random.int(4)) {
      case 0:
        return content.subarray(0, at);
      case 1:
        return Buffer.concat([content.subarray(0, at), Buffer.alloc(few, random.int(256)), content.subarray(at)]);
      case 2:
        return Buffer.concat([content.subarray(0, at), content.subarray(at + few)]);
      default: {
        const copy = Buffer.from(content);
        for (let i = 0; i < few; i++) copy[2 + random.int(content.length - 2)]! ^= 1 << random.int(8);
        return copy;
      }
    }
  }

  const count = process.env.RECEPTIVE_SOAK ? 5_000 : 240;
  test(`${count} of them: never called whole where sharp is not content with them`, { timeout: 600_000 }, async () => {
    let wholeByBoth = 0;
    for (let seed = 0; seed < count; seed++) {
      const name = plain[seed % plain.length]!;
      const content = damaged(jpeg(name), seed);
      const found = plainJpeg(content);
      if (!found || !isWhole(found)) continue;
      expect([seed, name, await verdictOfSharp(content)]).toEqual([seed, name, 'ok']);
      const { channels } = found.header;
      const { mean } = difference(quickly(content, 30, 40, channels), await bySharp(content, 30, 40, channels));
      expect(mean, `${name}, seed ${seed}`).toBeLessThan(8);
      wholeByBoth++;
    }
    expect(wholeByBoth).toBeGreaterThan(count / 20);
    expect(wholeByBoth).toBeLessThan(count / 1.5);
  });
});

test.each([
  [200, 150],
  [150, 200],
  [199, 67],
  [64, 200],
  [200, 1],
])('previews of %i x %i have the sizes that sharp gives them', async (width, height) => {
  const content = await sharp(jpeg('420')).resize(width, height, { fit: 'fill' }).jpeg().toBuffer();
  expect(plainJpeg(content)).toMatchObject({ width, height });
  const path = writeTo(folder, 'preview.jpg', content);
  for (const size of [16, 33, 100, 129, 150, 199, 256]) {
    const wanted = await sharp(content).resize(size, size, { fit: 'inside', withoutEnlargement: true }).toBuffer();
    const { width: w, height: h } = await sharp(wanted).metadata();
    const preview = await decoder.thumbnail(path, size);
    if ('status' in preview) throw new Error(preview.reason);
    const made = await sharp(preview.bytes).metadata();
    expect(Math.max(made.width, made.height)).toBe(Math.max(w, h));
    // sharp rounds what it has shrunk while decoding: 33 x 24 for 33 x 24.75.
    expect(Math.abs(Math.min(made.width, made.height) - Math.min(w, h))).toBeLessThanOrEqual(1);
    expect(preview.mime).toBe(Math.max(w, h) > 128 ? 'image/jpeg' : 'image/png');
  }
});

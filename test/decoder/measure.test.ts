import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { expect, test } from 'vitest';
import { photograph } from '../../bench/photograph.ts';
import { chromaSide, lumaSide } from '../../src-main/shared/decoder.ts';
import { plainImage, temporaryFolder, testDecoder, writeTo } from './support.ts';

const folder = temporaryFolder();
const decoder = testDecoder({ processes: 1 });

type Colour = [number, number, number];

/** An image of height x width whose pixels `colourAt` gives, as a file. */
async function file(name: string, height: number, width: number, colourAt: (y: number, x: number) => Colour) {
  const pixels = Array.from({ length: height * width }, (_, at) => colourAt(Math.floor(at / width), at % width));
  return writeTo(folder, name, await plainImage(Uint8Array.from(pixels.flat()), height, width).png().toBuffer());
}
const grey = (value: number): Colour => [value, value, value];

test('two flat halves: one bit, their luma at both ends, no colour', async () => {
  const path = await file('halves.png', 64, 64, (_y, x) => grey(x < 32 ? 50 : 200));
  const measures = await decoder.measure(path);
  expect(measures).toMatchObject({ width: 64, height: 64, format: 'png', dark: 50, bright: 200, colour: 0 });
  expect(measures.entropy).toBeCloseTo(1, 6);
  expect(measures.variance).toBeCloseTo(75 ** 2, 3);
  // Of 62 inner columns the two at the edge have a second difference of 150, one of each sign.
  expect(measures.laplacian).toBeCloseTo((2 * 150 ** 2) / 62, 2);
  expect(Buffer.from(measures.content)).toEqual(createHash('sha256').update(readFileSync(path)).digest());
  expect([...measures.luma]).toEqual(Array.from({ length: lumaSide ** 2 }, (_, at) => (at % lumaSide < 16 ? 50 : 200)));
});

test('one colour: nothing but its distance from grey, in both chroma planes', async () => {
  const measures = await decoder.measure(await file('red.png', 20, 20, () => [255, 0, 0]));
  expect(measures).toMatchObject({ entropy: 0, variance: 0, laplacian: 0, dark: 76, bright: 76 });
  // ITU-R BT.601: Cb = 128 - 0.168736 R, Cr = 128 + 0.5 R.
  expect(Math.abs(measures.colour - Math.hypot(0.168736 * 255, 127.5))).toBeLessThan(1);
  expect(Math.abs(measures.chroma[0]! - (128 - 0.168736 * 255))).toBeLessThan(1);
  expect(Math.abs(measures.chroma[chromaSide ** 2]! - 255)).toBeLessThan(1);
});

test('the small picture is of area means, whatever the size', async () => {
  const colourAt = (y: number, x: number): Colour => grey((x + 2 * y) % 256);
  const small = await decoder.measure(await file('40x80.png', 40, 80, colourAt));
  // Cell (0, 0) holds 1.25 rows and 2.5 columns.
  const weights = [1, 1, 0.5];
  const mean = [1, 0.25].flatMap((down, y) => weights.map((across, x) => (down * across * (x + 2 * y)) / (1.25 * 2.5)));
  expect(Math.abs(small.luma[0]! - mean.reduce((sum, value) => sum + value, 0))).toBeLessThanOrEqual(0.5);
  const doubled = await decoder.measure(
    await file('80x160.png', 80, 160, (y, x) => colourAt(Math.floor(y / 2), Math.floor(x / 2))),
  );
  expect(doubled.luma).toEqual(small.luma);
});

test('large images are measured small and upright', async () => {
  const wide = sharp({ create: { width: 1200, height: 600, channels: 3, background: '#336699' } });
  const path = writeTo(folder, 'turned.jpg', await wide.jpeg().withMetadata({ orientation: 6 }).toBuffer());
  expect(await decoder.measure(path)).toMatchObject({ width: 600, height: 1200, format: 'jpeg' });
});

test.each([
  ['a colour JPEG', (image: Sharp) => image.jpeg({ quality: 90 })],
  ['a grey JPEG', (image: Sharp) => image.greyscale().jpeg({ quality: 90 })],
  ['a turned JPEG', (image: Sharp) => image.withMetadata({ orientation: 8 }).jpeg({ quality: 90 })],
  ['a small JPEG', (image: Sharp) => image.resize(90, 60).jpeg({ quality: 90 })],
])('%s has about the measures of a PNG of its pixels', async (name, encode) => {
  const [height, width] = [480, 640];
  const content = await encode(plainImage(photograph(height, width, 3), height, width)).toBuffer();
  const quick = await decoder.measure(writeTo(folder, `${name}.jpg`, content));
  const png = await sharp(content).autoOrient().png().toBuffer();
  const exact = await decoder.measure(writeTo(folder, `${name}.png`, png));
  expect([quick.width, quick.height]).toEqual([exact.width, exact.height]);
  const apart = (a: Uint8Array, b: Uint8Array) => Math.max(...a.map((value, at) => Math.abs(value - b[at]!)));
  expect(apart(quick.luma, exact.luma)).toBeLessThanOrEqual(2);
  expect(apart(quick.chroma, exact.chroma)).toBeLessThanOrEqual(2);
  for (const figure of ['dark', 'bright', 'colour'] as const) {
    expect(Math.abs(quick[figure] - exact[figure]), figure).toBeLessThanOrEqual(3);
  }
  expect(quick.entropy / exact.entropy).toBeCloseTo(1, 1);
  expect(quick.variance / exact.variance).toBeCloseTo(1, 1);
  // The sharpest detail is where two filters differ most; eight times less is called blurred.
  expect(Math.abs(Math.log(quick.laplacian / exact.laplacian))).toBeLessThan(0.2);
});

test('a single pixel has measures too; what cannot be read has none', async () => {
  expect(await decoder.measure(await file('1x1.png', 1, 1, () => grey(9)))).toMatchObject({ laplacian: 0, dark: 9 });
  await expect(decoder.measure(writeTo(folder, 'words.png', 'words'))).rejects.toMatchObject({ code: 'unreadable' });
  await expect(decoder.measure(`${folder}/gone.png`)).rejects.toMatchObject({ code: 'unreadable' });
});

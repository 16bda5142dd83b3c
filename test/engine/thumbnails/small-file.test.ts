import { expect, test } from 'vitest';
import sharp from 'sharp';
import { isShownAsItIs } from '../../../src-main/engine/thumbnails/small-file.ts';

const picture = (channels: 3 | 4) =>
  sharp(new Uint8Array(8 * 8 * channels).fill(100), { raw: { width: 8, height: 8, channels } });

test('JPEG is, and PNG without transparency', async () => {
  expect(isShownAsItIs(await picture(3).jpeg().toBuffer(), 'jpeg')).toBe(true);
  expect(isShownAsItIs(await picture(3).png().toBuffer(), 'png')).toBe(true);
  expect(isShownAsItIs(await picture(3).greyscale().png().toBuffer(), 'png')).toBe(true);
  expect(isShownAsItIs(await picture(3).png({ palette: true }).toBuffer(), 'png')).toBe(true);
});

test('PNG with transparency is not: it would show what lies behind it', async () => {
  expect(isShownAsItIs(await picture(4).png().toBuffer(), 'png')).toBe(false);
  const palette = await picture(4).png({ palette: true }).toBuffer();
  expect(palette[25]).toBe(3);
  expect(palette.includes('tRNS')).toBe(true);
  expect(isShownAsItIs(palette, 'png')).toBe(false);
});

test('a PNG that moves is not', async () => {
  const still = await picture(3).png().toBuffer();
  const at = still.indexOf('IDAT') - 4;
  const animation = Buffer.alloc(12 + 8);
  animation.writeUInt32BE(8);
  animation.write('acTL', 4);
  expect(isShownAsItIs(Buffer.concat([still.subarray(0, at), animation, still.subarray(at)]), 'png')).toBe(false);
});

test('nothing else is, nor what is cut off or called something else', async () => {
  const png = await picture(3).png().toBuffer();
  expect(isShownAsItIs(await picture(3).webp().toBuffer(), 'webp')).toBe(false);
  expect(isShownAsItIs(png, 'gif')).toBe(false);
  expect(isShownAsItIs(png.subarray(0, 30), 'png')).toBe(false);
  expect(isShownAsItIs(await picture(3).jpeg().toBuffer(), 'png')).toBe(false);
  expect(isShownAsItIs(Buffer.alloc(0), 'png')).toBe(false);
});

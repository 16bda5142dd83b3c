import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { pack } from '../../../src-main/decoder/parcels.ts';
import { Parcels } from '../../../src-main/engine/images/parcels.ts';
import { rgb, temporaryFolder, testDecoder } from '../../decoder/support.ts';

const folder = temporaryFolder();

test('large answers of several processes at once are each the right one, whatever was larger before', async () => {
  const decoder = testDecoder({ processes: 2 });
  const shades = Array.from({ length: 24 }, (_, at) => at * 10);
  const paths = await Promise.all(
    shades.map(async (shade) => {
      const path = join(folder, `${shade}.png`);
      const background = { r: shade, g: shade, b: 255 - shade };
      await sharp({ create: { width: 8, height: 8, channels: 3, background } })
        .png()
        .toFile(path);
      return path;
    }),
  );
  // Every second one is smaller, and some are so small that they take the channel.
  const side = (at: number) => [300, 200, 20][at % 3]!;
  const answers = await Promise.all(paths.map((path, at) => decoder.pixels(path, rgb(side(at), side(at)))));
  answers.forEach((pixels, at) => {
    const shade = shades[at]!;
    expect(pixels.length).toBe(side(at) ** 2 * 3);
    expect(pixels.every((value, i) => value === (i % 3 === 2 ? 255 - shade : shade))).toBe(true);
  });
});

const answer = Uint8Array.from({ length: 100_000 }, (_, at) => at % 251);

test('a packed answer is unpacked to the same, and a small one or none is left as it is', () => {
  const parcels = new Parcels();
  expect(parcels.file).not.toBeNull();
  const packed = pack({ t: 's', i: 'id', r: answer }, parcels.file);
  expect(packed).toEqual({ t: 's', i: 'id', r: { parcel: 100_000 } });
  expect(parcels.unpack(packed)).toEqual({ t: 's', i: 'id', r: answer });
  for (const message of [
    { t: 's', r: answer.subarray(0, 100) },
    { t: 's', r: { status: 'ok' } },
    { t: 'q', m: 'ready' },
  ]) {
    expect(pack(message, parcels.file)).toBe(message);
    expect(parcels.unpack(message)).toBe(message);
  }
  parcels.close();
});

test('without a file, or with one that is full, answers take the channel', () => {
  const message = { t: 's', r: answer };
  expect(pack(message, null)).toBe(message);
  const full = openSync('/dev/full', 'w');
  expect(pack(message, full)).toBe(message);
  closeSync(full);
});

test('what was announced and is not there is an error of that call', () => {
  const parcels = new Parcels();
  const tooMuch = { t: 's', i: 'id', r: { parcel: 10 ** 9 } };
  expect(parcels.unpack(tooMuch)).toMatchObject({ t: 's', i: 'id', e: new Error('The decoder announced too much.') });
  parcels.close();
  expect(parcels.unpack({ t: 's', i: 'id', r: { parcel: 1 } })).toMatchObject({ e: expect.any(Error) });
});

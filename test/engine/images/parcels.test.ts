import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { packer } from '../../../src-main/decoder/parcels.ts';
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

/** Packing a large answer uses it up: each test has its own. */
const makeAnswer = (): Uint8Array => Uint8Array.from({ length: 100_000 }, (_, at) => at % 251);

test('a packed answer is unpacked to the same, and a small one or none is left as it is', () => {
  const parcels = new Parcels();
  expect(parcels.file).not.toBeNull();
  const pack = packer(parcels.file);
  const packed = pack({ t: 's', i: 'id', r: makeAnswer() });
  expect(packed).toEqual({ t: 's', i: 'id', r: { parcel: 100_000, at: 0 } });
  expect(parcels.unpack({ parcel: 100_000, at: 0 })).toEqual(makeAnswer());
  for (const answer of [makeAnswer().subarray(0, 100), { status: 'ok' }, undefined]) {
    const message = { t: 's', r: answer };
    expect(pack(message)).toBe(message);
    expect(parcels.unpack(answer)).toBe(answer);
  }
  parcels.close();
});

test('an answer that was not read yet is still there after the next one, whatever their lengths', () => {
  const parcels = new Parcels();
  const pack = packer(parcels.file);
  const answers = [100_000, 300_000, 40_000, 200_000].map((length, shade) => Buffer.alloc(length, shade + 1));
  const announce = (at: number) => (pack({ t: 's', r: Uint8Array.from(answers[at]!) }) as { r: unknown }).r;
  let before = announce(0);
  for (let at = 1; at < answers.length; at++) {
    const announced = announce(at);
    expect(answers[at - 1]!.equals(parcels.unpack(before) as Uint8Array)).toBe(true);
    before = announced;
  }
  expect(answers.at(-1)!.equals(parcels.unpack(before) as Uint8Array)).toBe(true);
  parcels.close();
});

test('an answer that was sent takes no memory any more', () => {
  const parcels = new Parcels();
  const answer = makeAnswer();
  packer(parcels.file)({ t: 's', r: answer });
  expect(answer.length).toBe(0);
  parcels.close();
});

test('an answer is put where it is wanted, whichever way it came', () => {
  const parcels = new Parcels();
  packer(parcels.file)({ t: 's', r: makeAnswer() });
  for (const answer of [{ parcel: 100_000, at: 0 }, makeAnswer()]) {
    const room = new Uint8Array(100_002);
    const into = room.subarray(1, 100_001);
    expect(parcels.unpack<unknown>(answer, into)).toBe(into);
    expect(room).toEqual(Uint8Array.of(0, ...makeAnswer(), 0));
  }
  const rejected = { status: 'rejected' };
  expect(parcels.unpack<unknown>(rejected, new Uint8Array(3))).toBe(rejected);
  parcels.close();
});

test('without a file, or with one that is full, answers take the channel', () => {
  const message = { t: 's', r: makeAnswer() };
  expect(packer(null)(message)).toBe(message);
  const full = openSync('/dev/full', 'w');
  expect(packer(full)(message)).toBe(message);
  closeSync(full);
  expect(message.r).toEqual(makeAnswer());
});

test('what was announced and is not there, or does not fit, is an error of that call', () => {
  const parcels = new Parcels();
  packer(parcels.file)({ t: 's', r: makeAnswer() });
  expect(() => parcels.unpack({ parcel: 10 ** 9, at: 0 })).toThrow('The decoder announced 1000000000 bytes.');
  expect(() => parcels.unpack({ parcel: 100_000, at: 0 }, new Uint8Array(99_999))).toThrow('announced 100000 bytes');
  parcels.close();
  expect(() => parcels.unpack({ parcel: 1, at: 0 })).toThrow('announced 1 bytes');
});

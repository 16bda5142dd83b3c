import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blackPng, greyTiff, patternImage, rgb, temporaryFolder, testDecoder, writeTo } from './support.ts';

const folder = temporaryFolder();
const decoder = testDecoder({ processes: 1 });
const lost: string[] = [];
decoder.onLost((message) => lost.push(message));

const socket = createServer();
beforeAll(() => new Promise<void>((resolve) => void socket.listen(join(folder, 'socket.jpg'), resolve)));
afterAll(() => socket.close());

const noise = (): Sharp =>
  sharp({
    create: {
      width: 200,
      height: 150,
      channels: 3,
      background: 'red',
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
    },
  });
const cut = (bytes: Buffer): Buffer => bytes.subarray(0, Math.floor(bytes.length * 0.6));

const files: [name: string, make: () => Promise<string> | string, reason: RegExp][] = [
  ['an empty file', () => writeTo(folder, 'empty.jpg', ''), /^empty file$/],
  ['text', () => writeTo(folder, 'text.png', 'These are words, not pixels.\n'), /^not an image: its content is text$/],
  ['UTF-8 text cut inside a character', () => writeTo(folder, 'x.png', '数'.repeat(400)), /its content is text$/],
  [
    'SVG',
    () => writeTo(folder, 'x.png', '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'),
    /^SVG images/,
  ],
  ['binary rubbish', () => writeTo(folder, 'x.jpg', Buffer.alloc(5000, 7)), /none of JPEG, PNG/],
  ['only a JPEG signature', () => writeTo(folder, 'x.jpg', Buffer.of(255, 216, 255)), /damaged/],
  ['only a PNG signature', () => writeTo(folder, 'x.png', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')), /damaged/],
  ['a cut JPEG', async () => writeTo(folder, 'x.jpg', cut(await noise().jpeg().toBuffer())), /cut short/],
  ['a cut PNG', async () => writeTo(folder, 'x.png', cut(await noise().png().toBuffer())), /cut short/],
  ['a cut GIF', async () => writeTo(folder, 'x.gif', cut(await noise().gif().toBuffer())), /cut short/],
  ['a cut WebP', async () => writeTo(folder, 'x.webp', cut(await noise().webp().toBuffer())), /cut short/],
  ['a cut AVIF', async () => writeTo(folder, 'x.avif', cut(await noise().avif().toBuffer())), /cut short/],
  ['a cut TIFF', async () => writeTo(folder, 'x.tiff', cut(await noise().tiff().toBuffer())), /header cannot be read/],
  [
    'a PNG of 20,000 x 20,000',
    () => writeTo(folder, 'huge.png', blackPng(20_000, 20_000)),
    /^20,000 x 20,000 pixels are 400 megapixels; the limit is 100 megapixels$/,
  ],
  ['pixels of floats', () => writeTo(folder, 'x.tiff', greyTiff(Float32Array.of(0, 0.5, 1))), /of type float; save it/],
  ['a folder', () => (mkdirSync(join(folder, 'folder.jpg')), join(folder, 'folder.jpg')), /it is a folder$/],
  ['a pipe', () => (execFileSync('mkfifo', [join(folder, 'pipe.jpg')]), join(folder, 'pipe.jpg')), /it is a pipe$/],
  ['a socket', () => join(folder, 'socket.jpg'), /it is a socket$/],
  ['a device', () => (symlinkSync('/dev/zero', join(folder, 'zero.jpg')), join(folder, 'zero.jpg')), /it is a device$/],
  ['nothing', () => join(folder, 'nowhere.jpg'), /^there is no such file$/],
  ['a broken link', () => (symlinkSync('gone', join(folder, 'broken')), join(folder, 'broken')), /no such file$/],
  ['a link to itself', () => (symlinkSync('self', join(folder, 'self')), join(folder, 'self')), /back to itself$/],
  ['too long a path', () => join(folder, 'x'.repeat(300)), /too long/],
  [
    'a file above the size limit',
    () => {
      const path = writeTo(folder, 'sparse.jpg', Buffer.of(255, 216, 255, 224));
      truncateSync(path, 600 * 2 ** 20);
      return path;
    },
    /^the file has 600 MiB; the limit is 512 MiB$/,
  ],
];

describe('what cannot be used is an answer with a reason', () => {
  test.each(files)('%s', async (_name, make, reason) => {
    const path = await make();
    expect(await decoder.probe(path)).toEqual({ status: 'rejected', reason: expect.stringMatching(reason) });
    const unusable = { code: 'unreadable', message: expect.stringMatching(reason) };
    await expect(decoder.pixels(path, rgb(8, 8))).rejects.toMatchObject(unusable);
    await expect(decoder.thumbnail(path, 64)).rejects.toMatchObject(unusable);
  });

  test('and none of it cost a process', () => {
    expect(lost).toEqual([]);
    expect(decoder.pids).toHaveLength(1);
  });
});

describe('odd files that can be used', () => {
  test.each([
    'x.jpg[page=1]',
    '-o',
    'a b%20c?.jpg',
    'line\nbreak.jpg',
    '🐈‍⬛ 猫.jpg',
    'noextension',
    `${'n'.repeat(251)}.jpg`,
  ])('named %j', async (name) => {
    const path = writeTo(folder, name, await patternImage().jpeg().toBuffer());
    expect(await decoder.probe(path)).toMatchObject({ status: 'ok', width: 16, height: 12, format: 'jpeg' });
  });

  test('a large image below the limit', async () => {
    const path = writeTo(folder, 'large.png', blackPng(9_000, 11_000));
    expect(await decoder.probe(path)).toMatchObject({ status: 'ok', width: 11_000, height: 9_000 });
  });

  test('a JPEG with stray bytes inside is used with a warning that names them', async () => {
    const jpeg = await noise().jpeg().toBuffer();
    const scan = jpeg.indexOf(Buffer.of(0xff, 0xda));
    const odd = Buffer.concat([jpeg.subarray(0, scan), Buffer.alloc(5, 0x11), jpeg.subarray(scan)]);
    const path = writeTo(folder, 'odd.jpg', odd);
    expect(await decoder.probe(path)).toMatchObject({
      status: 'warning',
      reason: expect.stringMatching(/^odd but readable \(.*5 extraneous bytes/),
      width: 200,
      height: 150,
    });
    expect((await decoder.pixels(path, rgb(8, 8))).length).toBe(8 * 8 * 3);
  });
});

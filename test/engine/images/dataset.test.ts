import { readFileSync, readdirSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, test } from 'vitest';
import { loadDataset } from '../../../src-main/engine/images/dataset.ts';
import { DecoderClient } from '../../../src-main/engine/images/decoder-client.ts';
import { plainImage, rgb, grey, temporaryFolder, testDecoder, writeTo } from '../../decoder/support.ts';

const folder = temporaryFolder();
const cacheFolder = join(folder, 'cache');
const decoder = testDecoder({ processes: 2 });
/** Answers nothing: what is loaded with it can only come from the cache. */
const closedDecoder = new DecoderClient({ processes: 2 });
await closedDecoder.close();

const encode = (value: number) =>
  plainImage(new Uint8Array(5 * 4 * 3).fill(value), 5, 4)
    .png()
    .toBuffer();
const files = await Promise.all(
  Array.from({ length: 20 }, async (_, at) => ({
    path: writeTo(folder, `${at}.png`, await encode(at * 10)),
    label: at % 3,
    id: `image ${at}`,
  })),
);
const text = { path: writeTo(folder, 'text.png', 'words'), label: 1, id: 'text' };
const gone = { path: join(folder, 'gone.png'), label: 2, id: 'gone' };
const preprocessing = rgb(5, 4);
const expected = Uint8Array.from(files.flatMap((_, at) => new Array<number>(60).fill(at * 10)));

beforeEach(() => rmSync(cacheFolder, { recursive: true, force: true }));

test('rows are in the order of the files', async () => {
  const progress: string[] = [];
  const onProgress = (done: number, total: number) => progress.push(`${done} of ${total}`);
  const data = await loadDataset(files, preprocessing, { decoder, onProgress });
  expect(data.pixels).toEqual(expected);
  expect([...data.labels]).toEqual(files.map(({ label }) => label));
  expect(data.files).toEqual(files);
  expect(data.rejected).toEqual([]);
  expect(progress).toEqual(files.map((_, at) => `${at + 1} of 20`));
});

test('large images, which do not come through the channel, are in their rows as well', async () => {
  const { pixels } = await loadDataset(files, rgb(110, 100), { decoder });
  const row = 110 * 100 * 3;
  expect(pixels.length).toBe(files.length * row);
  files.forEach((_, at) =>
    expect(pixels.subarray(at * row, (at + 1) * row).every((value) => value === at * 10)).toBe(true),
  );
});

test.each([undefined, cacheFolder])('what cannot be decoded leaves no gap (cache: %s)', async (cache) => {
  const mixed = [text, ...files.slice(0, 3), gone, ...files.slice(3), text];
  const data = await loadDataset(mixed, preprocessing, { decoder, cacheFolder: cache });
  expect(data.pixels).toEqual(expected);
  expect(data.files).toEqual(files);
  expect([...data.labels]).toEqual(files.map(({ label }) => label));
  expect(data.rejected).toEqual([
    { path: text.path, reason: 'not an image: its content is text' },
    { path: gone.path, reason: 'there is no such file' },
    { path: text.path, reason: 'not an image: its content is text' },
  ]);
});

test('what cannot be decoded gives no image the pixels of another in the cache', async () => {
  await loadDataset([text, ...files], preprocessing, { decoder, cacheFolder });
  const again = await loadDataset(files, preprocessing, { decoder: closedDecoder, cacheFolder });
  expect(again.pixels).toEqual(expected);
});

test('no files give no rows', async () => {
  const data = await loadDataset([], preprocessing, { decoder });
  expect(data).toEqual({ pixels: new Uint8Array(0), labels: new Int32Array(0), files: [], rejected: [] });
});

test('more pixels than the memory holds are refused before anything is decoded', async () => {
  const many = new Array(10_000_000).fill(files[0]!) as typeof files;
  await expect(loadDataset(many, rgb(4096, 4096), { decoder: closedDecoder })).rejects.toMatchObject({
    code: 'out-of-memory',
    message: expect.stringMatching(/^10,000,000 images of 4096 x 4096 x 3 need [\d.]+ GB of memory; this computer has/),
  });
});

test('the user can stop it', async () => {
  const aborter = new AbortController();
  const onProgress = (done: number) => done === 5 && aborter.abort();
  await expect(
    loadDataset(files, preprocessing, { decoder, onProgress, signal: aborter.signal }),
  ).rejects.toMatchObject({ code: 'interrupted' });
});

test('a decoder that is gone for good is an error, not twenty rejected images', async () => {
  await expect(loadDataset(files, preprocessing, { decoder: closedDecoder })).rejects.toMatchObject({
    code: 'interrupted',
  });
});

describe('the cache', () => {
  const fill = () => loadDataset(files, preprocessing, { decoder, cacheFolder });
  const fromCache = () => loadDataset(files, preprocessing, { decoder: closedDecoder, cacheFolder });
  const fileOf = (ending: '.db' | '.bin') =>
    join(
      cacheFolder,
      readdirSync(cacheFolder).find((name) => name.endsWith(ending))!,
    );

  test('spares the decoder the second time', async () => {
    await fill();
    expect((await fromCache()).pixels).toEqual(expected);
  });

  test('serves any part of the files, in any order', async () => {
    await fill();
    const some = [files[7]!, files[2]!];
    const { pixels } = await loadDataset(some, preprocessing, { decoder: closedDecoder, cacheFolder });
    expect([...pixels]).toEqual([...new Array<number>(60).fill(70), ...new Array<number>(60).fill(20)]);
  });

  test.each([
    ['height', rgb(4, 4)],
    ['width', rgb(5, 5)],
    ['channels', grey(5, 4)],
  ])('is not used for another %s', async (_what, other) => {
    await fill();
    const load = loadDataset(files, other, { decoder: closedDecoder, cacheFolder });
    await expect(load).rejects.toMatchObject({ code: 'interrupted' });
  });

  test('is not used for a file that was rewritten', async () => {
    await fill();
    const { path } = files[4]!;
    const original = readFileSync(path);
    writeFileSync(path, await encode(99));
    const { pixels } = await fill();
    expect([...pixels.subarray(4 * 60, 5 * 60)]).toEqual(new Array(60).fill(99));
    writeFileSync(path, original);
  });

  test('is not used for a file of another time', async () => {
    await fill();
    utimesSync(files[4]!.path, 1_000_000_000, 1_000_000_000);
    await expect(fromCache()).rejects.toMatchObject({ code: 'interrupted' });
  });

  test('one wrong byte in the pixels is noticed', async () => {
    await fill();
    const bytes = readFileSync(fileOf('.bin'));
    bytes[bytes.indexOf(Buffer.alloc(60, 50)) + 30] = 51;
    writeFileSync(fileOf('.bin'), bytes);
    await expect(fromCache()).rejects.toMatchObject({ code: 'interrupted' });
    expect((await fill()).pixels).toEqual(expected);
    expect((await fromCache()).pixels).toEqual(expected);
  });

  test("an image that is said to be where another's pixels are is decoded again", async () => {
    await fill();
    const cache = new DatabaseSync(fileOf('.db'));
    cache.exec(
      `UPDATE images SET (position, checksum) =
         (SELECT position, checksum FROM images WHERE key LIKE '%/6.png%') WHERE key LIKE '%/5.png%'`,
    );
    cache.close();
    await expect(fromCache()).rejects.toMatchObject({ code: 'interrupted' });
    expect((await fill()).pixels).toEqual(expected);
  });

  test.each([
    ['cut in half', (path: string) => truncateSync(path, statSync(path).size / 2)],
    ['emptied', (path: string) => truncateSync(path)],
    ['gone', (path: string) => rmSync(path)],
    ['overwritten', (path: string) => overwriteAfter(path, 0)],
  ])('its pixels %s: they are decoded again', async (_how, damage) => {
    await fill();
    damage(fileOf('.bin'));
    expect((await fill()).pixels).toEqual(expected);
    expect((await fromCache()).pixels).toEqual(expected);
  });

  test.each([
    ['its beginning overwritten', (path: string) => writeFileSync(path, Buffer.alloc(4096, 'x'), { flag: 'r+' })],
    ['everything but its beginning overwritten', (path: string) => overwriteAfter(path, 4096)],
    ['cut in half', (path: string) => writeFileSync(path, readFileSync(path).subarray(0, statSync(path).size / 2))],
    ['replaced by text', (path: string) => writeFileSync(path, 'not a database')],
    ['emptied', (path: string) => writeFileSync(path, '')],
  ])('%s: it is made anew', async (_how, damage) => {
    await fill();
    damage(fileOf('.db'));
    expect((await fill()).pixels).toEqual(expected);
    // Damage that showed only on reading has the cache removed first and filled by the next load.
    expect((await fill()).pixels).toEqual(expected);
    expect((await fromCache()).pixels).toEqual(expected);
  });

  test('a folder that cannot hold one costs nothing but time', async () => {
    const { pixels } = await loadDataset(files, preprocessing, { decoder, cacheFolder: text.path });
    expect(pixels).toEqual(expected);
  });

  test('two loads at the same time share it', async () => {
    const both = await Promise.all([fill(), fill()]);
    for (const { pixels } of both) expect(pixels).toEqual(expected);
    expect((await fromCache()).pixels).toEqual(expected);
  });
});

function overwriteAfter(path: string, start: number): void {
  const content = readFileSync(path);
  writeFileSync(path, content.fill(0xab, start));
}

import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ThumbnailCache } from '../../../src-main/engine/thumbnails/cache.ts';

let folder: string;
const opened = new Set<ThumbnailCache>();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'receptive-thumbnails-'));
});
afterEach(() => {
  for (const cache of opened) cache.close();
  opened.clear();
  rmSync(folder, { recursive: true, force: true });
});

const file = () => join(folder, 'thumbnails.db');
const stamp = { bytes: 1234, modifiedMs: 1_700_000_000_000.25 };
const picture = (length: number, value: number) => new Uint8Array(length).fill(value);

function open(limit?: number): ThumbnailCache {
  const cache = ThumbnailCache.open(folder, limit);
  if (!cache) throw new Error('There is no cache.');
  opened.add(cache);
  return cache;
}
function reopen(cache: ThumbnailCache, limit?: number): ThumbnailCache {
  cache.close();
  opened.delete(cache);
  return open(limit);
}
const put = (cache: ThumbnailCache, id: number, value: Uint8Array, size = 64) =>
  cache.put({ id, size, stamp, picture: value });

test('what was put is there at once, and after it was opened again', () => {
  const cache = open();
  put(cache, 1, picture(10, 7));
  expect(cache.get(1, 64, stamp)).toEqual(picture(10, 7));
  const again = reopen(cache);
  expect(again.has(1, 64, stamp)).toBe(true);
  expect(again.get(1, 64, stamp)).toEqual(picture(10, 7));
  expect(again.get(1, 128, stamp)).toBeNull();
  expect(again.get(2, 64, stamp)).toBeNull();
});

test('a file that has changed has no picture until a new one is made, which takes the old one’s place', () => {
  const cache = open();
  put(cache, 1, picture(10, 7));
  const changed = { ...stamp, bytes: 1235 };
  for (const current of [cache, reopen(cache)]) {
    for (const other of [changed, { ...stamp, modifiedMs: stamp.modifiedMs + 1 }]) {
      expect(current.get(1, 64, other)).toBeNull();
      expect(current.has(1, 64, other)).toBe(false);
    }
  }
  const again = [...opened][0]!;
  again.put({ id: 1, size: 64, stamp: changed, picture: picture(5, 9) });
  const last = reopen(again);
  expect(last.get(1, 64, changed)).toEqual(picture(5, 9));
  expect(last.get(1, 64, stamp)).toBeNull();
});

test('over its limit, what was not used for longest goes first', () => {
  let cache = open(10_000);
  for (let id = 1; id <= 9; id++) put(cache, id, picture(1000, id));
  // Time is kept in seconds: what is used now is newer than what was written then.
  cache = reopen(cache, 10_000);
  execFileSync(process.execPath, [
    '-e',
    `new (require('node:sqlite').DatabaseSync)(process.argv[1]).exec('UPDATE pictures SET used = image_id')`,
    file(),
  ]);
  expect(cache.get(1, 64, stamp)).toEqual(picture(1000, 1));
  for (let id = 10; id <= 12; id++) put(cache, id, picture(1000, id));
  cache = reopen(cache, 10_000);
  const kept = Array.from({ length: 12 }, (_, index) => index + 1).filter((id) => cache.has(id, 64, stamp));
  expect(kept).toEqual([1, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect(cache.isFull).toBe(true);
});

test('however much is put, the file stays near its limit', () => {
  const limit = 2 ** 20;
  const cache = open(limit);
  for (let id = 1; id <= 3000; id++) put(cache, id, picture(4000, id % 256));
  reopen(cache);
  expect(statSync(file()).size).toBeLessThan(limit * 2);
});

test('a picture that was damaged on the disk is not shown', () => {
  const cache = open();
  put(cache, 1, picture(50_000, 0xa5));
  cache.close();
  opened.delete(cache);
  const handle = openSync(file(), 'r+');
  writeSync(handle, Buffer.of(0x5a), 0, 1, statSync(file()).size - 2000);
  closeSync(handle);
  expect(open().get(1, 64, stamp)).toBeNull();
});

test('a file that is cut off or is something else is made anew', () => {
  for (const spoil of [() => truncateSync(file(), 5000), () => writeFileSync(file(), 'not a database'.repeat(999))]) {
    let cache = open();
    for (let id = 1; id <= 20; id++) put(cache, id, picture(3000, id));
    cache.close();
    opened.delete(cache);
    spoil();
    cache = open();
    // Damage may show only when the pictures are read; the next opening then starts anew.
    for (let id = 1; id <= 20; id++) cache.get(id, 64, stamp);
    put(cache, 1, picture(5, 1));
    cache = reopen(cache);
    put(cache, 2, picture(6, 2));
    cache = reopen(cache);
    expect(cache.get(2, 64, stamp)).toEqual(picture(6, 2));
  }
});

test('where nothing can be written there is no cache, and that is all', () => {
  const closed = join(folder, 'closed');
  writeFileSync(closed, '');
  expect(ThumbnailCache.open(closed)).toBeNull();
});

test('after it was closed it remembers nothing and says so', () => {
  const cache = open();
  cache.close();
  opened.delete(cache);
  put(cache, 1, picture(10, 7));
  expect(cache.get(1, 64, stamp)).toBeNull();
  expect(existsSync(file())).toBe(true);
});

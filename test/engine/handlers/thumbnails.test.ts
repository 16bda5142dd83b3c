/** Pictures for the screen, from a real engine: which are made, kept, made ahead of time, and dropped. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { useEngines, writeClassFolders, writeImage } from './support.ts';
import type { Engine } from './support.ts';

const engines = useEngines();

/** A JPEG of one colour that is too large to be shown as it is, `width` pixels wide. */
async function writeLarge(file: string, width: number, red: number): Promise<void> {
  const height = Math.round(width * 0.75);
  mkdirSync(dirname(file), { recursive: true });
  await sharp({ create: { width, height, channels: 3, background: { r: red, g: 99, b: 9 } } })
    .jpeg()
    .toFile(file);
}

async function openFolder(engine: Engine, folder: string): Promise<string> {
  const { path } = await engine.ask('project.fromFolder', { folder });
  await engine.event('job.ended');
  return path;
}

/** Ids with a picture of that size in the cache. */
function cachedIds(project: string, size: number): number[] {
  const file = join(project, 'cache', 'thumbnails.db');
  if (!existsSync(file)) return [];
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    const rows = db.prepare('SELECT image_id FROM pictures WHERE size = ? ORDER BY image_id').all(size);
    return rows.map((row) => Number(row['image_id']));
  } catch {
    // Just being made.
    return [];
  } finally {
    db.close();
  }
}

test('a picture is made once and kept, and made anew when its file has changed', async () => {
  const folder = join(engines.home, 'photos');
  const file = join(folder, 'a', '0.jpg');
  await writeLarge(file, 640, 50);
  const engine = await engines.start();
  const project = await openFolder(engine, folder);
  const first = await engine.ask('images.thumbnail', { id: 1, size: 256 });
  expect(await sharp(first.bytes).metadata()).toMatchObject({ width: 256, height: 192 });
  await expect.poll(() => cachedIds(project, 256)).toEqual([1]);
  const again = await engine.ask('images.thumbnail', { id: 1, size: 256 });
  expect(again.mime).toBe(first.mime);
  expect(Buffer.compare(again.bytes, first.bytes)).toBe(0);
  await writeLarge(file, 648, 200);
  const second = await engine.ask('images.thumbnail', { id: 1, size: 256 });
  expect(second.bytes).not.toEqual(first.bytes);
  rmSync(join(project, 'cache'), { recursive: true });
  expect((await engine.ask('images.thumbnail', { id: 1, size: 128 })).bytes.length).toBeGreaterThan(50);
  rmSync(file);
  expect(await engine.refusal('images.thumbnail', { id: 1, size: 64 })).toMatchObject({ code: 'not-found' });
});

test('a small file is shown as it is, and takes no place in the cache', async () => {
  const folder = join(engines.home, 'small');
  await writeClassFolders(folder, 1);
  const engine = await engines.start();
  const project = await openFolder(engine, folder);
  const { bytes, mime } = await engine.ask('images.thumbnail', { id: 1, size: 64 });
  expect(mime).toBe('image/png');
  expect(Buffer.compare(bytes, readFileSync(join(folder, 'blue', '0.png')))).toBe(0);
  // Changed since it was looked into, it goes through the decoder: it may be anything now.
  writeFileSync(join(folder, 'blue', '0.png'), 'no image any more');
  expect(await engine.refusal('images.thumbnail', { id: 1, size: 64 })).toMatchObject({ code: 'unreadable' });
  await writeImage(join(folder, 'blue', '0.png'), [0, 255 - 40, 0], 77);
  expect((await engine.ask('images.thumbnail', { id: 1, size: 64 })).bytes).not.toEqual(bytes);
  await setTimeout(700);
  expect(cachedIds(project, 64)).toEqual([1]);
  expect((await engine.ask('files.thumbnail', { path: join(folder, 'red', '0.png'), size: 32 })).mime).toBe(mime);
});

test('what is in sight is made ahead of time, then what is next to it in the list, to its end', async () => {
  const folder = join(engines.home, 'many');
  for (let i = 0; i < 30; i++) await writeLarge(join(folder, 'a', `${String(i).padStart(2, '0')}.jpg`), 400, i);
  const engine = await engines.start();
  const project = await openFolder(engine, folder);
  const { ids } = await engine.ask('images.list', { sort: { by: 'path', descending: true } });
  await engine.ask('images.look', { ids: [ids[20]!, ids[21]!], size: 128 });
  await expect.poll(() => cachedIds(project, 128).length).toBe(30);
  const db = new DatabaseSync(join(project, 'cache', 'thumbnails.db'), { readOnly: true });
  const order = db
    .prepare('SELECT image_id FROM pictures ORDER BY rowid')
    .all()
    .map((row) => Number(row['image_id']));
  db.close();
  const places = order.map((id) => ids.indexOf(id));
  expect(places.slice(0, 6)).toEqual([20, 21, 19, 22, 18, 23]);
  expect(places.slice(-2)).toEqual([1, 0]);
});

test('what is waited for is dropped when the eye has gone elsewhere', async () => {
  const folder = join(engines.home, 'far');
  for (let i = 0; i < 4; i++) await writeLarge(join(folder, 'a', `${i}.jpg`), 6000, i);
  const engine = await engines.start();
  await openFolder(engine, folder);
  // Two decoders at least are busy with the first ones; the last waits.
  const first = [1, 2, 3].map((id) => engine.ask('images.thumbnail', { id, size: 1024 }));
  const waiting = Array.from({ length: 30 }, () => engine.refusal('images.thumbnail', { id: 4, size: 512 }));
  await engine.ask('images.look', { ids: [1], size: 512 });
  await engine.ask('images.look', { ids: [1], size: 512 });
  for (const refusal of (await Promise.all(waiting)).slice(-5)) expect(refusal.code).toBe('interrupted');
  for (const { bytes } of await Promise.all(first)) expect(bytes.length).toBeGreaterThan(100);
});

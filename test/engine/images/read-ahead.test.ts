/** Training from the cache: the same batches as from memory, whatever becomes of the cache meanwhile. */
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { DecoderClient } from '../../../src-main/engine/images/decoder-client.ts';
import { batchesInOrder, shuffledBatches } from '../../../src-main/engine/training/batches.ts';
import type { Batches, ImageSource } from '../../../src-main/engine/training/batches.ts';
import type { CachedImages } from '../../../src-main/engine/images/read-ahead.ts';
import { loadTrainingData } from '../../../src-main/engine/training/prepare.ts';
import type { LabelledFile, LoadingOptions } from '../../../src-main/engine/training/prepare.ts';
import { createRandom } from '../../../src-main/shared/random.ts';

let decoder: DecoderClient;
let folder: string;
let cacheFolder: string;
const files: LabelledFile[] = [];

beforeAll(async () => {
  decoder = new DecoderClient();
  folder = mkdtempSync(join(tmpdir(), 'receptive-ahead-'));
  const random = createRandom(1);
  for (let i = 0; i < 50; i++) {
    const path = join(folder, `${i}.png`);
    const values = Uint8Array.from({ length: 6 * 5 * 3 }, () => random.int(256));
    await sharp(values, { raw: { width: 5, height: 6, channels: 3 } })
      .png()
      .toFile(path);
    files.push({ path, label: i % 3 });
  }
  files.push({ path: join(folder, 'gone.png'), label: 1 });
});
afterAll(async () => {
  await decoder.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  cacheFolder = join(folder, 'cache');
  mkdirSync(cacheFolder);
});
afterEach(() => rmSync(cacheFolder, { recursive: true, force: true }));

function load(given: Partial<LoadingOptions>) {
  const split = { classes: ['a', 'b', 'c'], training: files.slice(8), validation: files.slice(0, 8) };
  const preprocessing = { height: 4, width: 4, channels: 3, fit: 'stretch' } as const;
  return loadTrainingData(split, {
    decoder,
    preprocessing,
    scaling: 'standard',
    seed: 1,
    folder,
    cacheFolder,
    ...given,
  });
}

async function all(batches: Batches) {
  const result: { pixels: number[]; labels: number[] }[] = [];
  for await (const { pixels, labels } of batches) result.push({ pixels: [...pixels], labels: [...labels] });
  return result;
}
const shuffled = (source: ImageSource, first = 0) => all(shuffledBatches(source, 4, 7, 3, first));

test('the batches, the figures and what is left out are those of images in memory', async () => {
  const memory = await load({});
  const cached = await load({ memoryBytes: 1000 });
  expect('pixels' in memory.training).toBe(true);
  expect('pixels' in cached.training).toBe(false);
  const batches = await shuffled(memory.training);
  expect(batches).toHaveLength(11);
  expect(await shuffled(cached.training)).toEqual(batches);
  expect(await shuffled(cached.training, 6)).toEqual(batches.slice(6));
  const inOrder = await all(batchesInOrder(memory.validation!, 5));
  expect(await all(batchesInOrder(cached.validation!, 5))).toEqual(inOrder);
  expect({ ...cached, training: 0, validation: 0 }).toEqual({ ...memory, training: 0, validation: 0 });
  expect(cached.rejected.map(({ path }) => path)).toEqual([join(folder, 'gone.png')]);
  expect(cached.normalisation!.mean).toHaveLength(3);
});

test('without a cache, and where there can be none, images are in memory however large they are', async () => {
  expect('pixels' in (await load({ cacheFolder: undefined, memoryBytes: 10 })).training).toBe(true);
  expect('pixels' in (await load({ cacheFolder: '/dev/null/cache', memoryBytes: 10 })).training).toBe(true);
});

test('images that the cache loses, or that are damaged in it, are decoded again', async () => {
  const memory = await load({});
  const cached = await load({ memoryBytes: 10 });
  const name = readdirSync(cacheFolder).find((file) => file.endsWith('.db'))!;
  const database = new DatabaseSync(join(cacheFolder, name));
  database.exec("DELETE FROM images WHERE key LIKE '%9.png%'");
  database.exec("UPDATE images SET position = position + 1 WHERE key LIKE '%2.png%'");
  expect(database.prepare('SELECT COUNT(*) AS rows FROM images').get()).toMatchObject({ rows: 45 });
  database.close();
  expect(await shuffled(cached.training)).toEqual(await shuffled(memory.training));
  rmSync(cacheFolder, { recursive: true });
  expect(await shuffled(cached.training)).toEqual(await shuffled(memory.training));
});

test('what is in neither is left out of its batch and told once; what is back takes part again', async () => {
  const memory = await load({});
  const cached = await load({ memoryBytes: 10 });
  const gone = [files[20]!, files[30]!].map(({ path }) => path);
  const at = new Set(cached.files.training.flatMap(({ path }, index) => (gone.includes(path) ? [index] : [])));
  const order = Array.from(memory.training.labels.keys());
  createRandom(7, 'epoch 3').shuffle(order);
  const whole = await shuffled(memory.training);
  const without = whole.map(({ pixels, labels }, batch) => {
    const kept = Array.from(labels.keys()).filter((place) => !at.has(order[4 * batch + place]!));
    return {
      pixels: kept.flatMap((place) => pixels.slice(48 * place, 48 * place + 48)),
      labels: kept.map((place) => labels[place]!),
    };
  });
  rmSync(cacheFolder, { recursive: true });
  for (const path of gone) renameSync(path, `${path}.away`);
  const source = cached.training as CachedImages;
  try {
    expect(await shuffled(source)).toEqual(without);
    expect(await shuffled(source)).toEqual(without);
    expect(source.takeLost().toSorted()).toEqual(gone.toSorted());
    expect(source.takeLost()).toEqual([]);
  } finally {
    for (const path of gone) renameSync(`${path}.away`, path);
  }
  expect(await shuffled(source)).toEqual(whole);
});

test('an epoch that is left half way leaves no thread behind', async () => {
  const { training } = await load({ memoryBytes: 10 });
  const threads = () => process.getActiveResourcesInfo().filter((kind) => kind === 'MessagePort' || kind === 'Worker');
  const before = threads();
  for await (const { labels } of shuffledBatches(training, 4, 1, 1)) {
    expect(labels).toHaveLength(4);
    break;
  }
  expect(threads()).toEqual(before);
});

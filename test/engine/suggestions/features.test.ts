import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lengthsOf, toDirections } from '../../../src-main/engine/suggestions/directions.ts';
import { FeatureStore } from '../../../src-main/engine/suggestions/feature-store.ts';
import { gather, gatherInGroups } from '../../../src-main/engine/suggestions/gather.ts';
import { bySimilarity, compare } from '../../../src-main/engine/suggestions/similar.ts';
import { toPredictions } from '../../../src-main/engine/suggestions/to-predictions.ts';
import type { ImageState } from '../../../src-main/engine/store/predictions.ts';
import type { ImageColumns } from '../../../src-main/shared/project.ts';
import { createRandom } from '../../../src-main/shared/random.ts';
import { useTemporaryHome } from '../store/support.ts';

const home = useTemporaryHome();
const cache = (): string => join(home.path, 'cache');

const file = (id: number, change: Partial<ImageState> = {}): ImageState => ({
  id,
  bytes: 100 + id,
  modifiedMs: 1_700_000_000_000.5 + id,
  classId: null,
  usable: true,
  ...change,
});
const files = (count: number): ImageState[] => Array.from({ length: count }, (_, i) => file(i + 1));

/** Random directions; image `i` (from 0) of them is row `i`. */
function randomDirections(count: number): Uint8Array {
  const random = createRandom(3, 'directions');
  return Uint8Array.from({ length: count * 1280 }, () => random.int(16) * random.int(16));
}
const rowOf = (directions: Uint8Array, row: number): Uint8Array => directions.subarray(row * 1280, (row + 1) * 1280);

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [product, left, right] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    product += a[i]! * b[i]!;
    left += a[i]! ** 2;
    right += b[i]! ** 2;
  }
  return product / Math.sqrt(left * right);
}

function columnsOf(ids: number[]): ImageColumns {
  const zeros = new Uint8Array(ids.length);
  return {
    ids: Uint32Array.from(ids),
    classIds: Uint32Array.from(ids, (id) => id * 10),
    statuses: zeros,
    splits: zeros,
    origins: zeros,
    flags: zeros,
    predictedIds: Uint32Array.from(ids, (id) => id * 100),
    confidences: Float32Array.from(ids, (id) => id / 1000),
  };
}

describe('directions', () => {
  test('keep what features point at, to a quarter of a percent of the largest', () => {
    const random = createRandom(1, 'features');
    const features = Float32Array.from({ length: 2 * 1280 }, () => Math.max(0, random.normal()));
    const directions = toDirections(features);
    for (const row of [0, 1]) {
      const given = features.subarray(row * 1280, (row + 1) * 1280);
      expect(Math.max(...rowOf(directions, row))).toBe(255);
      expect(cosine(given, rowOf(directions, row))).toBeGreaterThan(0.99999);
    }
    expect(lengthsOf(directions)[1]).toBeCloseTo(Math.hypot(...rowOf(directions, 1)), 2);
  });

  test('an image without any feature has no direction, and can be divided by', () => {
    const directions = toDirections(new Float32Array(1280));
    expect(directions.every((value) => value === 0)).toBe(true);
    expect(lengthsOf(directions)).toEqual(Float32Array.of(1));
  });
});

describe('kept features', () => {
  test('are there next time, for files that are as they were', async () => {
    const all = files(5);
    await FeatureStore.use(cache(), (store) => store.add(all.slice(0, 4), randomDirections(4)));
    await FeatureStore.use(cache(), (store) => {
      const now = [file(1), file(2, { bytes: 7 }), file(3, { modifiedMs: 7 }), file(4), file(5)];
      expect([...store.known(now)]).toEqual([1, 4]);
      store.forgetChanged(now);
      expect([...store.known(all)]).toEqual([1, 4]);
      expect([...store.blocks()].flatMap(({ ids }) => [...ids])).toEqual([1, 0, 0, 4]);
      store.forgetChanged([file(5)]);
      expect([...store.blocks()]).toEqual([]);
    });
  });

  test('of some images are gathered, all at once or in groups', async () => {
    const directions = randomDirections(9);
    await FeatureStore.use(cache(), (store) => {
      store.add(files(9).slice(0, 4), directions.subarray(0, 4 * 1280));
      store.add(files(9).slice(4), directions.subarray(4 * 1280));
      const wanted = new Set([2, 3, 5, 8, 9, 77]);
      const all = gather(store, wanted);
      expect(all.ids).toEqual([2, 3, 5, 8, 9]);
      expect(rowOf(all.directions, 2)).toEqual(rowOf(directions, 4));
      const groups = [...gatherInGroups(store, wanted, 2)];
      expect(groups.map(({ ids }) => ids)).toEqual([[2, 3], [5, 8], [9]]);
      expect(Buffer.concat(groups.map((group) => group.directions)).equals(all.directions)).toBe(true);
      expect(gather(store, new Set([77])).ids).toEqual([]);
    });
  });

  test('that are no database are made anew; damage found on the way removes them and says so', async () => {
    const path = join(cache(), 'features.db');
    await FeatureStore.use(cache(), () => undefined);
    writeFileSync(path, 'no database, but long enough to be read as one'.repeat(100));
    await FeatureStore.use(cache(), (store) => store.add(files(300), randomDirections(300)));
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0xa5, 70_000));
    const reading = FeatureStore.use(cache(), (store) => [...store.blocks()].length);
    await expect(reading).rejects.toMatchObject({
      code: 'unreadable',
      hint: expect.stringContaining('again') as string,
    });
    expect(await FeatureStore.use(cache(), (store) => store.known(files(300)).size)).toBe(0);
  });
});

describe('images by likeness', () => {
  test('are in the order of the cosine to the mean of the examples, which stand in front', async () => {
    const directions = randomDirections(400);
    const unit = (row: number): number[] => {
      const length = Math.hypot(...rowOf(directions, row));
      return Array.from(rowOf(directions, row), (value) => value / length);
    };
    const examples = [17, 250];
    const [first, second] = examples.map((id) => unit(id - 1)) as [number[], number[]];
    const mean = first.map((value, i) => value + second[i]!);
    const likeness = (id: number): number => cosine(mean, rowOf(directions, id - 1));

    // Every other image is in the list, in an order of its own; some of them have no features.
    const listed = [...Array.from({ length: 200 }, (_, i) => 400 - 2 * i), 17, 401, 402];
    await FeatureStore.use(cache(), async (store) => {
      store.add(files(150), directions.subarray(0, 150 * 1280));
      store.add(files(400).slice(150), directions.subarray(150 * 1280));
      const sorted = bySimilarity(columnsOf(listed), examples, await compare(store, examples));
      const ids = [...sorted.ids];
      expect(new Set(ids.slice(0, 2))).toEqual(new Set(examples));
      expect(ids).toHaveLength(201);
      expect(new Set(ids)).toEqual(new Set(listed.slice(0, 201)));
      for (let i = 3; i < ids.length; i++) {
        expect(likeness(ids[i - 1]!)).toBeGreaterThan(likeness(ids[i]!) - 1e-4);
      }
      expect([...sorted.classIds]).toEqual(ids.map((id) => id * 10));
      expect(sorted.confidences[7]).toBeCloseTo(ids[7]! / 1000, 6);
      expect(bySimilarity(columnsOf(listed), [401], await compare(store, [401])).ids).toHaveLength(0);
    });
  });
});

test('other work has its turns while many images are compared', async () => {
  const block = randomDirections(128);
  await FeatureStore.use(cache(), async (store) => {
    const all = files(300 * 128);
    for (let start = 0; start < all.length; start += 128) store.add(all.slice(start, start + 128), block);
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const likeness = await compare(store, [1]);
    clearInterval(timer);
    expect(likeness).toHaveLength(300);
    expect(turns).toBeGreaterThan(3);
  });
});

describe('probabilities as predictions', () => {
  test('the likeliest class, and how far it is ahead', () => {
    const [first, second] = toPredictions([7, 8], Float32Array.of(0.2, 0.5, 0.3, 0.9, 0.1, 0), [4, 5, 6]);
    expect(first).toMatchObject({ imageId: 7, classId: 5, confidence: 0.5 });
    expect(first!.margin).toBeCloseTo(0.2, 6);
    expect(second).toMatchObject({ imageId: 8, classId: 4 });
    expect(second!.margin).toBeCloseTo(0.8, 6);
  });

  test('a class that the project does not have takes no part', () => {
    const [only] = toPredictions([7], Float32Array.of(0.1, 0.7, 0.2), [4, null, 6]);
    expect(only).toMatchObject({ classId: 6 });
    expect(only!.confidence).toBeCloseTo(0.2, 6);
    expect(only!.margin).toBeCloseTo(0.1, 6);
  });
});

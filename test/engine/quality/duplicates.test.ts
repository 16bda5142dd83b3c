import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FindingKind } from '../../../src-main/shared/image-query.ts';
import type { ImageMeasures, RejectedImage } from '../../../src-main/shared/decoder.ts';
import { orRejected } from '../../../src-main/engine/images/decoder-client.ts';
import { mapInParallel } from '../../../src-main/engine/images/parallel.ts';
import { MeasuredImages, findIn } from '../../../src-main/engine/quality/find.ts';
import { temporaryFolder, testDecoder, writeTo } from '../../decoder/support.ts';
import { changed, changes, demoPictures } from './pictures.ts';

const folder = temporaryFolder();
const decoder = testDecoder();

const known = new Map<string, Promise<ImageMeasures | RejectedImage>>();

/** Each file is measured once, however many sets it is in. */
async function groupsIn(paths: readonly string[], wanted: FindingKind = 'nearDuplicate'): Promise<number[][]> {
  const measured = new MeasuredImages(paths.length);
  await mapInParallel(paths, 8, async (path, index) => {
    if (!known.has(path)) known.set(path, orRejected(decoder.measure(path)));
    const answer = (await known.get(path))!;
    if (answer.status !== 'rejected') measured.set(index, path, answer);
  });
  const found = (await findIn(measured)).filter(({ kind }) => kind === wanted);
  return [...Map.groupBy(found, ({ value }) => value).values()].map((group) => group.map(({ index }) => index));
}

const thorough = process.env['RECEPTIVE_SOAK'] !== undefined;
/** Thousands of pictures are read and compared: minutes on a busy machine. */
const patience = { timeout: 600_000 };

describe.each([
  // Measured: clothes at 28 x 28 pixels, where 2 % on each side are a whole pixel, and emoji at 64 x 64.
  {
    name: 'clothes',
    step: thorough ? 1 : 5,
    changedStep: thorough ? 20 : 10,
    most: 3,
    falsePairs: thorough ? 6 : 2,
    leastEach: 0.8,
    leastAll: 0.93,
  },
  { name: 'emoji', step: 1, changedStep: thorough ? 6 : 24, most: 3, falsePairs: 0, leastEach: 0.9, leastAll: 0.97 },
] as const)('$name', ({ name, step, changedStep, most, falsePairs, leastEach, leastAll }) => {
  const originals = demoPictures(name, step);
  const chosen = originals.map((_, index) => index).filter((index) => index % changedStep === 0);
  let copies: { of: number; change: string; path: string }[] = [];

  beforeAll(async () => {
    const asked = chosen.flatMap((of) => Object.keys(changes).map((change) => ({ of, change })));
    copies = await Promise.all(
      asked.map(async ({ of, change }) => {
        const path = writeTo(folder, `${name}-${of}-${change}`, await changed(originals[of]!, change));
        return { of, change, path };
      }),
    );
  });

  test('different pictures are not grouped', patience, async () => {
    const groups = await groupsIn(originals);
    const exact = (await groupsIn(originals, 'exactDuplicate')).flat();
    const wrong = groups.filter((group) => !group.every((index) => exact.includes(index)));
    expect(wrong.length).toBeLessThanOrEqual(falsePairs);
    expect(Math.max(0, ...groups.map(({ length }) => length))).toBeLessThanOrEqual(most);
  });

  test('what was saved, resized, lit or cropped anew is found, and groups hold little else', patience, async () => {
    const names = Object.keys(changes);
    const shares: Record<string, number> = {};
    // Two ways of changing at a time: as many copies of one picture as are in a set now and then.
    for (let at = 0; at < names.length; at += 2) {
      const these = copies.filter(({ change }) => names.slice(at, at + 2).includes(change));
      const groups = await groupsIn([...originals, ...these.map(({ path }) => path)]);
      const groupOf = new Map(groups.flatMap((group) => group.map((index) => [index, group] as const)));
      for (const name of names.slice(at, at + 2)) {
        const hits = these.map(({ of }, copy) => groupOf.get(of)?.includes(originals.length + copy) ?? false);
        const ofName = hits.filter((_, copy) => these[copy]!.change === name);
        shares[name] = ofName.filter(Boolean).length / ofName.length;
      }
      expect(Math.max(...groups.map(({ length }) => length))).toBeLessThanOrEqual(most + 2);
    }
    const all = Object.values(shares);
    expect(Math.min(...all), JSON.stringify(shares)).toBeGreaterThanOrEqual(leastEach);
    expect(all.reduce((sum, share) => sum + share, 0) / all.length, JSON.stringify(shares)).toBeGreaterThanOrEqual(
      leastAll,
    );
  });
});

test('byte for byte copies are exact, and near duplicates in the group of what they are like', async () => {
  const [first, second, third] = demoPictures('emoji', 50) as [string, string, string];
  const copy = join(folder, 'copy.png');
  copyFileSync(first, copy);
  const resaved = writeTo(folder, 'resaved.jpg', await changed(first, 'quality 75.jpg'));
  const alone = join(folder, 'alone.png');
  copyFileSync(second, alone);
  const paths = [first, second, third, copy, resaved, alone];
  expect(await groupsIn(paths, 'exactDuplicate')).toEqual([
    [0, 3],
    [1, 5],
  ]);
  expect(await groupsIn(paths)).toEqual([
    [0, 3, 4],
    [1, 5],
  ]);
});

test('the same shapes in other colours, and plain surfaces of other brightness, are different pictures', async () => {
  const hearts = demoPictures('emoji').filter((path) => /faces\/(green_|orange_|purple_|)heart\.png$/.test(path));
  expect(hearts.length).toBe(4);
  expect(await groupsIn(hearts)).toEqual([]);
});

test('what cannot be read is passed over', async () => {
  const [first] = demoPictures('emoji') as [string];
  const broken = writeTo(folder, 'broken.png', 'words');
  const copy = join(folder, 'copy-of-first.png');
  copyFileSync(first, copy);
  expect(await groupsIn([broken, first, join(folder, 'gone.png'), copy], 'exactDuplicate')).toEqual([[1, 3]]);
});

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { imageFacts } from '../../../src-main/engine/store/images.ts';
import { createRandom } from '../../../src-main/shared/random.ts';
import { useTemporaryHome } from '../store/support.ts';
import { picture, useWorlds } from './support.ts';

const home = useTemporaryHome();
const makeWorld = useWorlds(home);
const [images, rounds] = process.env['RECEPTIVE_SOAK'] ? [250, 100] : [30, 12];

/**
 * The oracle keeps, for each image, where the test itself put its bytes, and knows nothing of hashes: an image is where
 * its bytes are, or missing while they are nowhere.
 */
test('whatever is moved, swapped, taken away and brought back, each image is where its bytes are', async () => {
  const random = createRandom(21);
  const world = makeWorld();
  const { db } = world.project;
  const root = join(home.path, 'p');
  const bytes = await Promise.all(Array.from({ length: images }, (_, i) => picture(i + 1)));
  const places: (string | null)[] = bytes.map((_, i) => join(root, `c${i % 3}`, `${String(i).padStart(3, '0')}.png`));
  const put = (image: number, path: string): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes[image]!);
    // Each file has a time of its own: by size and time alone two that swapped could not be told.
    utimesSync(path, 1000 + image, 1000 + image);
    places[image] = path;
  };
  const freePath = (): string => {
    for (;;) {
      const path = join(
        root,
        `c${random.int(5)}`,
        ['', 'deep'][random.int(2)]!,
        `${String(random.int(images)).padStart(3, '0')}.png`,
      );
      if (!existsSync(path)) return path;
    }
  };
  bytes.forEach((_, image) => put(image, places[image]!));
  await world.import([root]);
  expect(world.project.summary().imageCount).toBe(images);
  // By path at first, so ids are in the order of paths.
  const idOf = new Map(
    [...places.entries()].sort(([, a], [, b]) => (a! < b! ? -1 : 1)).map(([image], at) => [image, at + 1]),
  );
  const classes = new Map([...idOf].map(([image, id]) => [image, imageFacts(db, id).classId]));

  for (let round = 0; round < rounds; round++) {
    for (let step = 0; step < images / 5; step++) {
      const image = random.int(images);
      const other = random.int(images);
      const [from, to] = [places[image]!, places[other]!];
      const what = random.int(4);
      if (places[image] === null) put(image, freePath());
      else if (what === 0) {
        rmSync(from);
        places[image] = null;
      } else if (what === 1 && places[other] !== null && image !== other) {
        renameSync(from, `${root}/swap`);
        renameSync(to, from);
        renameSync(`${root}/swap`, to);
        [places[image], places[other]] = [to, from];
      } else {
        const path = freePath();
        mkdirSync(dirname(path), { recursive: true });
        renameSync(from, path);
        places[image] = path;
      }
    }
    const { fresh } = await world.look();
    expect(fresh.map(({ count }) => count)).toEqual([0]);
    for (const [image, place] of places.entries()) {
      const facts = imageFacts(db, idOf.get(image)!);
      expect({ missing: facts.missing, classId: facts.classId }).toEqual({
        missing: place === null,
        classId: classes.get(image),
      });
      if (place !== null) expect(facts.path).toBe(place);
    }
  }
  expect(world.project.summary().imageCount).toBe(images);
  expect(places.every((place, image) => place === null || readFileSync(place).equals(bytes[image]!))).toBe(true);
});

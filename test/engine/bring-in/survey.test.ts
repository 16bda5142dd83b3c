import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeEach, describe, expect, test } from 'vitest';
import { readContents } from '../../../src-main/engine/bring-in/contents.ts';
import { locate } from '../../../src-main/engine/bring-in/locate.ts';
import { matchFiles } from '../../../src-main/engine/bring-in/match.ts';
import { listClasses } from '../../../src-main/engine/store/classes.ts';
import { imageFacts } from '../../../src-main/engine/store/images.ts';
import { setLabels } from '../../../src-main/engine/store/labels.ts';
import { readOrigin } from '../../../src-main/engine/store/database.ts';
import { isImported } from '../../../src-main/engine/store/import.ts';
import { moveImages } from '../../../src-main/engine/store/relocate.ts';
import { beginImport, endImport } from '../../../src-main/engine/store/unfinished-imports.ts';
import { useTemporaryHome } from '../store/support.ts';
import { picture, useWorlds, writePicture } from './support.ts';
import type { World } from './support.ts';

const home = useTemporaryHome();
const makeWorld = useWorlds(home);
const at = (...parts: string[]): string => join(home.path, ...parts);
const move = (from: string, to: string): void => {
  mkdirSync(join(at(to), '..'), { recursive: true });
  renameSync(at(from), at(to));
};
const { signal } = new AbortController();

let world: World;
/** Four images: 1 and 2 are cats, 3 and 4 dogs. */
beforeEach(async () => {
  for (const [index, path] of ['p/cat/1.png', 'p/cat/2.png', 'p/dog/1.png', 'p/dog/2.png'].entries()) {
    await writePicture(at(path), index + 1);
    // They are of equal size, so only the time tells that one lies in another's place.
    utimesSync(at(path), 1000 + index, 1000 + index);
  }
  world = makeWorld();
  await world.import([at('p')]);
});
const untouched = ['p/cat/1.png: cat', 'p/cat/2.png: cat', 'p/dog/1.png: dog', 'p/dog/2.png: dog'];

test('nothing that changed is nothing that is written', async () => {
  expect(await world.look()).toMatchObject({ changed: false, fresh: [{ folder: at('p'), count: 0 }] });
  expect(world.images()).toEqual(untouched);
});

describe('files that moved within the folders', () => {
  test('keep their ids and labels, also a person’s, and are not offered as new', async () => {
    setLabels(world.project.db, [1], 2);
    move('p/cat/1.png', 'p/new/deep/one.png');
    move('p/dog/2.png', 'p/cat/3.png');
    expect(await world.look()).toMatchObject({ changed: true, fresh: [{ count: 0 }] });
    expect(world.images()).toEqual([
      'p/new/deep/one.png: dog',
      'p/cat/2.png: cat',
      'p/dog/1.png: dog',
      'p/cat/3.png: dog',
    ]);
    expect(imageFacts(world.project.db, 1).origin).toBe('person');
    expect(await world.look()).toMatchObject({ changed: false });
  });

  test('and changed places are still themselves: two that swapped, three in a ring, one that moved up', async () => {
    move('p/cat/1.png', 'p/x');
    move('p/dog/1.png', 'p/cat/1.png');
    move('p/x', 'p/dog/1.png');
    await world.look();
    expect(world.images()).toEqual(['p/dog/1.png: cat', 'p/cat/2.png: cat', 'p/cat/1.png: dog', 'p/dog/2.png: dog']);
    move('p/dog/1.png', 'p/x');
    move('p/cat/2.png', 'p/dog/1.png');
    move('p/cat/1.png', 'p/cat/2.png');
    move('p/x', 'p/cat/1.png');
    await world.look();
    expect(world.images()).toEqual(['p/cat/1.png: cat', 'p/dog/1.png: cat', 'p/cat/2.png: dog', 'p/dog/2.png: dog']);
    move('p/dog/2.png', 'p/dog/3.png');
    move('p/dog/1.png', 'p/dog/2.png');
    await world.look();
    expect(world.images()).toEqual(['p/cat/1.png: cat', 'p/dog/2.png: cat', 'p/cat/2.png: dog', 'p/dog/3.png: dog']);
  });

  test('are told from files of the same name and size with another content', async () => {
    move('p/cat/1.png', 'p/moved/1.png');
    await writePicture(at('p/other/1.png'), 5);
    expect(statSync(at('p/other/1.png')).size).toBe(statSync(at('p/moved/1.png')).size);
    const { mtime } = statSync(at('p/moved/1.png'));
    utimesSync(at('p/other/1.png'), mtime, mtime);
    await world.look();
    expect(world.images()[0]).toBe('p/moved/1.png: cat');
  });

  test('with a name that another file has taken are missing, not mistaken', async () => {
    rmSync(at('p/cat/1.png'));
    await writePicture(at('p/elsewhere/1.png'), 6);
    expect(await world.look()).toMatchObject({ changed: true, fresh: [{ count: 1 }] });
    expect(world.images()[0]).toBe('p/cat/1.png: cat, missing');
  });

  test('of equal content are paired by their names', async () => {
    copyFileSync(at('p/cat/1.png'), at('p/dog/9.png'));
    await world.import([at('p')]);
    const ids = world.images();
    move('p/cat/1.png', 'p/z/1.png');
    move('p/dog/9.png', 'p/a/9.png');
    await world.look();
    expect(world.images()).toEqual(['p/z/1.png: cat', ...ids.slice(1, 4), 'p/a/9.png: dog']);
  });

  test('whose content was never read are known by name, size and time, not by the name alone', async () => {
    world.project.db.sql.exec('UPDATE images SET content = NULL');
    move('p/cat/1.png', 'p/x/1.png');
    move('p/dog/2.png', 'p/x/2.png');
    utimesSync(at('p/x/2.png'), 5, 5);
    await world.look();
    expect(world.images()).toEqual([
      'p/x/1.png: cat',
      'p/cat/2.png: cat',
      'p/dog/1.png: dog',
      'p/dog/2.png: dog, missing',
    ]);
  });
});

test('contents that were never read are read once, of files that are still as they were', async () => {
  const { db } = world.project;
  const contents = () =>
    db.sql
      .prepare('SELECT content FROM images ORDER BY id')
      .all()
      .map((row) => row['content']);
  const before = contents();
  db.sql.exec('UPDATE images SET content = NULL');
  utimesSync(at('p/dog/2.png'), 7, 7);
  await readContents(db, signal);
  expect(contents()).toEqual([...before.slice(0, 3), null]);
  expect(before.every((content) => content instanceof Uint8Array && content.length === 32)).toBe(true);
});

test('a file is one image’s alone: that of its bytes, not one of the same name, size and time besides', async () => {
  const image = { inSource: '1.png', sourceId: 1, bytes: statSync(at('p/cat/1.png')).size, missing: true };
  const modifiedMs = statSync(at('p/cat/1.png')).mtimeMs;
  const content = createHash('sha256')
    .update(await picture(1))
    .digest();
  const images = [
    { ...image, id: 1, path: at('a/1.png'), modifiedMs, content: null },
    { ...image, id: 2, path: at('b/1.png'), modifiedMs, content },
  ];
  const file = { path: at('p/cat/1.png'), bytes: image.bytes, modifiedMs };
  expect([...(await matchFiles(images, [file], { signal }))]).toEqual([[2, file]]);
});

test('a place that another image has is left to it', () => {
  const { bytes, modifiedMs } = { bytes: 1, modifiedMs: 1 };
  moveImages(world.project.db, [{ id: 1, to: { path: at('p/dog/1.png'), bytes, modifiedMs } }]);
  expect(world.images()).toEqual(untouched);
});

test('what never could be looked at is not missing', async () => {
  symlinkSync(at('p/loop.png'), at('p/loop.png'));
  await world.import([at('p')]);
  const before = world.images();
  expect(before[4]).toBe('p/loop.png: -, rejected');
  expect(await world.look()).toMatchObject({ changed: false });
  expect(world.images()).toEqual(before);
});

describe('files that are gone', () => {
  test('are marked, and lose the mark when they come back', async () => {
    move('p/cat/1.png', 'away.png');
    await world.look();
    expect(world.images()[0]).toBe('p/cat/1.png: cat, missing');
    expect(await world.look()).toMatchObject({ changed: false });
    move('away.png', 'p/cat/1.png');
    await world.look();
    expect(world.images()).toEqual(untouched);
    move('p/cat/1.png', 'away.png');
    await world.look();
    // It comes back as a copy does, with a time of its own.
    copyFileSync(at('away.png'), at('p/cat/1.png'));
    expect(await world.look()).toMatchObject({ changed: true });
    expect(world.images()).toEqual(untouched);
  });

  test('with their whole folder are all marked, and none is forgotten', async () => {
    move('p', 'q');
    expect(await world.look()).toMatchObject({ changed: true });
    expect(world.images()).toEqual(untouched.map((image) => `${image}, missing`));
    move('q', 'p');
    await world.look();
    expect(world.images()).toEqual(untouched);
  });

  test('are not those that may not be looked at', async () => {
    const isRoot = process.getuid?.() === 0;
    // Root may look anywhere, so for a while the test is somebody else.
    if (isRoot) process.seteuid?.(65_534);
    else chmodSync(at('p'), 0);
    const found = await world.look().finally(() => {
      if (isRoot) process.seteuid?.(0);
      else chmodSync(at('p'), 0o755);
    });
    expect(found.changed).toBe(false);
    expect(world.images()).toEqual(untouched);
  });
});

describe('files that changed in place', () => {
  test('are looked at again: the image keeps its id and label, and gets the new facts', async () => {
    const { db } = world.project;
    db.sql.exec('INSERT INTO predictions VALUES (1, 1, 0.5, 0.5), (2, 1, 0.5, 0.5)');
    await sharp({ create: { width: 5, height: 3, channels: 3, background: '#123456' } }).toFile(at('p/cat/1.png'));
    expect(await world.look()).toMatchObject({ changed: true });
    expect(world.images()).toEqual(untouched);
    const { mtimeMs, size } = statSync(at('p/cat/1.png'));
    expect(imageFacts(db, 1)).toMatchObject({
      width: 5,
      height: 3,
      bytes: size,
      modifiedAt: new Date(mtimeMs).toISOString(),
      // What was predicted of the old picture is not said of the new one.
      prediction: null,
    });
    expect(imageFacts(db, 2).prediction).not.toBeNull();
    const content = db.sql.prepare('SELECT content FROM images WHERE id = 1').get()!['content'] as Uint8Array;
    expect(Buffer.from(content)).toEqual(
      createHash('sha256')
        .update(readFileSync(at('p/cat/1.png')))
        .digest(),
    );
  });

  test('into something that is no image are rejected with the reason, and come back when they are mended', async () => {
    const before = readFileSync(at('p/cat/1.png'));
    writeFileSync(at('p/cat/1.png'), 'hello');
    await world.look();
    expect(imageFacts(world.project.db, 1)).toMatchObject({
      status: 'rejected',
      reason: 'not an image: its content is text',
      classId: 1,
    });
    writeFileSync(at('p/cat/1.png'), before);
    await world.look();
    expect(world.images()).toEqual(untouched);
  });

  test('that were only touched stay as they are', async () => {
    utimesSync(at('p/cat/1.png'), 2000, 2000);
    world.project.db.sql.exec('INSERT INTO predictions VALUES (1, 1, 0.5, 0.5)');
    expect(await world.look()).toMatchObject({ changed: false });
    expect(imageFacts(world.project.db, 1)).toMatchObject({ modifiedAt: '1970-01-01T00:33:20.000Z', prediction: {} });
  });

  test('by another image that was moved over them are missing, and the other keeps its own label', async () => {
    renameSync(at('p/dog/1.png'), at('p/cat/1.png'));
    await world.look();
    expect(world.images()).toEqual([
      'p/cat/1.png/1: cat, missing',
      'p/cat/2.png: cat',
      'p/cat/1.png: dog',
      'p/dog/2.png: dog',
    ]);
  });
});

describe('new files', () => {
  test('are counted in folders that were brought in whole: images only, none of the project’s own', async () => {
    await writePicture(at('p/bird/1.png'), 7);
    await writePicture(at('p/.hidden/2.png'), 8);
    writeFileSync(at('p/notes.txt'), 'x');
    mkdirSync(at('p/empty'));
    const found = await world.look();
    expect(found.fresh).toEqual([{ folder: at('p'), count: 1 }]);
    expect(found.folders).toContain(at('p/empty'));
    expect(found.folders).not.toContain(at('p/.hidden'));
  });

  test('beside a single image are nobody’s business', async () => {
    await writePicture(at('single/1.png'), 9);
    await writePicture(at('single/2.png'), 10);
    await world.import([at('single/1.png')]);
    expect((await world.look()).fresh).toEqual([{ folder: at('p'), count: 0 }]);
  });
});

describe('a folder that is shown', () => {
  test('holds what moved there: ids and labels stay, the folder takes the old one’s place', async () => {
    const { db } = world.project;
    endImport(db, beginImport(db, []).id, [at('p')]);
    db.sql.prepare('UPDATE project SET origin = ?').run(at('p'));
    move('p', 'else/where/p2');
    await world.look();
    expect(await locate(db, at('else'), { signal })).toEqual({ found: 4, missing: 0 });
    expect(world.images()).toEqual(untouched.map((image) => image.replace('p/', 'else/where/p2/')));
    expect(world.project.summary().sources).toEqual([at('else/where/p2')]);
    expect(isImported(db, at('else/where/p2'))).toBe(true);
    expect(readOrigin(db.folder)).toBe(at('else/where/p2'));
    expect(await world.look()).toMatchObject({ changed: false });
  });

  test('holds what moved there of a folder that was not brought in whole: neither is the new one', async () => {
    const { db } = world.project;
    await writePicture(at('single/1.png'), 9);
    await world.import([at('single/1.png')]);
    move('single', 'moved');
    await writePicture(at('moved/2.png'), 10);
    await world.look();
    expect(await locate(db, at('moved'), { signal })).toEqual({ found: 1, missing: 0 });
    expect((await world.look()).fresh).toEqual([{ folder: at('p'), count: 0 }]);
  });

  test('holds some of them, renamed; the others stay missing', async () => {
    const { db } = world.project;
    move('p', 'q');
    rmSync(at('q/cat/2.png'));
    move('q/dog/1.png', 'q/hund.png');
    await world.look();
    expect(await locate(db, at('q'), { signal })).toEqual({ found: 3, missing: 1 });
    expect(world.images()).toEqual([
      'q/cat/1.png: cat',
      'p/cat/2.png: cat, missing',
      'q/hund.png: dog',
      'q/dog/2.png: dog',
    ]);
    expect(world.project.summary().sources).toContain(at('p'));
  });

  test('without any of them changes nothing', async () => {
    const { db } = world.project;
    move('p', 'q');
    await world.look();
    await writePicture(at('r/cat/1.png'), 20);
    const before = world.images();
    expect(await locate(db, at('r'), { signal })).toEqual({ found: 0, missing: 4 });
    expect(world.images()).toEqual(before);
    expect(world.project.summary().sources).toEqual([at('p')]);
    await expect(locate(db, at('nothing'), { signal })).rejects.toMatchObject({ code: 'not-found' });
  });

  test('that is a copy beside the files that are there is left alone', async () => {
    cpSync(at('p'), at('q'), { recursive: true });
    expect(await locate(world.project.db, at('q'), { signal })).toEqual({ found: 0, missing: 0 });
    expect(world.images()).toEqual(untouched);
  });
});

test('the files are only read', async () => {
  const before = readFileSync(at('p/cat/1.png'));
  move('p/cat/1.png', 'p/dog/x.png');
  await world.look();
  expect(readFileSync(at('p/dog/x.png'))).toEqual(before);
  expect(before).toEqual(await picture(1));
  expect(listClasses(world.project.db).map(({ count }) => count)).toEqual([2, 2]);
});

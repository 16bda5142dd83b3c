import { spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test, vi } from 'vitest';
import { createClass } from '../../../src-main/engine/store/classes.ts';
import { setLabels } from '../../../src-main/engine/store/labels.ts';
import { OpenProject } from '../../../src-main/engine/store/open-project.ts';
import { projectMadeOf } from '../../../src-main/engine/store/places.ts';
import { Project } from '../../../src-main/engine/store/project.ts';
import { restoreSnapshot } from '../../../src-main/engine/store/restore.ts';
import { fingerprintOfFile, readSeal } from '../../../src-main/engine/store/seal.ts';
import { listSnapshots, snapshotFile, takeSnapshot, verifySnapshot } from '../../../src-main/engine/store/snapshots.ts';
import { createRandom } from '../../../src-main/shared/random.ts';
import { labelsOf, projectWithImages, useTemporaryHome } from '../store/support.ts';
import { contentOf, copyFolder, hashTree, startWorker, times } from './support.ts';

const home = useTemporaryHome();
const ids = (path: string) => listSnapshots(path).map(({ id }) => id);

/** A project with a class and 20 images, the first of which has it, and a snapshot of that; then the second one, too. */
async function projectWithSnapshot() {
  const project = projectWithImages(20);
  const cat = createClass(project.db, 'cat').id;
  setLabels(project.db, [1], cat);
  await takeSnapshot(project.db, new Date('2026-11-20T10:00:00Z'));
  setLabels(project.db, [2], cat);
  return { project, cat };
}

test('a snapshot is a database of its own, and says when it was taken and what it holds', async () => {
  const { project } = await projectWithSnapshot();
  expect(listSnapshots(project.path)).toEqual([
    { id: '2026-11-20T10-00-00-000Z', takenAt: '2026-11-20T10:00:00.000Z', images: 20, labelled: 1 },
  ]);
  const copy = new DatabaseSync(snapshotFile(project.path, '2026-11-20T10-00-00-000Z'), { readOnly: true });
  expect(copy.prepare('SELECT id FROM images WHERE class_id IS NOT NULL').all()).toMatchObject([{ id: 1 }]);
  copy.close();
  project.close();
});

test('nothing changed, nothing is copied; the newest five stay, and the last of each of seven days', async () => {
  const project = projectWithImages(3);
  const at = (day: number, hour: number) => new Date(Date.UTC(2026, 10, day, hour));
  for (let day = 1; day <= 10; day++) {
    for (const hour of [8, 12, 20]) {
      createClass(project.db, `${day} ${hour}`);
      await takeSnapshot(project.db, at(day, hour));
    }
  }
  const kept = listSnapshots(project.path).map(({ takenAt }) => takenAt.slice(8, 13));
  expect(kept).toEqual(['10T20', '10T12', '10T08', '09T20', '09T12', '08T20', '07T20', '06T20', '05T20', '04T20']);
  await takeSnapshot(project.db, at(11, 8));
  expect(listSnapshots(project.path)[0]!.takenAt.slice(8, 13)).toBe('10T20');
  project.close();
  expect(readdirSync(join(project.path, 'snapshots'))).toHaveLength(20);
});

test('labels set while a snapshot is written are in the project, not in it', async () => {
  const { project, cat } = await projectWithSnapshot();
  const taking = takeSnapshot(project.db, new Date('2026-11-21T10:00:00Z'));
  for (let id = 3; id <= 20; id++) setLabels(project.db, [id], cat);
  await taking;
  expect(listSnapshots(project.path)[0]).toMatchObject({ labelled: 2 });
  expect(verifySnapshot(project.path, ids(project.path)[0]!)).not.toBeNull();
  project.close();
  expect(labelsOf(Project.open(project.path)).every((label) => label === cat)).toBe(true);
});

test('taken soon after opening what was changed, every ten minutes of work, and at the end', async () => {
  const { project, cat } = await projectWithSnapshot();
  project.close();
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'] });
  const open = new OpenProject();
  const taken = async (count: number) => {
    vi.useRealTimers();
    await expect.poll(() => ids(project.path)).toHaveLength(count);
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'] });
  };
  try {
    const { db } = await open.open(project.path);
    await vi.advanceTimersByTimeAsync(5_000);
    await expect.poll(() => ids(project.path), { interval: 1 }).toHaveLength(2);
    setLabels(db, [3], cat);
    await vi.advanceTimersByTimeAsync(600_000);
    await taken(3);
  } finally {
    vi.useRealTimers();
  }
  setLabels(open.db, [4], cat);
  await open.close();
  expect(listSnapshots(project.path).map(({ labelled }) => labelled)).toEqual([4, 3, 2, 1]);
});

test('no folder for snapshots: the work goes on and is closed as ever', async () => {
  const { project, cat } = await projectWithSnapshot();
  project.close();
  rmSync(join(project.path, 'snapshots'), { recursive: true });
  writeFileSync(join(project.path, 'snapshots'), 'in the way');
  const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const open = new OpenProject();
  setLabels((await open.open(project.path)).db, [3], cat);
  await open.close();
  expect(said).toHaveBeenCalledOnce();
  said.mockRestore();
  expect(labelsOf(await open.open(project.path)).slice(0, 4)).toEqual([cat, cat, cat, 0]);
  rmSync(join(project.path, 'snapshots'));
  await open.close();
});

test('restored, the project is as it was then, and the database that was there is kept', async () => {
  const { project, cat } = await projectWithSnapshot();
  const { path } = project;
  project.close();
  const file = join(path, 'project.db');
  const damaged = Buffer.concat([Buffer.from('not a database'), readFileSync(file).subarray(14)]);
  writeFileSync(file, damaged);
  const open = new OpenProject();
  await expect(open.open(path)).rejects.toMatchObject({ code: 'unreadable' });
  expect(open.refused).toMatchObject({ name: 'test', path, problem: 'damaged' });
  await expect(open.open(path, true)).rejects.toMatchObject({ code: 'unreadable' });
  expect(labelsOf(await open.restore(path, ids(path)[0]!)).slice(0, 2)).toEqual([cat, 0]);
  expect(open.refused).toBeNull();
  const aside = readdirSync(path).filter((name) => name.startsWith('project.db.replaced-'));
  expect(aside).toHaveLength(1);
  expect(readFileSync(join(path, aside[0]!))).toEqual(damaged);
  await open.close();
});

test('restored while it is open, and when project.db is gone', async () => {
  const { project, cat } = await projectWithSnapshot();
  project.close();
  const open = new OpenProject();
  await open.open(project.path);
  await expect(open.restore(project.path, 'none')).rejects.toMatchObject({ code: 'not-found' });
  expect(labelsOf(open.project).slice(0, 2)).toEqual([cat, cat]);
  expect(labelsOf(await open.restore(project.path, '2026-11-20T10-00-00-000Z')).slice(0, 2)).toEqual([cat, 0]);
  await open.close();
  rmSync(join(project.path, 'project.db'));
  await expect(open.open(project.path)).rejects.toThrow(/is not there any more/);
  expect(open.refused).toMatchObject({ problem: 'damaged' });
  expect(labelsOf(await open.restore(project.path, ids(project.path).at(-1)!)).slice(0, 2)).toEqual([cat, 0]);
  await open.close();
});

test('restored over a project that was killed, nothing of its log comes into the copy, and a seal vouches for that', async () => {
  const { project, cat } = await projectWithSnapshot();
  const killed = join(home.path, 'killed');
  // By another process: closing a file drops this process's own locks on it.
  spawnSync('cp', ['-r', project.path, killed]);
  project.close();
  const log = readFileSync(join(killed, 'project.db-wal'));
  expect(log.length).toBeGreaterThan(0);
  const open = new OpenProject();
  const restored = await open.restore(killed, ids(killed)[0]!);
  expect(labelsOf(restored).slice(0, 2)).toEqual([cat, 0]);
  expect(readSeal(killed)).toMatchObject(fingerprintOfFile(snapshotFile(killed, ids(killed).at(-1)!)));
  const aside = readdirSync(killed).filter((name) => /^project\.db\.replaced-.*-wal$/.test(name));
  expect(aside.map((name) => readFileSync(join(killed, name)))).toEqual([log]);
  await open.close();
});

test('what cannot be copied or restored leaves nothing behind', async () => {
  const { project } = await projectWithSnapshot();
  const { path, db } = project;
  const content = db.merge()!;
  const shorter = openSync(join(path, 'project.seal'), 'r');
  const source = {
    folder: path,
    sql: db.sql,
    merge: () => content,
    whileUnchanged: <T>(copy: (file: number) => Promise<T>) => copy(shorter),
  };
  const copies = readdirSync(join(path, 'snapshots'));
  await expect(takeSnapshot(source)).rejects.toThrow(/shorter/);
  closeSync(shorter);
  expect(readdirSync(join(path, 'snapshots'))).toEqual(copies);
  project.close();

  // In the place of what says that restoring has begun.
  mkdirSync(join(path, 'project.restoring'));
  const before = readdirSync(path);
  expect(() => restoreSnapshot(path, ids(path)[0]!)).toThrow();
  expect(readdirSync(path)).toEqual(before);
});

test('project.db does not change while it is copied', async () => {
  const { project, cat } = await projectWithSnapshot();
  const { path, db } = project;
  const before = readFileSync(join(path, 'project.db'));
  await db.whileUnchanged(() => {
    setLabels(db, [3], cat);
    expect(db.merge()).toBeNull();
    return Promise.resolve();
  });
  expect(before.equals(readFileSync(join(path, 'project.db')))).toBe(true);
  expect(db.merge()).not.toBeNull();
  project.close();
});

test('the oldest of the copies can be restored while the project is open and has changed', async () => {
  const project = projectWithImages(2);
  for (let hour = 10; hour < 15; hour++) {
    createClass(project.db, `class ${hour}`);
    await takeSnapshot(project.db, new Date(Date.UTC(2026, 10, 20, hour)));
  }
  project.close();
  const open = new OpenProject();
  await open.open(project.path);
  createClass(open.db, 'new');
  const oldest = ids(project.path).at(-1)!;
  const restored = await open.restore(project.path, oldest);
  expect(restored.summary().undo).toBe('New class "class 10"');
  expect(ids(project.path)).toHaveLength(5);
  await open.close();
});

test('a snapshot that is not there is not restored, and nothing is changed', async () => {
  const { project } = await projectWithSnapshot();
  project.close();
  const before = hashTree(project.path);
  const open = new OpenProject();
  for (const id of ['2020-01-01T00-00-00-000Z', '../project', '../../elsewhere']) {
    await expect(open.restore(project.path, id)).rejects.toMatchObject({ code: 'not-found' });
  }
  expect(hashTree(project.path)).toEqual(before);
});

test(
  'kill -9 while restoring: the damaged one is still refused, or the snapshot is there whole',
  { timeout: 900_000 },
  async () => {
    const random = createRandom(5);
    const { project } = await projectWithSnapshot();
    const { path } = project;
    project.close();
    const whole = new DatabaseSync(snapshotFile(path, ids(path)[0]!), { readOnly: true });
    const expected = whole.prepare('SELECT id, class_id FROM images').all();
    whole.close();
    writeFileSync(join(path, 'project.db'), Buffer.alloc(50_000, 7));
    const rounds = times(100, 5);
    let [finished, refused] = [0, 0];
    for (let round = 0; round < rounds; round++) {
      const copy = copyFolder(path, join(home.path, 'copy'));
      const restorer = startWorker('restorer.ts', copy, ids(copy)[0]!);
      await restorer.begun;
      await restorer.reached(0, random.next() * 40);
      await restorer.kill();
      const open = new OpenProject();
      try {
        const { db } = await open.open(copy);
        expect(db.sql.prepare('SELECT id, class_id FROM images').all()).toEqual(expected);
        finished++;
      } catch (error) {
        expect(error).toMatchObject({ code: 'unreadable' });
        expect(readFileSync(join(copy, 'project.db'))).toEqual(Buffer.alloc(50_000, 7));
        await open.restore(copy, ids(copy)[0]!);
        expect(open.db.sql.prepare('SELECT id, class_id FROM images').all()).toEqual(expected);
        refused++;
      }
      await open.close();
      rmSync(copy, { recursive: true });
    }
    console.log(`kill -9 while restoring: ${rounds} rounds, ${finished} restored, ${refused} as before.`);
    expect(finished + refused).toBe(rounds);
  },
);

test('changed by another program it is opened only as it is, and from then on as ever', async () => {
  const { project, cat } = await projectWithSnapshot();
  const { path } = project;
  project.close();
  const other = new DatabaseSync(join(path, 'project.db'));
  other.exec('UPDATE images SET class_id = 1 WHERE id = 9');
  other.close();
  const open = new OpenProject();
  await expect(open.open(path)).rejects.toThrow(/was changed by another program/);
  expect(open.refused).toMatchObject({ problem: 'changed' });
  expect(labelsOf(await open.open(path, true))[8]).toBe(cat);
  await open.close();
  expect(labelsOf(await open.open(path))[8]).toBe(cat);
  await open.close();
});

test('copied, restored from a backup without its seal, or made before there were seals, it is opened as ever', async () => {
  const { project } = await projectWithSnapshot();
  const content = contentOf(project.db);
  project.close();
  const copy = copyFolder(project.path, join(home.path, 'copy'));
  const bare = join(home.path, 'bare');
  mkdirSync(bare);
  copyFileSync(join(project.path, 'project.db'), join(bare, 'project.db'));
  for (const path of [copy, bare]) {
    for (const _again of [1, 2]) {
      const opened = Project.open(path);
      expect(contentOf(opened.db)).toEqual(content);
      opened.close();
    }
    expect(existsSync(join(path, 'project.seal'))).toBe(true);
  }
});

test('what cannot be in a row is damage where no seal vouches for the file', async () => {
  const { project } = await projectWithSnapshot();
  project.close();
  for (const change of [
    'UPDATE images SET split = 9 WHERE id = 3',
    'PRAGMA foreign_keys = OFF; UPDATE images SET class_id = 77 WHERE id = 3',
    "UPDATE journal SET changes = '[{' WHERE id = 1",
  ]) {
    const copy = copyFolder(project.path, join(home.path, 'copy'));
    const other = new DatabaseSync(join(copy, 'project.db'));
    other.exec(change);
    other.close();
    rmSync(join(copy, 'project.seal'));
    expect(() => Project.open(copy)).toThrow(/is damaged/);
    rmSync(copy, { recursive: true });
  }
});

test('the folder of images of a damaged project still leads to that project', async () => {
  const open = new OpenProject();
  const images = join(home.path, 'images', 'cat');
  mkdirSync(images, { recursive: true });
  const { project, origin } = await open.openImages(join(home.path, 'images'));
  createClass(project.db, 'cat');
  await open.close();
  writeFileSync(join(project.path, 'project.db'), Buffer.alloc(10_000));
  expect(projectMadeOf(origin)).toBe(project.path);
  await expect(open.openImages(origin)).rejects.toMatchObject({ code: 'unreadable' });
  expect(open.refused).toMatchObject({ path: project.path });
});

/**
 * Bits flipped and files cut off at random places of what a project keeps: each is noticed and said, and an automatic
 * copy restores the labels of then, or the project has exactly what it had. Nothing in between.
 */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ReceptiveError } from '../../../src-main/shared/errors.ts';
import { createRandom } from '../../../src-main/shared/random.ts';
import type { Random } from '../../../src-main/shared/random.ts';
import { createClass } from '../../../src-main/engine/store/classes.ts';
import { setLabels } from '../../../src-main/engine/store/labels.ts';
import { OpenProject } from '../../../src-main/engine/store/open-project.ts';
import { Project } from '../../../src-main/engine/store/project.ts';
import { listSnapshots, takeSnapshot } from '../../../src-main/engine/store/snapshots.ts';
import { projectWithImages, useTemporaryHome } from '../store/support.ts';
import { contentOf, copyFolder, startWorker, times } from './support.ts';

const home = useTemporaryHome();

interface Template {
  path: string;
  content: unknown;
  /** What its snapshot holds. */
  snapshot: unknown;
}
let templates: Record<'closed' | 'killed', Template>;
let templateHome: string;

beforeAll(async () => {
  templateHome = mkdtempSync(join(tmpdir(), 'receptive-damage-'));
  const before = process.env['XDG_DATA_HOME'];
  process.env['XDG_DATA_HOME'] = templateHome;
  const closed = await closedProject();
  templates = { closed, killed: await killedProject(closed) };
  if (before === undefined) delete process.env['XDG_DATA_HOME'];
  else process.env['XDG_DATA_HOME'] = before;
});
afterAll(() => rmSync(templateHome, { recursive: true }));

/** A copy of the project in that state, for one test. */
function copyOf(state: keyof typeof templates): Template {
  return { ...templates[state], path: copyFolder(templates[state].path, join(home.path, state)) };
}

/** A project with a snapshot and changes after it, closed as it should be; what it holds, and what the snapshot holds. */
async function closedProject(): Promise<Template> {
  const project = projectWithImages(300);
  const classes = ['cat', 'dog', 'bird'].map((name) => createClass(project.db, name).id);
  for (let id = 1; id <= 200; id += 4) setLabels(project.db, [id, id + 1, id + 2, id + 3], classes[id % 3]!);
  await takeSnapshot(project.db);
  const snapshot = contentOf(project.db);
  for (let id = 151; id <= 300; id += 5) {
    setLabels(project.db, [id, id + 1, id + 2, id + 3, id + 4], classes[0]!);
  }
  const content = contentOf(project.db);
  project.close();
  return { path: project.path, content, snapshot };
}

/**
 * The same after 40 more labels, by a process that was killed when it had made all it could: they stand in the log alone.
 * Killed before the last one was acknowledged, that one might be there and no index vouch for it.
 */
async function killedProject(closed: Template): Promise<Template> {
  const path = copyFolder(closed.path, join(templateHome, 'killed'));
  let project = Project.open(path);
  setLabels(
    project.db,
    Array.from({ length: 40 }, (_, index) => index + 1),
    null,
  );
  project.close();
  const labeller = startWorker('labeller.ts', path, '2');
  await labeller.begun;
  await labeller.reached(40, 0);
  await labeller.kill();
  expect(statSync(join(path, 'project.db-wal')).size).toBeGreaterThan(100_000);
  project = Project.open(copyFolder(path, join(templateHome, 'undamaged')));
  const content = contentOf(project.db);
  project.close();
  return { ...closed, path, content };
}

/** Flips one bit, or cuts the file off, at a random place. */
function damage(file: string, random: Random): string {
  const { size } = statSync(file);
  const at = random.int(size);
  if (random.int(4) === 0) {
    truncateSync(file, at);
    return `${file} cut off at ${at} of ${size}`;
  }
  const bit = random.int(8);
  const descriptor = openSync(file, 'r+');
  const byte = Buffer.alloc(1);
  readSync(descriptor, byte, 0, 1, at);
  byte[0]! ^= 1 << bit;
  writeSync(descriptor, byte, 0, 1, at);
  closeSync(descriptor);
  return `${file} with bit ${bit} of byte ${at} flipped`;
}

/** What a person meets who opens the project in `path`. */
async function meet(path: string): Promise<{ content: unknown; refusal: string | null }> {
  const open = new OpenProject();
  try {
    return { content: contentOf((await open.open(path)).db), refusal: null };
  } catch (error) {
    expect(error).toBeInstanceOf(ReceptiveError);
    const { code, message } = error as ReceptiveError;
    expect(['unreadable', 'unsupported']).toContain(code);
    expect(message).toMatch(/damaged|was changed|not a Receptive|newer Receptive/);
    // Asked again, it says the same: looking has changed nothing.
    await expect(open.open(path)).rejects.toThrow(message);
    const [newest] = listSnapshots(path);
    const restored = await open.restore(path, newest!.id);
    return { content: contentOf(restored.db), refusal: message };
  } finally {
    await open.close();
  }
}

test.each(['closed', 'killed'] as const)(
  'damage to a project that was %s is said, or has no effect',
  { timeout: 900_000 },
  async (state) => {
    const random = createRandom(state === 'closed' ? 1 : 2);
    const rounds = times(500, 30);
    const { path, content, snapshot } = templates[state];
    const files = readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter((name) => /^project\.(db|seal)|^snapshots\/./.test(name))
      .filter((name) => statSync(join(path, name)).size > 0)
      .sort();
    let refused = 0;
    for (let round = 0; round < rounds; round++) {
      const copy = copyFolder(path, join(home.path, 'copy'));
      const name = files[round % files.length]!;
      const what = damage(join(copy, name), random);
      if (name.startsWith('snapshots/')) {
        expect((await meet(copy)).content, what).toEqual(content);
      } else {
        const met = await meet(copy);
        if (met.refusal !== null) refused++;
        expect(met.content, what).toEqual(met.refusal === null ? content : snapshot);
      }
      rmSync(copy, { recursive: true });
    }
    console.log(`${rounds} times damaged (${files.join(', ')}): ${refused} refused, the others without effect.`);
    expect(refused).toBeGreaterThan(rounds / 5);
  },
);

test('a damaged snapshot is not restored: that is said, and another one can be', { timeout: 900_000 }, async () => {
  const random = createRandom(3);
  const { path, snapshot } = templates.closed;
  const { id } = listSnapshots(path)[0]!;
  for (let round = 0; round < times(100, 10); round++) {
    const copy = copyFolder(path, join(home.path, 'copy'));
    const what = damage(join(copy, 'snapshots', round % 4 === 0 ? `${id}.json` : `${id}.db`), random);
    const open = new OpenProject();
    const before = contentOf((await open.open(copy)).db);
    // Taken because it differs from the damaged one, or because that one is no longer listed.
    await open.close();
    await expect(open.restore(copy, id), what).rejects.toMatchObject({
      code: expect.stringMatching(/unreadable|not-found/),
    });
    expect(contentOf((await open.open(copy)).db)).toEqual(before);
    await open.restore(copy, listSnapshots(copy)[0]!.id);
    expect([before, snapshot]).toContainEqual(contentOf(open.db));
    await open.close();
    rmSync(copy, { recursive: true });
  }
});

test.each(['project.db', 'project.db-wal', 'project.db-shm'])(
  'an emptied %s of a killed project is noticed or harmless',
  async (name) => {
    const { path, content, snapshot } = copyOf('killed');
    truncateSync(join(path, name), 0);
    const met = await meet(path);
    expect(met.content).toEqual(met.refusal === null ? content : snapshot);
    expect(met.refusal === null).toBe(name.endsWith('-shm'));
  },
);

test('a log that lost its end can be opened with what stands before', async () => {
  const { path } = copyOf('killed');
  const log = join(path, 'project.db-wal');
  truncateSync(log, statSync(log).size / 2);
  const open = new OpenProject();
  await expect(open.open(path)).rejects.toMatchObject({ code: 'unreadable' });
  expect(open.refused).toMatchObject({ path, problem: 'cutShort' });
  const { db } = await open.open(path, true);
  expect(open.refused).toBeNull();
  const labels = db.sql.prepare('SELECT COUNT(*) AS count FROM images WHERE class_id = 2 AND id <= 40').get();
  expect(labels!['count']).toBeGreaterThan(5);
  expect(labels!['count']).toBeLessThan(40);
  expect(readdirSync(path).some((name) => name.startsWith('project.db-wal.replaced-'))).toBe(true);
  await open.close();
  expect((await open.open(path)).path).toBe(path);
  await open.close();
});

test('a log that is damaged in its midst is noticed without its index, too', async () => {
  const { path } = copyOf('killed');
  rmSync(join(path, 'project.db-shm'));
  const log = join(path, 'project.db-wal');
  const descriptor = openSync(log, 'r+');
  writeSync(descriptor, Buffer.from('damage'), 0, 6, Math.floor(statSync(log).size / 3));
  closeSync(descriptor);
  const open = new OpenProject();
  await expect(open.open(path)).rejects.toMatchObject({ code: 'unreadable' });
  expect(open.refused).toMatchObject({ problem: 'cutShort' });
});

test('a log whose beginning is damaged is noticed without its index, too', async () => {
  const { path } = copyOf('killed');
  rmSync(join(path, 'project.db-shm'));
  const descriptor = openSync(join(path, 'project.db-wal'), 'r+');
  writeSync(descriptor, Buffer.alloc(32, 0xa5), 0, 32, 0);
  closeSync(descriptor);
  const open = new OpenProject();
  await expect(open.open(path)).rejects.toMatchObject({ code: 'unreadable' });
  expect(open.refused).toMatchObject({ problem: 'cutShort' });
});

test('a log that lost its end beside a file that was changed, too, is not opened as it is either', async () => {
  const { path } = copyOf('killed');
  const log = join(path, 'project.db-wal');
  truncateSync(log, statSync(log).size / 2);
  const descriptor = openSync(join(path, 'project.db'), 'r+');
  writeSync(descriptor, Buffer.from([0, 0, 0, 99]), 0, 4, 24); // its change counter: every page is whole
  closeSync(descriptor);
  const open = new OpenProject();
  for (const asIs of [false, true]) {
    await expect(open.open(path, asIs)).rejects.toMatchObject({ code: 'unreadable' });
    expect(open.refused).toMatchObject({ problem: 'damaged' });
  }
});

test('the index of a log that was merged since, as a power cut may leave it, is no damage', async () => {
  const { path, content } = copyOf('killed');
  const stale = readFileSync(join(path, 'project.db-shm'));
  Project.open(path).close();
  expect(existsSync(join(path, 'project.db-wal'))).toBe(false);
  writeFileSync(join(path, 'project.db-shm'), stale);
  writeFileSync(join(path, 'project.db-wal'), '');
  const project = Project.open(path);
  expect(contentOf(project.db)).toEqual(content);
  project.close();
});

test('nor is the index of a log before that one', () => {
  const { path } = copyOf('closed');
  const { db } = Project.open(path);
  const copy = join(home.path, 'copy');
  // By another process: closing a file drops this process's own locks on it.
  const index = () => spawnSync('cat', [join(path, 'project.db-shm')]).stdout;
  setLabels(db, [1, 2], null);
  const stale = index();
  for (const id of [3, 4]) {
    expect(db.merge()).not.toBeNull();
    setLabels(db, [id], null);
  }
  expect(db.merge()).not.toBeNull();
  spawnSync('cp', ['-r', path, copy]);
  writeFileSync(join(copy, 'project.db-shm'), stale);
  const project = Project.open(copy);
  expect(contentOf(project.db)).toEqual(contentOf(db));
  project.close();
  db.close();
});

test('the seal is gone before the first page is merged, however the merging ends', () => {
  const { path } = copyOf('closed');
  const { db } = Project.open(path);
  setLabels(db, [1], null);
  const reader = new DatabaseSync(join(path, 'project.db'), { readOnly: true });
  reader.exec('BEGIN');
  reader.prepare('SELECT COUNT(*) FROM images').get();
  setLabels(db, [300], null);
  const before = readFileSync(join(path, 'project.db'));
  expect(db.merge()).toBeNull();
  // What the reader sees already was merged, what came later was not.
  expect(readFileSync(join(path, 'project.db')).equals(before)).toBe(false);
  expect(existsSync(join(path, 'project.seal'))).toBe(false);
  reader.close();
  expect(db.merge()).not.toBeNull();
  expect(existsSync(join(path, 'project.seal'))).toBe(true);
  db.close();
});

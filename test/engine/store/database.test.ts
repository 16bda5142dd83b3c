import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { createClass, listClasses } from '../../../src-main/engine/store/classes.ts';
import { setLabels } from '../../../src-main/engine/store/labels.ts';
import { listImages } from '../../../src-main/engine/store/image-list.ts';
import { step } from '../../../src-main/engine/store/journal.ts';
import { saveNetwork, listNetworks } from '../../../src-main/engine/store/networks.ts';
import { Project } from '../../../src-main/engine/store/project.ts';
import { startWorker } from '../durability/support.ts';
import { labelsOf, projectWithImages, useTemporaryHome } from './support.ts';

const home = useTemporaryHome();

const code = (expected: string) => expect.objectContaining({ code: expected, hint: expect.stringMatching(/\w/) });
const hashOf = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');

test('a reopened project has its images, classes, labels and networks as they were', () => {
  let project = projectWithImages(3);
  const cat = createClass(project.db, 'cat').id;
  setLabels(project.db, [2], cat);
  const network = saveNetwork(project.db, { name: 'net', json: { layers: [] } });
  const before = { ...project.summary(), classes: listClasses(project.db), images: listImages(project.db, {}) };
  project.close();
  project = Project.open(before.path);
  expect({ ...project.summary(), classes: listClasses(project.db), images: listImages(project.db, {}) }).toEqual(
    before,
  );
  expect(listNetworks(project.db)).toEqual([network]);
  project.close();
});

test('every write waits for the disk', () => {
  const { db } = projectWithImages(0);
  const pragma = (name: string) => Object.values(db.sql.prepare(`PRAGMA ${name}`).get()!)[0];
  expect([pragma('journal_mode'), pragma('synchronous'), pragma('foreign_keys')]).toEqual(['wal', 2, 1]);
  db.close();
});

test('a project that another process has open is refused, and free again when that process is killed', async () => {
  const { path, db } = projectWithImages(2);
  db.close();
  const other = startWorker('labeller.ts', path, '0', 'hold');
  await other.begun;
  expect(() => Project.open(path)).toThrow(code('exists'));
  expect(() => Project.open(path)).toThrow(/open in another Receptive/);
  await other.kill();
  const project = Project.open(path);
  expect(project.summary().imageCount).toBe(2);
  expect(() => Project.open(path)).toThrow(code('exists'));
  project.close();
});

test('a full disk refuses the change, keeps everything saved before, and goes on when there is room', () => {
  const project = projectWithImages(3000);
  const { db } = project;
  const cat = createClass(db, 'cat').id;
  setLabels(db, [1, 2], cat);
  const before = { labels: labelsOf(project), summary: project.summary() };
  // SQLite answers SQLITE_FULL for its own page limit exactly as for a disk without room.
  db.sql.exec(`PRAGMA max_page_count = ${Object.values(db.sql.prepare('PRAGMA page_count').get()!)[0]}`);
  const everything = [...listImages(db, {}).ids];
  expect(() => setLabels(db, everything, cat)).toThrow(code('disk-full'));
  expect({ labels: labelsOf(project), summary: project.summary() }).toEqual(before);
  db.sql.exec('PRAGMA max_page_count = 1000000');
  setLabels(db, everything, cat);
  expect(labelsOf(project).every((label) => label === cat)).toBe(true);
  project.close();
});

test('a project moved by hand works in its new place', () => {
  const { path, db } = projectWithImages(2);
  setLabels(db, [1], createClass(db, 'cat').id);
  db.close();
  const moved = join(home.path, 'elsewhere');
  renameSync(path, moved);
  const project = Project.open(moved);
  expect(labelsOf(project)).toEqual([1, 0]);
  expect(project.path).toBe(moved);
  step(project.db, 'undo');
  expect(labelsOf(project)).toEqual([0, 0]);
  project.close();
});

/** What may be found where a project's database should be, and what is said of it. */
const wrongFiles: [name: string, spoil: (file: string) => void, code: string][] = [
  [
    'text',
    (file) => writeFileSync(file, 'not a database at all, but long enough to be looked at'.repeat(100)),
    'unreadable',
  ],
  ['an empty file', (file) => writeFileSync(file, ''), 'unreadable'],
  ['the first half', (file) => writeFileSync(file, readFileSync(file).subarray(0, 20_000)), 'unreadable'],
  ['a page of noise in the middle', (file) => overwrite(file, 4096 * 2, Buffer.alloc(4096, 0xa7)), 'unreadable'],
  ["another program's database", (file) => inDatabase(file, 'PRAGMA application_id = 1'), 'unreadable'],
  ['a newer format', (file) => inDatabase(file, 'PRAGMA user_version = 1000'), 'unsupported'],
];

function overwrite(file: string, at: number, bytes: Buffer): void {
  const content = readFileSync(file);
  bytes.copy(content, at);
  writeFileSync(file, content);
}

function inDatabase(file: string, sql: string): void {
  const db = new DatabaseSync(file);
  db.exec(sql);
  db.close();
}

test.each(wrongFiles)('%s in place of project.db is refused and left as it is', (_name, spoil, expected) => {
  const { path, db } = projectWithImages(500);
  db.close();
  const file = join(path, 'project.db');
  spoil(file);
  const before = hashOf(file);
  expect(() => Project.open(path)).toThrow(code(expected));
  expect(hashOf(file)).toBe(before);
});

test('a folder that is no project, and one that is not there, are told apart from a damaged one', () => {
  const folder = join(home.path, 'pictures');
  mkdirSync(folder);
  expect(() => Project.open(folder)).toThrow(code('not-found'));
  expect(existsSync(join(folder, 'project.lock'))).toBe(false);
  expect(() => Project.open(join(home.path, 'nowhere'))).toThrow(code('not-found'));
});

test('a copy made while the project is open has everything that was acknowledged', () => {
  const project = projectWithImages(5);
  const cat = createClass(project.db, 'cat').id;
  setLabels(project.db, [1, 5], cat);
  const copy = join(home.path, 'copy');
  // By another process, as a person or a backup does it: closing a file drops this process's own locks on it.
  spawnSync('cp', ['-r', project.path, copy]);
  const opened = Project.open(copy);
  expect(labelsOf(opened)).toEqual([cat, 0, 0, 0, cat]);
  opened.close();
  project.close();
  rmSync(copy, { recursive: true });
});

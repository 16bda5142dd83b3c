import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { classKeys } from '../../../src-main/shared/labelling.ts';
import { createClass, listClasses } from '../../../src-main/engine/store/classes.ts';
import { step } from '../../../src-main/engine/store/journal.ts';
import { Project } from '../../../src-main/engine/store/project.ts';
import { listWaiting } from '../../../src-main/engine/store/queue.ts';
import { applicationId, migrations } from '../../../src-main/engine/store/schema.ts';
import { columnOf, rowsOf } from './rows.ts';
import { useTemporaryHome } from './support.ts';

const home = useTemporaryHome();

/** A project as an earlier version left it, of `format` steps; `fill` writes as that version did. */
function oldProject(format: number, fill: (sql: DatabaseSync) => void): string {
  const folder = join(home.path, `format ${format}`);
  mkdirSync(join(folder, 'runs'), { recursive: true });
  const sql = new DatabaseSync(join(folder, 'project.db'));
  sql.exec(`PRAGMA application_id = ${applicationId}; PRAGMA journal_mode = WAL`);
  for (const migration of migrations.slice(0, format)) sql.exec(migration);
  sql.exec(`PRAGMA user_version = ${format};
    INSERT INTO project (id, name, origin, created_at) VALUES (1, 'old', '/p', '2025-01-01T00:00:00.000Z');
    INSERT INTO sources (path) VALUES ('/p')`);
  fill(sql);
  sql.close();
  return folder;
}

const addClasses = (sql: DatabaseSync, ...names: string[]): void => {
  for (const name of names) sql.prepare('INSERT INTO classes (name, color) VALUES (?, ?)').run(name, '#e69f00');
};

function addImages(sql: DatabaseSync, images: [path: string, classId: number | null, split: number][]): void {
  const insert = sql.prepare(
    'INSERT INTO images (source_id, path, bytes, modified_ms, status, class_id, split) VALUES (1, ?, 100, 1.5, 0, ?, ?)',
  );
  for (const image of images) insert.run(...image);
}

function addEntries(sql: DatabaseSync, entries: [label: string, undone: number, changes: object[]][]): void {
  const insert = sql.prepare('INSERT INTO journal (label, undone, changes) VALUES (?, ?, ?)');
  for (const [label, undone, changes] of entries) insert.run(label, undone, JSON.stringify(changes));
}

const row = (table: string, id: number, before: object | null, after: object | null) => ({
  kind: 'row',
  table,
  id,
  before,
  after,
});
const images = (column: string, ids: number[], before: unknown, after: unknown) => ({
  kind: 'images',
  column,
  ids,
  before,
  after,
});

/**
 * Imported: cat/1, cat/2, dog/3 and 4 without a class. Then, each an entry: a class bird was made; 4 was labelled bird;
 * 2 and 3 bird; a split; dog was renamed to hound; a class fly was made with image 1, and deleted; a network was saved;
 * the next one was undone: cat deleted.
 */
function fill(sql: DatabaseSync): void {
  addClasses(sql, 'cat', 'hound', 'bird', 'fly');
  sql.exec('DELETE FROM classes WHERE id = 4');
  addImages(sql, [
    ['cat/1.png', null, 1],
    ['cat/2.png', 3, 2],
    ['dog/3.png', 3, 1],
    ['4.png', 3, 0],
    ['cat/sub/5.png', 1, 0],
    ['hound/6.png', 2, 0],
  ]);
  sql.exec(`INSERT INTO networks (name, json, updated_at) VALUES ('net', '{}', '2025-01-02T00:00:00.000Z')`);
  const bird = { name: 'bird', color: '#e69f00' };
  const fly = { name: 'fly', color: '#123456' };
  addEntries(sql, [
    ['New class "bird"', 0, [row('classes', 3, null, bird)]],
    ['Label 1 image "bird"', 0, [images('class_id', [4], [null], 3)]],
    ['Label 2 images "bird"', 0, [images('class_id', [2, 3], [1, 2], 3)]],
    ['Split 3 images', 0, [images('split', [1, 2, 3], [0, 0, 0], [1, 2, 1])]],
    [
      'Rename class "dog" to "hound"',
      0,
      [row('classes', 2, { name: 'dog', color: '#e69f00' }, { name: 'hound', color: '#e69f00' })],
    ],
    ['New class "fly"', 0, [row('classes', 4, null, fly)]],
    ['Label 1 image "fly"', 0, [images('class_id', [1], [1], 4)]],
    ['Delete class "fly"', 0, [images('class_id', [1], [4], null), row('classes', 4, fly, null)]],
    [
      'New network "net"',
      0,
      [row('networks', 1, null, { name: 'net', json: '{}', updated_at: '2025-01-02T00:00:00.000Z' })],
    ],
    [
      'Delete class "cat"',
      1,
      [images('class_id', [5], [1], null), row('classes', 1, { name: 'cat', color: '#e69f00' }, null)],
    ],
  ]);
}

describe.each([1, 2])('a project of format %i', (format) => {
  test('keeps its labels and sides, and gets keys and origins', () => {
    const { db } = Project.open(oldProject(format, fill));
    expect(db.sql.prepare('PRAGMA user_version').get()!['user_version']).toBe(migrations.length);
    expect(columnOf(db, 'class_id')).toEqual([null, 3, 3, 3, 1, 2]);
    expect(columnOf(db, 'split')).toEqual([1, 2, 1, 0, 0, 0]);
    // A folder's label where the folder says the same, else a person's.
    expect(columnOf(db, 'origin')).toEqual([0, 2, 2, 2, 1, 1]);
    expect([...columnOf(db, 'excluded'), ...columnOf(db, 'pinned')]).toEqual(new Array(12).fill(0));
    expect(listClasses(db).map(({ name, key, count }) => [name, key, count])).toEqual([
      ['cat', '1', 1],
      ['hound', '2', 1],
      ['bird', '3', 3],
    ]);
    db.close();
  });

  test('is undone to its beginning and redone to its end, over several openings', () => {
    let project = Project.open(oldProject(format, fill));
    const { path } = project;
    const reopen = (): void => {
      project.close();
      project = Project.open(path);
    };
    const migrated = rowsOf(project.db);
    const labels: (string | null)[] = [];
    for (; project.summary().undo !== null; reopen()) {
      labels.push(project.summary().undo);
      step(project.db, 'undo');
    }
    expect(labels).toEqual([
      'New network "net"',
      'Delete class "fly"',
      'Label 1 image "fly"',
      'New class "fly"',
      'Rename class "dog" to "hound"',
      'Split 3 images',
      'Label 2 images "bird"',
      'Label 1 image "bird"',
      'New class "bird"',
    ]);
    const { db } = project;
    expect(columnOf(db, 'class_id')).toEqual([1, 1, 2, null, 1, 2]);
    expect(columnOf(db, 'split')).toEqual([0, 0, 0, 0, 0, 0]);
    expect(columnOf(db, 'origin')).toEqual([1, 1, 1, 0, 1, 1]);
    expect(listClasses(db).map(({ name, key, count }) => [name, key, count])).toEqual([
      ['cat', '1', 3],
      ['dog', '2', 2],
    ]);
    expect(rowsOf(db).networks).toEqual([]);
    for (let redone = 0; redone < labels.length; redone++, reopen()) step(project.db, 'redo');
    expect(rowsOf(project.db)).toEqual(migrated);
    step(project.db, 'redo');
    expect(columnOf(project.db, 'class_id')).toEqual([null, 3, 3, 3, null, 2]);
    expect(columnOf(project.db, 'origin')).toEqual([0, 2, 2, 2, 0, 1]);
    step(project.db, 'undo');
    expect(listClasses(project.db)[0]).toMatchObject({ name: 'cat', key: '1', count: 1 });
    project.close();
  });
});

test('more classes than digits get letters, and more than keys none', () => {
  const names = Array.from({ length: 40 }, (_, index) => `class ${index}`);
  const { db } = Project.open(oldProject(2, (sql) => addClasses(sql, ...names)));
  const keys = listClasses(db).map(({ key }) => key);
  expect(keys.slice(0, classKeys.length)).toEqual(classKeys);
  expect(keys.slice(classKeys.length)).toEqual(new Array(40 - classKeys.length).fill(null));
  expect(createClass(db, 'one more').key).toBeNull();
  db.close();
});

test('a class that an old entry brings back gets the first key that is free', () => {
  const { db } = Project.open(oldProject(2, fill));
  step(db, 'undo');
  createClass(db, 'new');
  expect(listClasses(db).at(-1)).toMatchObject({ name: 'new', key: '4' });
  step(db, 'undo');
  step(db, 'undo');
  expect(listClasses(db).at(-1)).toMatchObject({ name: 'fly', color: '#123456', key: '4' });
  db.close();
});

test('a project of format 3 gets a queue, which is empty, and watches no image yet', () => {
  const project = Project.open(oldProject(3, (sql) => addClasses(sql, 'cat')));
  expect(listWaiting(project.db)).toEqual([]);
  expect(project.summary()).toMatchObject({ name: 'old', watchedImage: null });
  project.close();
});

/** Lists made in memory against the same lists made by SQLite, on random projects that change all the time. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createClass, deleteClass } from '../../../src-main/engine/store/classes.ts';
import type { Database } from '../../../src-main/engine/store/database.ts';
import { listImages } from '../../../src-main/engine/store/image-list.ts';
import { addImages } from '../../../src-main/engine/store/import.ts';
import { setLabels } from '../../../src-main/engine/store/labels.ts';
import { nextLabel, step } from '../../../src-main/engine/store/journal.ts';
import { Project } from '../../../src-main/engine/store/project.ts';
import {
  findingKinds,
  imageOrders,
  imageStatuses,
  labelOrigins,
  splits,
} from '../../../src-main/shared/image-query.ts';
import type { ImageQuery } from '../../../src-main/shared/image-query.ts';
import { makeLargeProject } from '../../large-project.ts';
import { listBySql } from '../../oracle/image-list.ts';
import { imageRow, useTemporaryHome } from './support.ts';

const home = useTemporaryHome();

function openProject(count: number): Project {
  return Project.open(makeLargeProject(home.path, count, false).path);
}

const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined, freq: 2 });
const range = (values: fc.Arbitrary<number>) => fc.record({ from: maybe(values), to: maybe(values) });
const classId = fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 11 }));
const filters: fc.Arbitrary<ImageQuery> = fc.record({
  classId: maybe(classId),
  status: maybe(fc.constantFrom(...imageStatuses)),
  split: maybe(fc.constantFrom(...splits)),
  origin: maybe(fc.constantFrom(...labelOrigins)),
  excluded: maybe(fc.boolean()),
  pinned: maybe(fc.boolean()),
  missing: maybe(fc.boolean()),
  format: maybe(fc.constantFrom('png', 'jpeg')),
  longerSide: maybe(range(fc.integer({ min: 0, max: 60 }))),
  modified: maybe(range(fc.integer({ min: 1_700_000_000_000, max: 1_701_000_000_000 }))),
  predictedId: maybe(classId),
  predictedWrongly: maybe(fc.boolean()),
  confidence: maybe(range(fc.double({ min: 0, max: 1, noNaN: true }))),
  finding: maybe(fc.constantFrom(...findingKinds)),
  text: maybe(fc.constantFrom('1', '0000', 'PART', '%', '_', 'image 00012', 'É', 'ΠΟΣ', 'й')),
});
/** Most filters with three conditions or fewer, or nothing would be left of 400 images. */
const query: fc.Arbitrary<ImageQuery> = fc
  .tuple(filters, fc.subarray([...Object.keys(filterNames())], { maxLength: 3 }), maybe(sortArbitrary()))
  .map(([all, names, sort]) => ({
    ...Object.fromEntries(Object.entries(all).filter(([name, value]) => names.includes(name) && value !== undefined)),
    ...(sort && { sort }),
  }));

function filterNames(): Record<Exclude<keyof ImageQuery, 'sort' | 'similarTo' | 'sample'>, true> {
  return {
    classId: true,
    status: true,
    split: true,
    origin: true,
    excluded: true,
    pinned: true,
    missing: true,
    format: true,
    longerSide: true,
    modified: true,
    predictedId: true,
    predictedWrongly: true,
    confidence: true,
    finding: true,
    text: true,
  };
}
function sortArbitrary() {
  return fc.record({ by: fc.constantFrom(...imageOrders), descending: fc.boolean() });
}

/** Something that happens to the project between two lists. */
type Change = (db: Database, random: number) => void;
const changes: Change[] = [
  (db, random) => setLabels(db, [1 + (random % 400), 1 + ((random * 7) % 400)], 1 + (random % 9)),
  (db, random) => setLabels(db, [1 + (random % 400)], null),
  (db) => void (nextLabel(db, 'undo') !== null && step(db, 'undo')),
  (db, random) => db.sql.prepare('UPDATE images SET split = ? WHERE id % 7 = ?').run(random % 4, random % 7),
  (db, random) => db.sql.prepare('UPDATE images SET excluded = 1 - excluded WHERE id = ?').run(1 + (random % 400)),
  (db, random) => db.sql.prepare('UPDATE images SET missing = 1, status = 2 WHERE id = ?').run(1 + (random % 400)),
  (db, random) => db.sql.prepare('UPDATE images SET width = NULL, height = NULL WHERE id = ?').run(1 + (random % 400)),
  (db, random) =>
    db.sql
      .prepare("UPDATE images SET path = 'moved/' || ? || path WHERE id = ?")
      .run(['été', 'e\u0301te\u0301', 'КРАЙ', 'τόπος'][random % 4]!, 1 + (random % 400)),
  (db, random) => db.sql.prepare('DELETE FROM predictions WHERE image_id % 11 = ?').run(random % 11),
  (db, random) =>
    db.sql
      .prepare('INSERT OR REPLACE INTO predictions (image_id, class_id, confidence, margin) VALUES (?, ?, ?, ?)')
      .run(1 + (random % 400), 1 + (random % 10), (random % 101) / 100, (random % 13) / 13),
  (db, random) =>
    db.sql.prepare('INSERT OR REPLACE INTO findings VALUES (?, ?, ?)').run(random % 10, 1 + (random % 400), random % 5),
  (db, random) => void addImages(db, [imageRow(`${home.path}/many images/new ${random}.jpg`)]),
  (db) => db.sql.exec("UPDATE images SET format = CASE id % 3 WHEN 0 THEN NULL WHEN 1 THEN 'jpeg' ELSE 'png' END"),
];

test('every filter and order gives what SQLite gives, whatever was changed since the last list', () => {
  const { db } = openProject(400);
  const change = fc.tuple(fc.constantFrom(...changes), fc.nat(100_000));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 4 }), query, (happened, asked) => {
      for (const [change, random] of happened) change(db, random);
      expect(listImages(db, asked)).toEqual(listBySql(db, asked));
    }),
    { numRuns: process.env['RECEPTIVE_SOAK'] ? 2000 : 300, seed: 4 },
  );
  db.close();
});

test.each([
  'class_id = 3',
  'status = 1 - status % 2',
  'split = 3 - split',
  'origin = 1',
  'excluded = 1 - excluded',
  'pinned = 1 - pinned',
  'missing = 1 - missing',
  "format = 'jpeg'",
  'width = 1000 - id',
  'height = 1000 - id',
  'bytes = 1000 - id',
  'modified_ms = 1000 - id',
  "path = 'x' || (1000 - id)",
])('%s is seen, without any other change', (assignment) => {
  const { db } = openProject(60);
  for (const by of imageOrders) listImages(db, { sort: { by, descending: false } });
  db.sql.exec(`UPDATE images SET ${assignment} WHERE id % 2 = 0`);
  const queries: ImageQuery[] = [{ format: 'jpeg' }, ...imageOrders.map((by) => ({ sort: { by, descending: false } }))];
  for (const query of queries) expect(listImages(db, query)).toEqual(listBySql(db, query));
  db.close();
});

test('the order of paths is theirs in a large project too, of several folders', () => {
  const { db } = openProject(9000);
  db.sql.exec(`INSERT INTO sources (path, imported_at) VALUES ('/elsewhere', '2026-01-01T00:00:00.000Z');
    UPDATE images SET path = (id * 7919) % 9001 || path, source_id = 1 + (id % 3 = 0)`);
  for (const descending of [false, true]) {
    const query: ImageQuery = { sort: { by: 'path', descending } };
    expect(listImages(db, query).ids).toEqual(listBySql(db, query).ids);
  }
  db.close();
});

test('a sample is spread evenly over the list, from its first image on', () => {
  const { db } = openProject(100);
  const all = listImages(db, { sort: { by: 'path', descending: true } }).ids;
  const sample = listImages(db, { sort: { by: 'path', descending: true }, sample: 8 }).ids;
  expect([...sample]).toEqual([0, 13, 26, 39, 52, 65, 78, 91].map((place) => all[place]));
  expect(listImages(db, { sample: 1000 }).ids.length).toBe(100);
  expect(listImages(db, { text: 'no such', sample: 3 }).ids.length).toBe(0);
  db.close();
});

test('a change that is rolled back is none', () => {
  const { db } = openProject(50);
  const before = listImages(db, {});
  expect(() =>
    db.transaction(() => {
      db.sql.exec('UPDATE images SET class_id = NULL, split = 3');
      throw new Error('The disk is full.');
    }),
  ).toThrow();
  expect(listImages(db, {})).toEqual(before);
  db.close();
});

test('changes of very many images at once are all seen', () => {
  const { db } = openProject(3000);
  listImages(db, {});
  db.sql.exec('UPDATE images SET split = (id * 13) % 4');
  db.sql.exec('DELETE FROM predictions WHERE image_id > 100');
  const doomed = createClass(db, 'doomed').id;
  setLabels(
    db,
    Array.from({ length: 2500 }, (_, index) => index + 1),
    doomed,
  );
  expect(listImages(db, { split: 'test' })).toEqual(listBySql(db, { split: 'test' }));
  deleteClass(db, doomed, null);
  expect(listImages(db, {})).toEqual(listBySql(db, {}));
  db.close();
});

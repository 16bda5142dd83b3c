import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bringIn } from '../../../src-main/engine/bring-in/bring-in.ts';
import { exportLabels } from '../../../src-main/engine/give-back/export-labels.ts';
import { imagesToGive } from '../../../src-main/engine/give-back/images.ts';
import { createClass } from '../../../src-main/engine/store/classes.ts';
import type { Database } from '../../../src-main/engine/store/database.ts';
import { setLabels } from '../../../src-main/engine/store/labels.ts';
import { Project } from '../../../src-main/engine/store/project.ts';
import { beginImport } from '../../../src-main/engine/store/unfinished-imports.ts';
import { testDecoder } from '../../decoder/support.ts';
import { writeImage } from '../handlers/support.ts';
import { useTemporaryHome } from '../store/support.ts';

const home = useTemporaryHome();
const decoder = testDecoder({ processes: 1 });

const bring = (db: Database, path: string) =>
  bringIn(beginImport(db, [path], 'first'), {
    db,
    decoder,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onChange: () => undefined,
  });

/** Path, label and side of every labelled image. */
const labelsOf = (db: Database) =>
  imagesToGive(db, 'csv', false)
    .images.map(({ path, label, split }) => ({ path, label, split }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));

it.each([
  ['csv', 'labels.csv', true],
  ['jsonl', 'labels.jsonl', true],
  ['coco', 'labels.json', false],
] as const)('what is given back as %s comes in again as the same labels', async (format, name, hasSides) => {
  const pictures = join(home.path, 'pictures');
  const files = [
    'cat, "the" big/1.png',
    'ünï 猫/a, b.png',
    'ünï 猫/line\nbreak.png',
    'ünï 猫/"quoted".png',
    '2.png',
    '3.png',
  ];
  for (const [seed, file] of files.entries())
    await writeImage(join(pictures, file), [seed * 30, 90, 200 - seed * 30], seed);
  const first = Project.create('first');
  await bring(first.db, pictures);
  const idOf = (file: string) => Number(first.db.sql.prepare('SELECT id FROM images WHERE path = ?').get(file)?.['id']);
  setLabels(first.db, [idOf('2.png')], createClass(first.db, 'by hand').id);
  const split = first.db.sql.prepare('UPDATE images SET split = ? WHERE path = ?');
  for (const [side, file] of files.entries()) split.run(hasSides ? side % 4 : 0, file);
  const given = labelsOf(first.db);
  expect(given.map(({ label }) => label).sort()).toEqual(['by hand', 'cat, "the" big', 'ünï 猫', 'ünï 猫', 'ünï 猫']);
  const out = join(home.path, name);
  await exportLabels(first.db, { format, out, link: false, bySide: false });
  first.close();

  const second = Project.create('second');
  await bring(second.db, out);
  expect(labelsOf(second.db)).toEqual(given);
  second.close();
});

it.each([true, false])('class folders come in again as the same labels, with sides: %s', async (bySide) => {
  const pictures = join(home.path, 'pictures');
  for (const [seed, file] of ['cat/1.png', 'dog/1.png', 'dog/2.png'].entries()) {
    await writeImage(join(pictures, file), [seed * 50, 90, 20], seed);
  }
  const first = Project.create('first');
  await bring(first.db, pictures);
  first.db.sql.exec('UPDATE images SET split = id');
  const out = join(home.path, 'tree');
  const plain = (folder: string) => (db: Database) =>
    labelsOf(db).map(({ path, ...rest }) => ({
      ...rest,
      file: path.slice(folder.length).replace(/\/(train|validation|test)\//, '/'),
    }));
  const given = plain(pictures)(first.db);
  await exportLabels(first.db, { format: 'folders', out, link: false, bySide });
  first.close();

  const second = Project.create('second');
  await bring(second.db, out);
  const sorted = plain(out)(second.db).sort((a, b) => (a.file < b.file ? -1 : 1));
  expect(sorted).toEqual(given.map((image) => (bySide ? image : { ...image, split: 'none' })));
  second.close();
});

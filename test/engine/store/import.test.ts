import { expect, test } from 'vitest';
import { listClasses } from '../../../src-main/engine/store/classes.ts';
import { addImages, addSources, isImported, partitionKnown } from '../../../src-main/engine/store/import.ts';
import { beginImport, endImport, unfinishedImports } from '../../../src-main/engine/store/unfinished-imports.ts';
import { listImages } from '../../../src-main/engine/store/image-list.ts';
import { imageFacts } from '../../../src-main/engine/store/images.ts';
import { Project } from '../../../src-main/engine/store/project.ts';
import { assignSplits } from '../../../src-main/engine/store/splits.ts';
import { imageRow, projectWithImages, useTemporaryHome } from './support.ts';
import { growth } from '../../growth.ts';

useTemporaryHome();

const pathsOf = ({ db }: Project): string[] => [...listImages(db, {}).ids].map((id) => imageFacts(db, id).path);

test('class folders become classes; what is rejected is kept with its reason and without a class', () => {
  const { db } = Project.create('a');
  addSources(db, ['/p']);
  const found = [
    imageRow('/p/cat/1.png', 'cat'),
    imageRow('/p/cat/2.png', 'cat', 'warning'),
    imageRow('/p/dog/3.png', 'dog', 'rejected'),
  ];
  expect(addImages(db, found)).toEqual({ added: 3, known: 0, rejected: 1, labelled: 2 });
  expect(listClasses(db).map(({ name, count }) => [name, count])).toEqual([['cat', 2]]);
  expect(imageFacts(db, 2)).toEqual({
    id: 2,
    path: '/p/cat/2.png',
    status: 'warning',
    reason: 'cut off',
    width: 8,
    height: 6,
    format: 'png',
    bytes: 100,
    modifiedAt: '2023-11-14T22:13:20.000Z',
    classId: 1,
    origin: 'imported',
    split: 'none',
    excluded: false,
    pinned: false,
    missing: false,
    prediction: null,
    findings: [],
  });
  expect(imageFacts(db, 3)).toMatchObject({ status: 'rejected', reason: 'cut off', classId: null });
  expect(() => imageFacts(db, 4)).toThrow(expect.objectContaining({ code: 'not-found' }));
  db.close();
});

/** The same three files, reached by different ways. */
const ways: [first: string[], second: string[]][] = [
  [['/p'], ['/p']],
  [['/p'], ['/p/cat']],
  [['/p/cat'], ['/p']],
  [['/p/cat', '/p/dog'], ['/p']],
  [['/'], ['/p']],
];

test.each(ways)('a file that came in by %j is not brought in again by %j', (first, second) => {
  const project = Project.create('a');
  const files = ['/p/cat/1.png', '/p/cat/2.png', '/p/dog/3.png'];
  const below = (folders: string[]) =>
    files.filter((file) => folders.some((folder) => file.startsWith(folder))).map((file) => imageRow(file));
  addSources(project.db, first);
  addImages(project.db, below(first));
  addSources(project.db, second);
  const known = below(second).filter(({ path }) => below(first).some((image) => image.path === path)).length;
  const parts = partitionKnown(project.db, below(second));
  expect([parts.known.length, parts.fresh.length]).toEqual([known, below(second).length - known]);
  expect(addImages(project.db, below(second)).known).toBe(known);
  addImages(project.db, below(first));
  expect(pathsOf(project).sort()).toEqual(files);
  project.close();
});

test('a file belongs to the deepest source above it', () => {
  const project = Project.create('a');
  addSources(project.db, ['/p/cat/small', '/p/cat', '/p']);
  addImages(
    project.db,
    ['/p/1.png', '/p/cat/2.png', '/p/cat/small/young/3.png', '/p/cats/4.png'].map((path) => imageRow(path)),
  );
  const rows = project.db.sql
    .prepare(
      'SELECT sources.path AS source, images.path FROM images JOIN sources ON sources.id = source_id ORDER BY images.id',
    )
    .all();
  expect(rows.map(({ source, path }) => [source, path])).toEqual([
    ['/p', '1.png'],
    ['/p/cat', '2.png'],
    ['/p/cat/small', 'young/3.png'],
    ['/p', 'cats/4.png'],
  ]);
  project.close();
});

test('of the folders of a file of labels, none is held against all others', () => {
  const folders = Array.from({ length: 5000 }, (_, index) => `/p/${index % 70}/folder ${index}`);
  const add = (name: string, count: number): (() => void) => {
    const project = Project.create(name);
    const work = (): void => {
      project.db.sql.exec('DELETE FROM sources');
      addSources(project.db, folders.slice(0, count));
    };
    work();
    expect(project.summary().sources).toHaveLength(count);
    return work;
  };
  expect(growth(add('few', 500), add('many', 5000))).toBeLessThan(40);
});

test('/pictures2 does not lie in /pictures', () => {
  const project = projectWithImages(1);
  addSources(project.db, ['/pictures2']);
  addImages(project.db, [imageRow('/pictures2/000000.png')]);
  expect(pathsOf(project)).toEqual(['/pictures/000000.png', '/pictures2/000000.png']);
  expect(project.summary().sources).toEqual(['/pictures', '/pictures2']);
  project.close();
});

test('an import that fails half way adds nothing', () => {
  const project = projectWithImages(1);
  const wrong = { ...imageRow('/pictures/b.png', 'new class'), width: 'wide' as unknown as number };
  expect(() => addImages(project.db, [imageRow('/pictures/a.png', 'new class'), wrong])).toThrow();
  expect(project.summary().imageCount).toBe(1);
  expect(listClasses(project.db)).toEqual([]);
  project.close();
});

test('knows which sources came in to the end, and which imports have not ended', () => {
  const project = projectWithImages(1);
  const whole = beginImport(project.db, ['/pictures']);
  const cutOff = beginImport(project.db, ['/other', '/a file.png'], 'leaveOut');
  const cancelled = beginImport(project.db, ['/cancelled']);
  expect(isImported(project.db, '/pictures')).toBe(false);
  endImport(project.db, whole.id, ['/pictures']);
  endImport(project.db, cancelled.id, []);
  project.close();
  const { db } = Project.open(project.path);
  expect(isImported(db, '/pictures')).toBe(true);
  expect(unfinishedImports(db)).toEqual([
    { id: cutOff.id, paths: ['/other', '/a file.png'], severalLabels: 'leaveOut', tries: 0, labelled: false },
  ]);
  db.close();
});

test.each([
  ['É', 'été.png', true],
  ['ÉTÉ', 'e\u0301te\u0301.png', true],
  ['e\u0301te\u0301', 'Été.png', true],
  ['КРАЙ', 'край.png', true],
  ['ΤΌΠΟΣ', 'τόπος.png', true],
  ['Ø', 'Oslo.png', false],
  ['e', 'É.png', false],
  ['(1)', 'a (1).png', true],
  ['a.b', 'a-b.png', false],
])('the text %j is sought in %j in capitals and small letters alike, sign by sign', (text, name, isFound) => {
  const { db } = Project.create('a');
  addSources(db, ['/p']);
  addImages(db, [imageRow(`/p/${name}`)]);
  expect(listImages(db, { text }).ids.length === 1).toBe(isFound);
  db.close();
});

test('filters: each condition alone, all together, and text that means itself', () => {
  const { db } = Project.create('a');
  addSources(db, ['/p']);
  addImages(db, [
    imageRow('/p/cat/1_a.png', 'cat'),
    imageRow('/p/cat/2%.png', 'cat', 'warning'),
    imageRow('/p/Dog/3.png', 'Dog'),
    imageRow('/p/4.png'),
    imageRow('/p/5.png', undefined, 'rejected'),
  ]);
  assignSplits(db, { validationShare: 0, testShare: 0, seed: 1 }, false);
  const ids = (filter: Parameters<typeof listImages>[1]) => [...listImages(db, filter).ids];
  expect(ids({})).toEqual([1, 2, 3, 4, 5]);
  expect(ids({ classId: 1 })).toEqual([1, 2]);
  expect(ids({ classId: null })).toEqual([4, 5]);
  expect(ids({ status: 'rejected' })).toEqual([5]);
  expect(ids({ split: 'train' })).toEqual([1, 2, 3]);
  expect(ids({ text: 'DOG' })).toEqual([3]);
  expect(ids({ text: '%' })).toEqual([2]);
  expect(ids({ text: '_' })).toEqual([1]);
  expect(ids({ text: '' })).toEqual([1, 2, 3, 4, 5]);
  expect(ids({ classId: 1, status: 'warning', split: 'train', text: 'cat/' })).toEqual([2]);
  expect(listImages(db, {})).toEqual({
    ids: Uint32Array.of(1, 2, 3, 4, 5),
    classIds: Uint32Array.of(1, 1, 2, 0, 0),
    statuses: Uint8Array.of(0, 1, 0, 0, 2),
    splits: Uint8Array.of(1, 1, 1, 0, 0),
    origins: Uint8Array.of(1, 1, 1, 0, 0),
    flags: new Uint8Array(5),
    predictedIds: new Uint32Array(5),
    confidences: new Float32Array(5),
  });
  db.close();
});

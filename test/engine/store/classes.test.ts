import { describe, expect, test } from 'vitest';
import { classColors, reservedKeys } from '../../../src-main/shared/labelling.ts';
import {
  createClass,
  deleteClass,
  listClasses,
  mergeClasses,
  renameClass,
  setClassColor,
  setClassKey,
} from '../../../src-main/engine/store/classes.ts';
import type { Database } from '../../../src-main/engine/store/database.ts';
import { excludeImages } from '../../../src-main/engine/store/exclusions.ts';
import { rejectImages } from '../../../src-main/engine/store/images.ts';
import { addImages } from '../../../src-main/engine/store/import.ts';
import { step } from '../../../src-main/engine/store/journal.ts';
import { setLabels } from '../../../src-main/engine/store/labels.ts';
import { columnOf, entryCount, rowsOf, writePredictions } from './rows.ts';
import { imageRow, labelsOf, projectWithImages, useTemporaryHome } from './support.ts';

useTemporaryHome();

describe('classes', () => {
  test('get the first key and the first colour that are free', () => {
    const project = projectWithImages(0);
    for (let i = 0; i < 10; i++) createClass(project.db, `class ${i}`);
    const infos = listClasses(project.db);
    expect(infos.map(({ key }) => key)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', 'a']);
    expect(infos.map(({ color }) => color)).toEqual(classColors.slice(0, 10));
    deleteClass(project.db, infos[2]!.id);
    expect(createClass(project.db, 'new')).toMatchObject({ color: classColors[2], key: '3', count: 0 });
    project.close();
  });

  test.each([
    ['', 'usage'],
    ['  ', 'usage'],
    ['a/b', 'usage'],
    ['.hidden', 'usage'],
    ['cat', 'exists'],
  ])('are not called %j', (name, code) => {
    const project = projectWithImages(0);
    const { id } = createClass(project.db, 'cat');
    createClass(project.db, 'dog');
    expect(() => createClass(project.db, name)).toThrow(expect.objectContaining({ code }));
    if (name !== 'cat') expect(() => renameClass(project.db, id, name)).toThrow(expect.objectContaining({ code }));
    expect(() => renameClass(project.db, id, 'dog')).toThrow(expect.objectContaining({ code: 'exists' }));
    expect(listClasses(project.db).map((info) => info.name)).toEqual(['cat', 'dog']);
    project.close();
  });

  test('deleted take their labels with them, and undo brings both back', () => {
    const project = projectWithImages(3);
    const cat = createClass(project.db, 'cat').id;
    setLabels(project.db, [1, 3], cat);
    const before = rowsOf(project.db);
    deleteClass(project.db, cat);
    expect(labelsOf(project)).toEqual([0, 0, 0]);
    step(project.db, 'undo');
    expect(rowsOf(project.db)).toEqual(before);
    project.close();
  });

  test('undone after an import has used them give its images back too', () => {
    const project = projectWithImages(1);
    const cat = createClass(project.db, 'cat').id;
    addImages(project.db, [imageRow('/pictures/new.png', 'cat')]);
    expect(labelsOf(project)).toEqual([0, cat]);
    step(project.db, 'undo');
    expect(labelsOf(project)).toEqual([0, 0]);
    step(project.db, 'redo');
    expect(labelsOf(project)).toEqual([0, cat]);
    project.close();
  });

  test('deleted, brought back, used by an import and deleted again lose nothing', () => {
    const project = projectWithImages(1);
    const cat = createClass(project.db, 'cat').id;
    setLabels(project.db, [1], cat);
    deleteClass(project.db, cat);
    step(project.db, 'undo');
    addImages(project.db, [imageRow('/pictures/new.png', 'cat')]);
    step(project.db, 'redo');
    expect(labelsOf(project)).toEqual([0, 0]);
    step(project.db, 'undo');
    expect(labelsOf(project)).toEqual([cat, cat]);
    project.close();
  });

  test('whose name an import has taken since cannot come back before that one is renamed', () => {
    const project = projectWithImages(1);
    const cat = createClass(project.db, 'cat').id;
    deleteClass(project.db, cat);
    addImages(project.db, [imageRow('/pictures/new.png', 'cat')]);
    const before = rowsOf(project.db);
    expect(() => step(project.db, 'undo')).toThrow(expect.objectContaining({ code: 'exists' }));
    expect(rowsOf(project.db)).toEqual(before);
    expect(project.summary().undo).toBe('Delete class "cat"');
    project.close();
  });

  test('deleted give their images to the class that is named, with who labelled them', () => {
    const project = projectWithImages(4);
    const { db } = project;
    const [cat, dog] = [createClass(db, 'cat').id, createClass(db, 'dog').id];
    setLabels(db, [1, 2], cat, 'suggestion');
    setLabels(db, [3], cat);
    const before = rowsOf(db);
    deleteClass(db, cat, dog);
    expect(labelsOf(project)).toEqual([dog, dog, dog, 0]);
    expect(columnOf(db, 'origin')).toEqual([3, 3, 2, 0]);
    expect(project.summary().undo).toBe('Delete class "cat"');
    step(db, 'undo');
    expect(rowsOf(db)).toEqual(before);
    project.close();
  });

  test('cannot be moved or merged to themselves or to one that is not there', () => {
    const { db } = projectWithImages(1);
    const cat = createClass(db, 'cat').id;
    const before = rowsOf(db);
    for (const act of [deleteClass, mergeClasses]) {
      expect(() => act(db, cat, cat)).toThrow(expect.objectContaining({ code: 'usage' }));
      expect(() => act(db, cat, cat + 1)).toThrow(expect.objectContaining({ code: 'not-found' }));
      expect(() => act(db, cat + 1, cat)).toThrow(expect.objectContaining({ code: 'not-found' }));
    }
    expect(rowsOf(db)).toEqual(before);
    expect(entryCount(db)).toBe(1);
    db.close();
  });
});

describe('merged classes', () => {
  test('are one, with all images, also rejected and excluded ones; undone they are two again', () => {
    const project = projectWithImages(4);
    const { db } = project;
    const [cat, dog] = [createClass(db, 'cat').id, createClass(db, 'dog').id];
    setLabels(db, [1, 2, 3], cat);
    setLabels(db, [4], dog);
    excludeImages(db, [2], true);
    rejectImages(db, [{ id: 3, reason: 'cut off' }]);
    const before = rowsOf(db);
    mergeClasses(db, cat, dog);
    expect(labelsOf(project)).toEqual([dog, dog, dog, dog]);
    expect(listClasses(db)).toMatchObject([{ id: dog, name: 'dog', key: '2', count: 2 }]);
    expect(project.summary().undo).toBe('Merge class "cat" into "dog"');
    const merged = rowsOf(db);
    step(db, 'undo');
    expect(rowsOf(db)).toEqual(before);
    step(db, 'redo');
    expect(rowsOf(db)).toEqual(merged);
    project.close();
  });

  test('take images along that an import brings between undo and redo', () => {
    const project = projectWithImages(1);
    const { db } = project;
    const [cat, dog] = [createClass(db, 'cat').id, createClass(db, 'dog').id];
    mergeClasses(db, cat, dog);
    step(db, 'undo');
    addImages(db, [imageRow('/pictures/cat/new.png', 'cat')]);
    const before = rowsOf(db);
    step(db, 'redo');
    expect(labelsOf(project)).toEqual([0, dog]);
    step(db, 'undo');
    expect(rowsOf(db)).toEqual(before);
    project.close();
  });
});

describe('predictions of a class that goes', () => {
  const at = '2026-01-01T00:00:00.000Z';

  function predicted() {
    const project = projectWithImages(4);
    const { db } = project;
    const [cat, dog] = [createClass(db, 'cat').id, createClass(db, 'dog').id];
    writePredictions(db, at, [
      [1, cat, 0.9],
      [2, dog, 0.8],
      [3, cat, 0.1 + 0.2],
    ]);
    return { project, db, cat, dog };
  }
  const classesOf = (db: Database) => rowsOf(db).predictions.map((row) => [row['image_id'], row['class_id']]);

  test('go with it when it is deleted, and come back with it, time and again', () => {
    const { db, cat, dog } = predicted();
    const before = rowsOf(db);
    deleteClass(db, cat);
    for (let round = 0; round < 3; round++) {
      expect(classesOf(db)).toEqual([[2, dog]]);
      step(db, 'undo');
      expect(rowsOf(db)).toEqual(before);
      step(db, 'redo');
    }
    const { changes } = db.sql.prepare('SELECT changes FROM journal ORDER BY id DESC LIMIT 1').get() as {
      changes: string;
    };
    expect(JSON.parse(changes)).toHaveLength(2);
    db.close();
  });

  test('follow it when it is merged', () => {
    const { db, cat, dog } = predicted();
    const before = rowsOf(db);
    mergeClasses(db, cat, dog);
    expect(classesOf(db)).toEqual([
      [1, dog],
      [2, dog],
      [3, dog],
    ]);
    step(db, 'undo');
    expect(rowsOf(db)).toEqual(before);
    db.close();
  });

  test('do not come back in between newer ones', () => {
    const { db, cat, dog } = predicted();
    mergeClasses(db, cat, dog);
    writePredictions(db, '2026-01-02T00:00:00.000Z', [[1, dog, 0.7]]);
    const after = rowsOf(db).predictions;
    step(db, 'undo');
    expect(rowsOf(db).predictions).toEqual(after);
    db.close();
  });

  test('made since it was, go when its making is undone', () => {
    const { db } = projectWithImages(2);
    const cat = createClass(db, 'cat').id;
    writePredictions(db, at, [[1, cat, 0.9]]);
    const before = rowsOf(db);
    step(db, 'undo');
    expect(rowsOf(db).predictions).toEqual([]);
    step(db, 'redo');
    expect(rowsOf(db)).toEqual(before);
    db.close();
  });

  test('made again while it was away stay; none of a class that is not there is left', () => {
    const { db, cat, dog } = predicted();
    deleteClass(db, cat);
    writePredictions(db, at, [[1, dog, 0.6]]);
    step(db, 'undo');
    expect(classesOf(db)).toEqual([
      [1, dog],
      [2, dog],
      [3, cat],
    ]);
    step(db, 'redo');
    expect(classesOf(db)).toEqual([
      [1, dog],
      [2, dog],
    ]);
    db.close();
  });
});

describe('keys and colours', () => {
  test('are changed and the change undone', () => {
    const project = projectWithImages(0);
    const { db } = project;
    const [cat] = [createClass(db, 'cat').id, createClass(db, 'dog').id];
    const before = rowsOf(db);
    setClassColor(db, cat, '#123456');
    setClassKey(db, cat, 'q');
    setClassKey(db, cat, null);
    expect(listClasses(db)).toMatchObject([
      { color: '#123456', key: null },
      { color: classColors[1], key: '2' },
    ]);
    setClassKey(db, cat, null);
    setClassColor(db, cat, '#123456');
    expect(project.summary().undo).toBe('No key for class "cat"');
    step(db, 'undo');
    expect(project.summary().undo).toBe('Key "q" for class "cat"');
    step(db, 'undo');
    expect(project.summary().undo).toBe('Colour of class "cat"');
    step(db, 'undo');
    expect(rowsOf(db)).toEqual(before);
    project.close();
  });

  test('a key goes from the class that had it, in one change', () => {
    const { db } = projectWithImages(0);
    const [cat, dog] = [createClass(db, 'cat').id, createClass(db, 'dog').id];
    const keys = () => listClasses(db).map(({ key }) => key);
    setClassKey(db, dog, '1');
    expect(keys()).toEqual([null, '1']);
    expect(createClass(db, 'new').key).toBe('2');
    step(db, 'undo');
    step(db, 'undo');
    expect(keys()).toEqual(['1', '2']);
    step(db, 'redo');
    setClassKey(db, cat, '1');
    expect(keys()).toEqual(['1', null]);
    db.close();
  });

  test.each([...reservedKeys, 'A', 'é', '-', ' ', '', '12'])('%j is no key, and the refusal says why', (key) => {
    const { db } = projectWithImages(0);
    const cat = createClass(db, 'cat').id;
    const reserved = (reservedKeys as readonly string[]).includes(key);
    expect(() => setClassKey(db, cat, key)).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: expect.stringMatching(reserved ? /it is a command/ : /cannot be a class's key/),
        hint: expect.stringMatching(/\w/),
      }),
    );
    expect(listClasses(db)[0]!.key).toBe('1');
    db.close();
  });

  test('a key that an import has given away since is not taken back', () => {
    const { db } = projectWithImages(0);
    const cat = createClass(db, 'cat').id;
    deleteClass(db, cat);
    addImages(db, [imageRow('/pictures/dog/1.png', 'dog')]);
    expect(listClasses(db)).toMatchObject([{ name: 'dog', key: '1' }]);
    step(db, 'undo');
    expect(listClasses(db)).toMatchObject([
      { name: 'cat', key: null },
      { name: 'dog', key: '1' },
    ]);
    db.close();
  });
});

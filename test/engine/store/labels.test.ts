import { describe, expect, test } from 'vitest';
import { createClass, listClasses } from '../../../src-main/engine/store/classes.ts';
import { excludeImages } from '../../../src-main/engine/store/exclusions.ts';
import { addImages } from '../../../src-main/engine/store/import.ts';
import { labelledImages } from '../../../src-main/engine/store/images.ts';
import { step } from '../../../src-main/engine/store/journal.ts';
import { setLabels, setManyLabels } from '../../../src-main/engine/store/labels.ts';
import { Project } from '../../../src-main/engine/store/project.ts';
import { columnOf, entryCount, rowsOf } from './rows.ts';
import { imageRow, labelsOf, projectWithImages, useTemporaryHome } from './support.ts';

useTemporaryHome();

describe('labels', () => {
  test('are taken back and given again, also after closing and opening the project', () => {
    let project = projectWithImages(4);
    const cat = createClass(project.db, 'cat').id;
    const dog = createClass(project.db, 'dog').id;
    setLabels(project.db, [1, 2], cat);
    setLabels(project.db, [2, 3], dog);
    expect(labelsOf(project)).toEqual([cat, dog, dog, 0]);
    expect(project.summary()).toMatchObject({ undo: 'Label 2 images "dog"', redo: null });

    const { path } = project;
    project.close();
    project = Project.open(path);
    step(project.db, 'undo');
    expect(labelsOf(project)).toEqual([cat, cat, 0, 0]);
    expect(project.summary()).toMatchObject({ undo: 'Label 2 images "cat"', redo: 'Label 2 images "dog"' });

    project.close();
    project = Project.open(path);
    step(project.db, 'redo');
    expect(labelsOf(project)).toEqual([cat, dog, dog, 0]);
    project.close();
  });

  test('a new change cuts off what could be redone', () => {
    const project = projectWithImages(2);
    const cat = createClass(project.db, 'cat').id;
    setLabels(project.db, [1], cat);
    step(project.db, 'undo');
    setLabels(project.db, [2], cat);
    expect(project.summary().redo).toBeNull();
    expect(() => step(project.db, 'redo')).toThrow(expect.objectContaining({ code: 'usage' }));
    project.close();
  });

  test('that change nothing leave no entry, and one wrong id changes nothing at all', () => {
    const project = projectWithImages(3);
    const cat = createClass(project.db, 'cat').id;
    setLabels(project.db, [1], cat);
    setLabels(project.db, [1, 1], cat);
    expect(project.summary().undo).toBe('Label 1 image "cat"');
    step(project.db, 'undo');
    expect(() => setLabels(project.db, [2, 99], cat)).toThrow(expect.objectContaining({ code: 'not-found' }));
    expect(() => setLabels(project.db, [2], 99)).toThrow(expect.objectContaining({ code: 'not-found' }));
    expect(labelsOf(project)).toEqual([0, 0, 0]);
    expect(project.summary().redo).toBe('Label 1 image "cat"');
    project.close();
  });

  test('pass rejected images over', () => {
    const project = projectWithImages(1);
    addImages(project.db, [imageRow('/pictures/broken.png', 'cat', 'rejected')]);
    const cat = createClass(project.db, 'cat').id;
    setLabels(project.db, [1, 2], cat);
    expect(labelsOf(project)).toEqual([cat, 0]);
    expect(listClasses(project.db)).toMatchObject([{ name: 'cat', count: 1 }]);
    project.close();
  });
});

// none, imported, person, suggestion
const [none, imported, person, suggestion] = [0, 1, 2, 3];

describe('who gave a label', () => {
  test('is kept with it, taken back and given again', () => {
    const { db } = projectWithImages(4);
    addImages(db, [imageRow('/pictures/cat/1.png', 'cat')]);
    const cat = listClasses(db)[0]!.id;
    const dog = createClass(db, 'dog').id;
    expect(columnOf(db, 'origin')).toEqual([none, none, none, none, imported]);
    setLabels(db, [1], cat);
    setLabels(db, [2, 3], dog, 'suggestion');
    expect(columnOf(db, 'origin')).toEqual([person, suggestion, suggestion, none, imported]);
    setLabels(db, [3, 5], null);
    expect(columnOf(db, 'origin')).toEqual([person, suggestion, none, none, none]);
    step(db, 'undo');
    expect(columnOf(db, 'origin')).toEqual([person, suggestion, suggestion, none, imported]);
    step(db, 'undo');
    expect(columnOf(db, 'origin')).toEqual([person, none, none, none, imported]);
    step(db, 'redo');
    expect(columnOf(db, 'origin')).toEqual([person, suggestion, suggestion, none, imported]);
    db.close();
  });

  test('becomes a person who gives the same label; a suggestion or a file does not take a label over', () => {
    const { db } = projectWithImages(2);
    const cat = createClass(db, 'cat').id;
    setLabels(db, [1, 2], cat, 'suggestion');
    expect(setLabels(db, [1], cat)).toEqual([1]);
    expect(columnOf(db, 'origin')).toEqual([person, suggestion]);
    const entries = entryCount(db);
    expect(setLabels(db, [1, 2], cat, 'suggestion')).toEqual([]);
    expect(setLabels(db, [1, 2], cat, 'imported')).toEqual([]);
    expect(columnOf(db, 'origin')).toEqual([person, suggestion]);
    expect(entryCount(db)).toBe(entries);
    db.close();
  });
});

describe('many labels at once', () => {
  test('are one change by the name it is given, and tell which images changed', () => {
    const project = projectWithImages(5);
    const { db } = project;
    addImages(db, [imageRow('/pictures/broken.png', undefined, 'rejected')]);
    const [cat, dog] = [createClass(db, 'cat').id, createClass(db, 'dog').id];
    setLabels(db, [4], dog);
    const before = rowsOf(db);
    const given = [
      { id: 1, classId: cat },
      { id: 2, classId: dog },
      { id: 2, classId: cat },
      { id: 3, classId: dog },
      { id: 4, classId: dog },
      { id: 6, classId: dog },
    ];
    expect(setManyLabels(db, 'Accept 3 suggestions', given, 'suggestion')).toEqual([1, 2, 3]);
    expect(labelsOf(project)).toEqual([cat, cat, dog, dog, 0, 0]);
    expect(columnOf(db, 'origin')).toEqual([suggestion, suggestion, suggestion, person, none, none]);
    expect(project.summary().undo).toBe('Accept 3 suggestions');
    step(db, 'undo');
    expect(rowsOf(db)).toEqual(before);
    project.close();
  });

  test('with one class or one image that is not there change nothing', () => {
    const { db } = projectWithImages(2);
    const cat = createClass(db, 'cat').id;
    const before = rowsOf(db);
    const missing = expect.objectContaining({ code: 'not-found' });
    const label = (given: { id: number; classId: number }[]) => setManyLabels(db, 'x', given, 'imported');
    expect(() =>
      label([
        { id: 1, classId: cat },
        { id: 2, classId: cat + 1 },
      ]),
    ).toThrow(missing);
    expect(() =>
      label([
        { id: 1, classId: cat },
        { id: 3, classId: cat },
      ]),
    ).toThrow(missing);
    expect(label([])).toEqual([]);
    expect(rowsOf(db)).toEqual(before);
    db.close();
  });
});

describe('excluded images', () => {
  test('keep their labels, are in no count and in no training, and come back', () => {
    const project = projectWithImages(3);
    const { db } = project;
    const cat = createClass(db, 'cat').id;
    setLabels(db, [1, 2, 3], cat);
    expect(excludeImages(db, [1, 2], true)).toEqual([1, 2]);
    expect(labelsOf(project)).toEqual([cat, cat, cat]);
    expect(listClasses(db)[0]!.count).toBe(1);
    expect(labelledImages(db).map(({ id }) => id)).toEqual([3]);
    expect(project.summary().undo).toBe('Exclude 2 images');
    expect(excludeImages(db, [1, 3], false)).toEqual([1]);
    expect(project.summary().undo).toBe('Include 1 image');
    expect(columnOf(db, 'excluded')).toEqual([0, 1, 0]);
    step(db, 'undo');
    step(db, 'undo');
    expect(columnOf(db, 'excluded')).toEqual([0, 0, 0]);
    step(db, 'redo');
    expect(columnOf(db, 'excluded')).toEqual([1, 1, 0]);
    project.close();
  });

  test('are excluded under the name that a finding gives, once', () => {
    const project = projectWithImages(3);
    const { db } = project;
    excludeImages(db, [2], true);
    expect(excludeImages(db, [1, 2, 3], true, (count) => `Exclude ${count} blurred`)).toEqual([1, 3]);
    expect(project.summary().undo).toBe('Exclude 2 blurred');
    const entries = entryCount(db);
    expect(excludeImages(db, [1], true)).toEqual([]);
    expect(() => excludeImages(db, [1, 99], false)).toThrow(expect.objectContaining({ code: 'not-found' }));
    expect(entryCount(db)).toBe(entries);
    expect(columnOf(db, 'excluded')).toEqual([1, 1, 1]);
    project.close();
  });
});

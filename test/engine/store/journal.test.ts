import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createClass, deleteClass, listClasses, renameClass } from '../../../src-main/engine/store/classes.ts';
import { setLabels } from '../../../src-main/engine/store/labels.ts';
import { classColors } from '../../../src-main/shared/labelling.ts';
import { addImages } from '../../../src-main/engine/store/import.ts';
import { listImages } from '../../../src-main/engine/store/image-list.ts';
import { step } from '../../../src-main/engine/store/journal.ts';
import { deleteNetwork, listNetworks, saveNetwork } from '../../../src-main/engine/store/networks.ts';
import { Project } from '../../../src-main/engine/store/project.ts';
import { imageRow, labelsOf, projectWithImages, useTemporaryHome } from './support.ts';

useTemporaryHome();

/** Everything that undo and redo may touch. */
const stateOf = ({ db }: Project) => ({
  images: [...listImages(db, {}).classIds],
  splits: [...listImages(db, {}).splits],
  classes: listClasses(db),
  networks: listNetworks(db),
});

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

describe('classes', () => {
  test('get the first key and the first colour that are free', () => {
    const project = projectWithImages(0);
    for (let i = 0; i < 10; i++) createClass(project.db, `class ${i}`);
    const infos = listClasses(project.db);
    expect(infos.map(({ key }) => key)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', 'a']);
    expect(infos.map(({ color }) => color)).toEqual(classColors.slice(0, 10));
    deleteClass(project.db, infos[2]!.id);
    expect(createClass(project.db, 'new').color).toBe(classColors[2]);
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
    const before = stateOf(project);
    deleteClass(project.db, cat);
    expect(labelsOf(project)).toEqual([0, 0, 0]);
    step(project.db, 'undo');
    expect(stateOf(project)).toEqual(before);
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
    const before = stateOf(project);
    expect(() => step(project.db, 'undo')).toThrow(expect.objectContaining({ code: 'exists' }));
    expect(stateOf(project)).toEqual(before);
    expect(project.summary().undo).toBe('Delete class "cat"');
    project.close();
  });
});

describe('networks', () => {
  test('are saved, changed, deleted, and all of it undone', () => {
    const project = projectWithImages(0);
    const first = saveNetwork(project.db, { name: 'net', json: { layers: [1] } });
    const second = saveNetwork(project.db, { name: 'net', json: { draft: true } });
    expect(second.name).toBe('net 2');
    saveNetwork(project.db, { id: first.id, name: 'renamed', json: { layers: [1, 2] } });
    deleteNetwork(project.db, second.id);
    expect(listNetworks(project.db)).toMatchObject([{ id: first.id, name: 'renamed', json: { layers: [1, 2] } }]);
    step(project.db, 'undo');
    step(project.db, 'undo');
    expect(listNetworks(project.db)).toEqual([first, second]);
    project.close();
  });

  test('refuse a taken name, a missing one, and no layers', () => {
    const project = projectWithImages(0);
    const { id } = saveNetwork(project.db, { name: 'a', json: {} });
    saveNetwork(project.db, { name: 'b', json: {} });
    expect(() => saveNetwork(project.db, { id, name: 'b', json: {} })).toThrow(
      expect.objectContaining({ code: 'exists' }),
    );
    expect(() => saveNetwork(project.db, { id: 77, name: 'c', json: {} })).toThrow(
      expect.objectContaining({ code: 'not-found' }),
    );
    expect(() => deleteNetwork(project.db, 77)).toThrow(expect.objectContaining({ code: 'not-found' }));
    expect(() => saveNetwork(project.db, { name: 'd', json: undefined })).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
    project.close();
  });
});

/** One random change; which rows it meets depends on what the ones before left. */
const change = fc.oneof(
  fc.record({
    kind: fc.constant('label' as const),
    ids: fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { minLength: 1 }),
    at: fc.nat(4),
  }),
  fc.record({ kind: fc.constant('create' as const) }),
  fc.record({ kind: fc.constant('rename' as const), at: fc.nat(4) }),
  fc.record({ kind: fc.constant('delete' as const), at: fc.nat(4) }),
  fc.record({ kind: fc.constant('network' as const), at: fc.nat(2) }),
);

test('any sequence of changes is undone to the beginning and redone to the end, state by state', () => {
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 25 }), (changes) => {
      const project = projectWithImages(6);
      const states = [stateOf(project)];
      changes.forEach((made, number) => {
        const entries = project.db.sql.prepare('SELECT COUNT(*) AS n FROM journal').get()!['n'];
        const classes = listClasses(project.db);
        const networks = listNetworks(project.db);
        if (made.kind === 'create') createClass(project.db, `class ${number}`);
        else if (made.kind === 'network') {
          const id = networks[made.at]?.id;
          saveNetwork(project.db, { ...(id === undefined ? {} : { id }), name: `network ${number}`, json: { number } });
        } else {
          const id = classes[made.at]?.id;
          if (made.kind === 'label') setLabels(project.db, made.ids, id ?? null);
          else if (id !== undefined && made.kind === 'rename') renameClass(project.db, id, `renamed ${number}`);
          else if (id !== undefined) deleteClass(project.db, id);
        }
        if (project.db.sql.prepare('SELECT COUNT(*) AS n FROM journal').get()!['n'] !== entries)
          states.push(stateOf(project));
      });
      for (let at = states.length - 2; at >= 0; at--) {
        step(project.db, 'undo');
        expect(stateOf(project)).toEqual(states[at]);
      }
      expect(project.summary().undo).toBeNull();
      for (let at = 1; at < states.length; at++) {
        step(project.db, 'redo');
        expect(stateOf(project)).toEqual(states[at]);
      }
      project.close();
    }),
    { numRuns: 15, seed: 20260101 },
  );
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classKeys } from '../../../src-main/shared/labelling.ts';
import {
  createClass,
  deleteClass,
  listClasses,
  mergeClasses,
  renameClass,
  setClassColor,
  setClassKey,
} from '../../../src-main/engine/store/classes.ts';
import { excludeImages } from '../../../src-main/engine/store/exclusions.ts';
import { addImages } from '../../../src-main/engine/store/import.ts';
import { record, step } from '../../../src-main/engine/store/journal.ts';
import { setLabels, setManyLabels } from '../../../src-main/engine/store/labels.ts';
import { deleteNetwork, listNetworks, saveNetwork } from '../../../src-main/engine/store/networks.ts';
import { Project } from '../../../src-main/engine/store/project.ts';
import { assignSplits, pinImages } from '../../../src-main/engine/store/splits.ts';
import { rowsOf, writeGroup, writePredictions } from './rows.ts';
import { imageRow, projectWithImages, useTemporaryHome } from './support.ts';

useTemporaryHome();

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

const imageCount = 12;

/** Eight images without a label, four of an imported class; some alike, some predicted. */
function startingProject(): Project {
  const project = projectWithImages(8);
  const { db } = project;
  addImages(
    db,
    [0, 1, 2, 3].map((at) => imageRow(`/pictures/first/${at}.png`, 'first')),
  );
  writeGroup(db, 'nearDuplicate', 1, [1, 2, 9, 10]);
  writePredictions(db, '2026-01-01T00:00:00.000Z', [
    [1, 1, 0.7],
    [3, 1, 0.31],
  ]);
  return project;
}

const images = fc.uniqueArray(fc.integer({ min: 1, max: imageCount }), { minLength: 1 });
const at = fc.nat(5);
/** One random request; which rows it meets depends on what the ones before left. */
const request = fc.oneof(
  fc.record({ kind: fc.constant('label'), ids: images, at, origin: fc.constantFrom('person', 'suggestion') }),
  fc.record({ kind: fc.constant('many'), ids: images, at }),
  fc.record({ kind: fc.constant('create') }),
  fc.record({ kind: fc.constant('rename'), at, name: fc.constantFrom('first', 'other', 'third') }),
  fc.record({ kind: fc.constant('delete'), at, to: fc.option(at) }),
  fc.record({ kind: fc.constant('merge'), at, to: at }),
  fc.record({ kind: fc.constant('color'), at, color: fc.constantFrom('#000000', '#ffffff') }),
  fc.record({ kind: fc.constant('key'), at, key: fc.constantFrom('x', null, ...classKeys.slice(0, 4)) }),
  fc.record({ kind: fc.constant('exclude'), ids: images, excluded: fc.boolean() }),
  fc.record({ kind: fc.constant('pin'), ids: images, side: fc.constantFrom('train', 'validation', 'test', null) }),
  fc.record({
    kind: fc.constant('split'),
    share: fc.constantFrom(0, 0.2, 0.4),
    seed: fc.nat(9),
    reassign: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('network'), at: fc.nat(2) }),
  fc.record({ kind: fc.constant('undo') }),
  fc.record({ kind: fc.constant('redo') }),
) as fc.Arbitrary<Request>;

type Request =
  | { kind: 'label'; ids: number[]; at: number; origin: 'person' | 'suggestion' }
  | { kind: 'many'; ids: number[]; at: number }
  | { kind: 'create' | 'undo' | 'redo' }
  | { kind: 'rename'; at: number; name: string }
  | { kind: 'delete'; at: number; to: number | null }
  | { kind: 'merge'; at: number; to: number }
  | { kind: 'color'; at: number; color: string }
  | { kind: 'key'; at: number; key: string | null }
  | { kind: 'exclude'; ids: number[]; excluded: boolean }
  | { kind: 'pin'; ids: number[]; side: 'train' | 'validation' | 'test' | null }
  | { kind: 'split'; share: number; seed: number; reassign: boolean }
  | { kind: 'network'; at: number };

function perform({ db }: Project, asked: Request, number: number): void {
  const ids = listClasses(db).map(({ id }) => id);
  /** Now and then a class that is not there. */
  const classAt = (place: number): number => ids[place] ?? 999;
  switch (asked.kind) {
    case 'label':
      return void setLabels(db, asked.ids, ids[asked.at] ?? null, asked.origin);
    case 'many': {
      const given = asked.ids.map((id) => ({ id, classId: ids[(id + asked.at) % (ids.length + 1)] ?? null }));
      return void setManyLabels(db, `Labels ${number}`, given, 'imported');
    }
    case 'create':
      return void createClass(db, `class ${number}`);
    case 'rename':
      return renameClass(db, classAt(asked.at), asked.name);
    case 'delete':
      return deleteClass(db, classAt(asked.at), asked.to === null ? null : classAt(asked.to));
    case 'merge':
      return mergeClasses(db, classAt(asked.at), classAt(asked.to));
    case 'color':
      return setClassColor(db, classAt(asked.at), asked.color);
    case 'key':
      return setClassKey(db, classAt(asked.at), asked.key);
    case 'exclude':
      return void excludeImages(db, asked.ids, asked.excluded);
    case 'pin':
      return void pinImages(db, asked.ids, asked.side);
    case 'split':
      return assignSplits(db, { validationShare: asked.share, testShare: 0.2, seed: asked.seed }, asked.reassign);
    case 'network': {
      const id = listNetworks(db)[asked.at]?.id;
      return void saveNetwork(db, { ...(id === undefined ? {} : { id }), name: `net ${number}`, json: { number } });
    }
    case 'undo':
    case 'redo':
      return void step(db, asked.kind);
  }
}

/** Performs it; what is refused must change nothing, and only a refusal in words is one. */
function attempt(project: Project, asked: Request, number: number): void {
  const before = rowsOf(project.db);
  try {
    perform(project, asked, number);
  } catch (error) {
    expect(['usage', 'exists', 'not-found']).toContain((error as { code?: string }).code);
    expect(rowsOf(project.db)).toEqual(before);
  }
}

const { runs, timeout } = process.env['RECEPTIVE_SOAK']
  ? { runs: 500, timeout: 600_000 }
  : { runs: 15, timeout: 60_000 };

test('any sequence of requests is undone to the beginning and redone to the end, over openings', { timeout }, () => {
  fc.assert(
    fc.property(fc.array(request, { minLength: 5, maxLength: 40 }), (requests) => {
      let project = startingProject();
      const { path } = project;
      /** The states that undo leads back to, the present one, and those that redo leads on to. */
      let states = [rowsOf(project.db)];
      let now = 0;
      requests.forEach((asked, number) => {
        const { redo } = project.summary();
        attempt(project, asked, number);
        const state = rowsOf(project.db);
        if (asked.kind === 'undo') now = Math.max(0, now - 1);
        else if (asked.kind === 'redo') now = Math.min(states.length - 1, now + 1);
        else if (JSON.stringify(state) === JSON.stringify(states[now])) expect(project.summary().redo).toBe(redo);
        else {
          states = [...states.slice(0, now + 1), state];
          now++;
        }
        expect(state).toEqual(states[now]);
      });
      project.close();
      project = Project.open(path);
      while (now > 0) {
        step(project.db, 'undo');
        expect(rowsOf(project.db)).toEqual(states[--now]);
      }
      expect(project.summary().undo).toBeNull();
      project.close();
      project = Project.open(path);
      while (now < states.length - 1) {
        step(project.db, 'redo');
        expect(rowsOf(project.db)).toEqual(states[++now]);
      }
      expect(project.summary().redo).toBeNull();
      project.close();
    }),
    { numRuns: runs, seed: 20260101 },
  );
});

const disturbance = fc.oneof(
  fc.record({ kind: fc.constant('import'), name: fc.constantFrom('first', 'class 1', 'class 2', 'new') }),
  fc.record({ kind: fc.constant('predict'), ids: images, at }),
) as fc.Arbitrary<{ kind: 'import'; name: string } | { kind: 'predict'; ids: number[]; at: number }>;

test('imports and predictions in between never leave a label, key or prediction that does not fit', { timeout }, () => {
  fc.assert(
    fc.property(fc.array(fc.oneof({ weight: 4, arbitrary: request }, { weight: 1, arbitrary: disturbance })), (all) => {
      const project = startingProject();
      const { db } = project;
      all.forEach((asked, number) => {
        if (asked.kind === 'import') addImages(db, [imageRow(`/pictures/late/${number}.png`, asked.name)]);
        else if (asked.kind === 'predict') {
          const classId = listClasses(db)[asked.at]?.id;
          if (classId === undefined) return;
          writePredictions(
            db,
            `2026-01-02T00:00:00.${String(number).padStart(3, '0')}Z`,
            asked.ids.map((id) => [id, classId, 0.5]),
          );
        } else attempt(project, asked, number);
        const { images: rows, classes, predictions } = rowsOf(db);
        const ids = classes.map(({ id }) => id);
        const keys = classes.map(({ key }) => key).filter((key) => key !== null);
        expect(new Set(keys).size).toBe(keys.length);
        for (const row of rows) {
          expect(row['class_id'] === null).toBe(row['origin'] === 0);
          if (row['class_id'] !== null) expect(ids).toContain(row['class_id']);
        }
        for (const { class_id } of predictions) expect(ids).toContain(class_id);
      });
      project.close();
    }),
    { numRuns: runs, seed: 20260303 },
  );
});

test('an entry that made several classes gives all of them up with what came to them since, and back', () => {
  const { db } = projectWithImages(2);
  const made = [1, 2].map((id) => ({
    kind: 'row' as const,
    table: 'classes' as const,
    id,
    before: null,
    after: { name: `class ${id}`, color: '#000000', key: String(id) },
  }));
  db.transaction(() => record(db, 'Labels of a file', made));
  addImages(db, [imageRow('/pictures/a.png', 'class 1'), imageRow('/pictures/b.png', 'class 2')]);
  const before = rowsOf(db);
  for (let round = 0; round < 2; round++) {
    step(db, 'undo');
    expect(rowsOf(db).classes).toEqual([]);
    expect(rowsOf(db).images.map(({ class_id, origin }) => [class_id, origin])).toEqual(new Array(4).fill([null, 0]));
    step(db, 'redo');
    expect(rowsOf(db)).toEqual(before);
  }
  db.close();
});

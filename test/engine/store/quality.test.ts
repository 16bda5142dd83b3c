import { describe, expect, test } from 'vitest';
import { splits } from '../../../src-main/shared/image-query.ts';
import type { FindingKind, Split } from '../../../src-main/shared/image-query.ts';
import type { Finding } from '../../../src-main/engine/quality/find.ts';
import { createClass } from '../../../src-main/engine/store/classes.ts';
import { excludeImages } from '../../../src-main/engine/store/exclusions.ts';
import { findingsOf } from '../../../src-main/engine/store/findings.ts';
import { listImages } from '../../../src-main/engine/store/image-list.ts';
import { addImages } from '../../../src-main/engine/store/import.ts';
import { step } from '../../../src-main/engine/store/journal.ts';
import type { Project } from '../../../src-main/engine/store/project.ts';
import { excludeFinding, filesToScan, keepFindings, qualityReport } from '../../../src-main/engine/store/quality.ts';
import { imageRow, projectWithImages, useTemporaryHome } from './support.ts';
import { growth } from '../../growth.ts';

useTemporaryHome();

/** Findings by image id. Ids are 1, 2, ... */
function keep({ db }: Project, found: Partial<Record<FindingKind, number[][] | number[]>>): void {
  const findings = Object.entries(found).flatMap(([kind, images]): Finding[] =>
    images.flatMap((image, at) =>
      [image].flat().map((id) => ({ kind: kind as FindingKind, index: id - 1, value: at + 1 })),
    ),
  );
  keepFindings(db, filesToScan(db), findings);
}
const set = ({ db }: Project, column: string, values: Record<number, number>): void => {
  for (const [id, value] of Object.entries(values)) {
    db.sql.prepare(`UPDATE images SET ${column} = ? WHERE id = ?`).run(value, Number(id));
  }
};
const excludedIn = ({ db }: Project): number[] =>
  db.sql
    .prepare('SELECT id FROM images WHERE excluded = 1 ORDER BY id')
    .all()
    .map(({ id }) => Number(id));
const sides = (project: Project, sideOf: Record<number, Split>): void =>
  set(project, 'split', Object.fromEntries(Object.entries(sideOf).map(([id, side]) => [id, splits.indexOf(side)])));
const across = (project: Project): number[] => [...listImages(project.db, { finding: 'acrossSides' }).ids];

test('nothing was checked, then everything, then not what came or changed since', () => {
  const project = projectWithImages(4);
  expect(qualityReport(project.db)).toEqual({ scannedAt: null, notScanned: 4, findings: [] });
  keep(project, {});
  expect(qualityReport(project.db)).toMatchObject({ scannedAt: expect.any(String), notScanned: 0, findings: [] });
  addImages(project.db, [imageRow('/pictures/new.png'), imageRow('/pictures/bad.png', undefined, 'rejected')]);
  set(project, 'bytes', { 2: 4711 });
  set(project, 'excluded', { 3: 1 });
  set(project, 'modified_ms', { 3: 5 });
  expect(qualityReport(project.db).notScanned).toBe(2);
});

test('of duplicates one of each group stays: the labelled, else the largest, else the first; undone in one step', () => {
  const project = projectWithImages(12);
  const { id: classId } = createClass(project.db, 'cat');
  set(project, 'class_id', { 3: classId, 2: classId });
  set(project, 'width', { 1: 100, 2: 4, 5: 100 });
  keep(project, {
    exactDuplicate: [[7, 8]],
    nearDuplicate: [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
      [10, 11],
    ],
  });
  excludeImages(project.db, [10], true);
  expect(qualityReport(project.db).findings).toEqual([
    { kind: 'exactDuplicate', images: 2, excluded: 0, groups: 1 },
    { kind: 'nearDuplicate', images: 9, excluded: 1, groups: 3 },
  ]);
  expect(excludeFinding(project.db, 'nearDuplicate')).toBe(6);
  // 2 and 3 have the label, 3 is larger; 11 is the last of its group that was left.
  expect(excludedIn(project)).toEqual([1, 2, 4, 6, 8, 9, 10]);
  expect(qualityReport(project.db).findings).toEqual([
    { kind: 'exactDuplicate', images: 0, excluded: 1, groups: 0 },
    { kind: 'nearDuplicate', images: 0, excluded: 7, groups: 0 },
  ]);
  expect(excludeFinding(project.db, 'nearDuplicate')).toBe(0);
  expect(project.summary().undo).toBe('Exclude 6 images found by the check');
  step(project.db, 'undo');
  expect(excludedIn(project)).toEqual([10]);
  step(project.db, 'redo');
  expect(excludedIn(project)).toEqual([1, 2, 4, 6, 8, 9, 10]);
});

test('of other findings all are left out, and another scan forgets what is no longer so', () => {
  const project = projectWithImages(5);
  keep(project, { tooDark: [2, 4], blurred: [4] });
  expect(findingsOf(project.db, 4)).toEqual(['tooDark', 'blurred']);
  expect(excludeFinding(project.db, 'tooDark')).toBe(2);
  expect(excludedIn(project)).toEqual([2, 4]);
  keep(project, { tooDark: [4] });
  expect([1, 2, 3, 4, 5].map((id) => findingsOf(project.db, id))).toEqual([[], [], [], ['tooDark'], []]);
  expect(qualityReport(project.db).findings).toEqual([{ kind: 'tooDark', images: 0, excluded: 1, groups: null }]);
});

describe('near duplicates on several sides', () => {
  test('are told of each image, listed, counted and left out, but for one', () => {
    const project = projectWithImages(8);
    keep(project, {
      nearDuplicate: [
        [1, 2, 3],
        [4, 5],
        [6, 7],
      ],
    });
    expect(across(project)).toEqual([]);
    sides(project, { 1: 'train', 2: 'train', 3: 'test', 4: 'train', 5: 'train', 6: 'validation', 8: 'test' });
    expect(across(project)).toEqual([1, 2, 3]);
    expect(findingsOf(project.db, 2)).toEqual(['nearDuplicate', 'acrossSides']);
    expect(findingsOf(project.db, 4)).toEqual(['nearDuplicate']);
    expect(qualityReport(project.db).findings.at(-1)).toEqual({
      ...{ kind: 'acrossSides', images: 3, excluded: 0, groups: 1 },
    });
    expect(excludeFinding(project.db, 'acrossSides')).toBe(2);
    expect(excludedIn(project)).toEqual([2, 3]);
    expect(across(project)).toEqual([]);
    expect(findingsOf(project.db, 3)).toEqual(['nearDuplicate']);
  });

  test('a newcomer that bridges two sides is reported with them', () => {
    const project = projectWithImages(3);
    sides(project, { 1: 'train', 2: 'validation' });
    keep(project, {});
    expect(across(project)).toEqual([]);
    // 3 is like both, which are not like each other.
    keep(project, { nearDuplicate: [[1, 2, 3]] });
    expect(across(project)).toEqual([1, 2, 3]);
    expect(findingsOf(project.db, 3)).toEqual(['nearDuplicate', 'acrossSides']);
    excludeImages(project.db, [1], true);
    expect(across(project)).toEqual([]);
    expect(findingsOf(project.db, 3)).toEqual(['nearDuplicate']);
  });
});

test('copies of one file are exact duplicates only; one that is not a copy makes the group near duplicates', () => {
  const project = projectWithImages(9);
  keep(project, {
    exactDuplicate: [
      [1, 2],
      [3, 4],
      [5, 6],
      [7, 8],
    ],
    // A mere copy; copies and another picture; two files with copies each.
    nearDuplicate: [
      [1, 2],
      [3, 4, 9],
      [5, 6, 7, 8],
    ],
  });
  expect([...listImages(project.db, { finding: 'nearDuplicate' }).ids]).toEqual([3, 4, 9, 5, 6, 7, 8]);
  expect(qualityReport(project.db).findings).toEqual([
    { kind: 'exactDuplicate', images: 8, excluded: 0, groups: 4 },
    { kind: 'nearDuplicate', images: 7, excluded: 0, groups: 2 },
  ]);
  expect(findingsOf(project.db, 1)).toEqual(['exactDuplicate']);
  expect(findingsOf(project.db, 3)).toEqual(['exactDuplicate', 'nearDuplicate']);
  // The split still keeps mere copies together, and says where they are not.
  sides(project, { 1: 'train', 2: 'test' });
  expect(across(project)).toEqual([1, 2]);
});

test('copies with different labels are told until they agree or one is left out', () => {
  const project = projectWithImages(7);
  const cat = createClass(project.db, 'cat').id;
  const dog = createClass(project.db, 'dog').id;
  keep(project, {
    exactDuplicate: [
      [1, 4, 6],
      [2, 3],
      [5, 7],
    ],
  });
  const atOdds = (): number[] => [...listImages(project.db, { finding: 'labelConflict' }).ids];
  const row = () => qualityReport(project.db).findings.find(({ kind }) => kind === 'labelConflict');
  set(project, 'class_id', { 1: cat, 2: dog, 3: cat, 5: cat, 7: cat });
  expect(atOdds()).toEqual([2, 3]);
  set(project, 'class_id', { 6: dog });
  // Together with those they are copies of; 4 has no label and contradicts nobody.
  expect(atOdds()).toEqual([1, 6, 2, 3]);
  expect(row()).toEqual({ kind: 'labelConflict', images: 4, excluded: 0, groups: 2 });
  expect(findingsOf(project.db, 6)).toEqual(['exactDuplicate', 'labelConflict']);
  expect(findingsOf(project.db, 4)).toEqual(['exactDuplicate']);
  set(project, 'class_id', { 3: dog });
  excludeImages(project.db, [1], true);
  expect(atOdds()).toEqual([]);
  expect(row()).toBeUndefined();
  expect(findingsOf(project.db, 6)).toEqual(['exactDuplicate']);
});

/** A project of so many images, all of them with findings: one large group, and many small ones. */
function projectFullOfFindings(count: number): Project {
  const project = projectWithImages(count);
  const ids = Array.from({ length: count }, (_, index) => index + 1);
  const small = ids.slice(200).filter((id) => id % 2 === 0);
  keep(project, { nearDuplicate: [ids.slice(0, 200), ...small.map((id) => [id - 1, id])], tooDark: ids });
  sides(project, { 1: 'train', 2: 'test' });
  return project;
}

test('the findings of one image are found without a walk through all', () => {
  const count = process.env['RECEPTIVE_SOAK'] === undefined ? 20_000 : 100_000;
  const few = projectFullOfFindings(count / 10);
  const many = projectFullOfFindings(count);
  const ask = (project: Project, last: number) => (): void => {
    for (let round = 0; round < 20; round++) for (const id of [1, 2, 150, 1000, last]) findingsOf(project.db, id);
  };
  expect(growth(ask(few, count / 10), ask(many, count))).toBeLessThan(3);
  expect(across(many)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
});

import { expect, test } from 'vitest';
import { mayJoin, noImages, withChange } from '../../../src-renderer/state/image-columns.ts';
import type { ImageColumns } from '../../../src-main/shared/project.ts';

/** Five images: 3 has label 7, 4 is rejected, 5 is excluded; 2 and 3 are predicted to be of class 8. */
const five: ImageColumns = {
  ...noImages,
  ids: Uint32Array.of(1, 2, 3, 4, 5),
  classIds: Uint32Array.of(0, 0, 7, 0, 0),
  statuses: Uint8Array.of(0, 0, 0, 2, 0),
  splits: new Uint8Array(5),
  origins: Uint8Array.of(0, 0, 1, 0, 0),
  flags: Uint8Array.of(0, 0, 0, 0, 1),
  predictedIds: Uint32Array.of(0, 8, 8, 0, 0),
  confidences: Float32Array.of(0, 0.5, 0.25, 0, 0),
};
const ids = (...all: number[]) => new Set(all);

test('a label is set on what can be used, by a person unless said otherwise', () => {
  const labelled = withChange(five, { ids: ids(1, 3, 4), classId: 9 }, {});
  expect([...labelled.classIds]).toEqual([9, 0, 9, 0, 0]);
  expect([...labelled.origins]).toEqual([2, 0, 2, 0, 0]);
  expect([...withChange(five, { ids: ids(1), classId: 9, origin: 3 }, {}).origins]).toEqual([3, 0, 1, 0, 0]);
  expect([...withChange(labelled, { ids: ids(1, 3), classId: 0 }, {}).origins]).toEqual([0, 0, 0, 0, 0]);
  expect([...five.classIds]).toEqual([0, 0, 7, 0, 0]);
});

test('rows that no longer fit are gone from every column, and only those that changed', () => {
  const left = withChange(five, { ids: ids(1, 2, 4), classId: 9 }, { classId: null });
  // 3 did not fit before either: it is there until the list is read again.
  expect([...left.ids]).toEqual([3, 4, 5]);
  expect([...left.statuses]).toEqual([0, 2, 0]);
  expect([...left.confidences]).toEqual([0.25, 0, 0]);
  expect(Object.values(left).map((column: ArrayLike<number>) => column.length)).toEqual(Array(8).fill(3));
  expect([...withChange(five, { ids: ids(5), excluded: false }, { excluded: true }).ids]).toEqual([1, 2, 3, 4]);
  expect([...withChange(five, { ids: ids(2), pin: 3 }, { split: 'none' }).ids]).toEqual([1, 3, 4, 5]);
  expect([...withChange(five, { ids: ids(3), classId: 8 }, { predictedWrongly: true }).ids]).toEqual([1, 2, 4, 5]);
});

test('what changes nothing copies nothing', () => {
  expect(withChange(five, { ids: ids(99), classId: 9 }, {})).toBe(five);
  const again = withChange(five, { ids: ids(5), excluded: true }, {});
  for (const name of Object.keys(five) as (keyof ImageColumns)[]) expect(again[name]).toBe(five[name]);
  const labelled = withChange(five, { ids: ids(1), classId: 9 }, {});
  expect(labelled.ids).toBe(five.ids);
  expect(labelled.splits).toBe(five.splits);
});

test('many ids at once are found as surely as few', () => {
  const many = Uint32Array.from({ length: 1000 }, (_, index) => index * 3 + 1);
  const all: ImageColumns = {
    ...noImages,
    ids: many,
    classIds: new Uint32Array(1000),
    statuses: new Uint8Array(1000),
    splits: new Uint8Array(1000),
    origins: new Uint8Array(1000),
    flags: new Uint8Array(1000),
    predictedIds: new Uint32Array(1000),
    confidences: new Float32Array(1000),
  };
  const wanted = new Set(many.filter((_, index) => index % 5 === 0));
  const left = withChange(all, { ids: wanted, classId: 4 }, { classId: null });
  expect([...left.ids]).toEqual([...many].filter((id) => !wanted.has(id)));
});

test('a label elsewhere matters to a list only where the list asks for such labels', () => {
  expect(mayJoin(4, 2, { classId: 4 })).toBe(true);
  expect(mayJoin(4, 2, { classId: null })).toBe(false);
  expect(mayJoin(4, 2, { origin: 'person' })).toBe(true);
  expect(mayJoin(4, 2, { text: 'a' })).toBe(false);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptySelection, pick, restore, selectAll } from '../../../src-renderer/state/selection.ts';
import type { Pick, Selection } from '../../../src-renderer/state/selection.ts';

const list = Uint32Array.of(10, 20, 30, 40, 50);
const idsOf = (selection: Selection) => [...selection.ids].sort((a, b) => a - b);

describe('pick', () => {
  const cases: [name: string, picks: [number, Pick][], ids: number[], focus: number][] = [
    ['a click chooses one', [[1, 'only']], [20], 1],
    [
      'another click chooses only that',
      [
        [1, 'only'],
        [3, 'only'],
      ],
      [40],
      3,
    ],
    [
      'Ctrl adds',
      [
        [1, 'only'],
        [3, 'toggle'],
      ],
      [20, 40],
      3,
    ],
    [
      'Ctrl takes away',
      [
        [1, 'only'],
        [3, 'toggle'],
        [1, 'toggle'],
      ],
      [40],
      1,
    ],
    [
      'Shift reaches down',
      [
        [1, 'only'],
        [3, 'extend'],
      ],
      [20, 30, 40],
      3,
    ],
    [
      'Shift reaches up',
      [
        [3, 'only'],
        [1, 'extend'],
      ],
      [20, 30, 40],
      1,
    ],
    [
      'Shift again starts at the same anchor',
      [
        [2, 'only'],
        [4, 'extend'],
        [0, 'extend'],
      ],
      [10, 20, 30],
      0,
    ],
    [
      'Shift after Ctrl starts where Ctrl was',
      [
        [0, 'only'],
        [2, 'toggle'],
        [3, 'extend'],
      ],
      [30, 40],
      3,
    ],
    ['Shift without an anchor is a click', [[2, 'extend']], [30], 2],
    [
      'outside the list nothing changes',
      [
        [1, 'only'],
        [9, 'only'],
        [-1, 'extend'],
      ],
      [20],
      1,
    ],
  ];

  test.each(cases)('%s', (_, picks, ids, focus) => {
    const end = picks.reduce((selection, [at, how]) => pick(selection, list, at, how), emptySelection);
    expect(idsOf(end)).toEqual(ids);
    expect(end.focus).toBe(focus);
  });

  test('Shift selects exactly the indices between anchor and focus, whatever was picked before', () => {
    const step = fc.tuple(fc.nat(4), fc.constantFrom<Pick>('only', 'toggle', 'extend'));
    fc.assert(
      fc.property(fc.array(step, { minLength: 1 }), fc.nat(4), (steps, last) => {
        const before = steps.reduce((selection, [at, how]) => pick(selection, list, at, how), emptySelection);
        const after = pick(before, list, last, 'extend');
        const [from, to] = [before.anchor, last].sort((a, b) => a - b) as [number, number];
        expect(idsOf(after)).toEqual([...list].filter((_, index) => index >= from && index <= to));
      }),
    );
  });
});

describe('restore, after the list was read again', () => {
  const two = pick(pick(emptySelection, list, 1, 'only'), list, 3, 'toggle');

  const cases: [name: string, after: number[], ids: number[], focusId: number][] = [
    ['the same list changes nothing', [10, 20, 30, 40, 50], [20, 40], 40],
    ['images that were added before it do not move it', [5, 6, 10, 20, 30, 40, 50], [20, 40], 40],
    ['what is gone is no longer selected', [10, 30, 40, 50], [40], 40],
    ['a focus that is gone stays where it was', [10, 20, 30, 50], [20], 50],
    ['with nothing left of it, the focused image is selected', [10, 30, 50], [50], 50],
    ['a focus beyond the end moves to the last', [10], [10], 10],
  ];

  test.each(cases)('%s', (_, after, ids, focusId) => {
    const now = restore(two, list, Uint32Array.from(after));
    expect(idsOf(now)).toEqual(ids);
    expect(after[now.focus]).toBe(focusId);
  });

  test('an empty list has no focus', () => {
    expect(restore(two, list, new Uint32Array())).toEqual(emptySelection);
  });
});

test('selectAll takes every image and keeps the focus', () => {
  const all = selectAll(pick(emptySelection, list, 2, 'only'), list);
  expect(idsOf(all)).toEqual([...list]);
  expect(all.focus).toBe(2);
  expect(selectAll(emptySelection, [])).toEqual(emptySelection);
});

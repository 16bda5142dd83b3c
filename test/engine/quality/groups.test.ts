import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Grouping } from '../../../src-main/engine/quality/groups.ts';

/** Points on a line, near when they are at most 1 apart. */
function groupsOf(points: readonly number[]): number[][] {
  const added: number[] = [];
  const grouping = new Grouping({
    add: (index) => void added.push(index),
    areNear: (a, b) => Math.abs(points[a]! - points[b]!) <= 1,
    near: (index) =>
      added
        .map((other) => ({ other, difference: Math.abs(points[index]! - points[other]!) }))
        .filter(({ difference }) => difference <= 1)
        .sort((a, b) => a.difference - b.difference),
  });
  points.forEach((_, index) => grouping.take(index));
  return grouping.groups();
}

describe('groups', () => {
  test('have a member that all others are near duplicates of, and no image is in two', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 12, noNaN: true }), { maxLength: 60 }), (points) => {
        const groups = groupsOf(points);
        expect(new Set(groups.flat()).size).toBe(groups.flat().length);
        for (const group of groups) {
          const centres = group.filter((a) => group.every((b) => Math.abs(points[a]! - points[b]!) <= 1));
          expect(centres).not.toEqual([]);
        }
      }),
      { seed: 9, numRuns: 300 },
    );
  });

  test('do not grow along a chain', () => {
    const chain = Array.from({ length: 100 }, (_, index) => 0.7 * index);
    expect(Math.max(...groupsOf(chain).map(({ length }) => length))).toBeLessThanOrEqual(3);
  });

  test.each([
    ['last', [0, 1.8, 0.9]],
    ['second', [0, 0.9, 1.8]],
    ['first', [0.9, 0, 1.8]],
  ])('one that is near two that are far from each other ties them together, when it comes %s', (_when, points) => {
    expect(groupsOf(points).map((group) => group.toSorted())).toEqual([[0, 1, 2]]);
  });

  test('a thousand copies are one group', () => {
    expect(groupsOf(new Array<number>(1000).fill(5)).map(({ length }) => length)).toEqual([1000]);
  });
});

/** How evenly the classes are filled, and which are too small to learn from. */
import type { ClassInfo } from '../../../src-main/shared/labelling.ts';

/** Fewer usable images than this are hardly enough to learn a class and to check it. */
export const leastImages = 10;
/** Of the largest class. */
const leastShare = 0.1;

export const classWarnings = ['empty', 'few', 'small'] as const;
export type ClassWarning = (typeof classWarnings)[number];

export const largestCount = (classes: readonly ClassInfo[]): number =>
  classes.reduce((largest, { count }) => Math.max(largest, count), 0);

/** What is wrong with a class of `count` usable images where the largest has `largest`; null when nothing is. */
export function warningOf(count: number, largest: number): ClassWarning | null {
  if (count === 0) return 'empty';
  if (count < leastImages) return 'few';
  return count < largest * leastShare ? 'small' : null;
}

/** How many classes have each warning; those that none has are left out. */
export function countWarnings(classes: readonly ClassInfo[]): { warning: ClassWarning; count: number }[] {
  const largest = largestCount(classes);
  return classWarnings
    .map((warning) => ({ warning, count: classes.filter(({ count }) => warningOf(count, largest) === warning).length }))
    .filter(({ count }) => count > 0);
}

/** Which side an image is on: training, validation or test. */
import { splits } from '../../shared/image-query.ts';
import { splitStratified } from '../images/split.ts';
import type { Database } from './database.ts';
import { labelledImages } from './images.ts';
import type { LabelledImage } from './images.ts';
import { record } from './journal.ts';

/** Shares of each class, 0 to 1, and the seed that decides which images. */
export interface Shares {
  validationShare: number;
  testShare: number;
  seed: number;
}

function split(images: readonly LabelledImage[], { validationShare, testShare, seed }: Shares) {
  return splitStratified(
    images.map(({ classId }) => classId),
    validationShare,
    testShare,
    seed,
  );
}

/**
 * Gives every labelled image that can be used a side, each class in the same shares. Images that have one keep it unless
 * `reassign`. One undoable change.
 */
export function assignSplits(db: Database, shares: Shares, reassign: boolean): void {
  db.transaction(() => {
    const open = labelledImages(db).filter((image) => reassign || image.split === 'none');
    const sides = split(open, shares);
    const moved = open
      .map(({ id, split: before }, index) => ({ id, before, after: sides[index]! }))
      .filter(({ before, after }) => before !== after);
    record(db, `Split ${moved.length} ${moved.length === 1 ? 'image' : 'images'}`, [
      {
        kind: 'images',
        column: 'split',
        ids: moved.map(({ id }) => id),
        before: moved.map(({ before }) => splits.indexOf(before)),
        after: moved.map(({ after }) => splits.indexOf(after)),
      },
    ]);
  });
}

/**
 * What a run learns from and what it holds out. A split that was assigned in the project holds, and images without a
 * side (labelled since) are learnt from; without one the recipe's share and seed decide, for this run alone.
 */
export function trainingSides(
  db: Database,
  recipe: Pick<Shares, 'validationShare' | 'seed'>,
): { training: LabelledImage[]; validation: LabelledImage[] } {
  const images = labelledImages(db);
  const assigned = images.some((image) => image.split !== 'none');
  const sides = assigned ? images.map((image) => image.split) : split(images, { ...recipe, testShare: 0 });
  return {
    training: images.filter((_, index) => sides[index] === 'train' || sides[index] === 'none'),
    validation: images.filter((_, index) => sides[index] === 'validation'),
  };
}

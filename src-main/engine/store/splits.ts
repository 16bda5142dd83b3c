/** Which side an image is on: training, validation or test. */
import { splits } from '../../shared/image-query.ts';
import type { Split } from '../../shared/image-query.ts';
import { splitStratified } from '../images/split.ts';
import { compact } from './changes.ts';
import type { Database } from './database.ts';
import { labelledImages, rejected } from './images.ts';
import type { LabelledImage } from './images.ts';
import { record } from './journal.ts';
import { countedImages, selectImages } from './selection.ts';

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
    record(db, `Split ${countedImages(moved.length)}`, [
      {
        kind: 'images',
        ids: moved.map(({ id }) => id),
        columns: {
          split: {
            before: compact(moved.map(({ before }) => splits.indexOf(before))),
            after: compact(moved.map(({ after }) => splits.indexOf(after))),
          },
        },
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

/**
 * Holds images on a side, whatever is assigned, or (null) lets them go; they stay on that side then. Rejected images
 * are passed over. One undoable change.
 * @returns the ids of the images that changed.
 */
export function pinImages(db: Database, ids: readonly number[], side: Exclude<Split, 'none'> | null): number[] {
  return db.transaction(() => {
    const pinned = Number(side !== null);
    const changing = selectImages(db, ids).filter(
      (image) =>
        image.status !== rejected &&
        (image.pinned !== pinned || (side !== null && image.split !== splits.indexOf(side))),
    );
    const count = countedImages(changing.length);
    record(db, side === null ? `Unpin ${count}` : `Pin ${count} to ${side}`, [
      {
        kind: 'images',
        ids: changing.map(({ id }) => id),
        columns: {
          pinned: { before: compact(changing.map((image) => image.pinned)), after: pinned },
          ...(side !== null && {
            split: { before: compact(changing.map((image) => image.split)), after: splits.indexOf(side) },
          }),
        },
      },
    ]);
    return changing.map(({ id }) => id);
  });
}

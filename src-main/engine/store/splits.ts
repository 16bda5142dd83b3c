/** Which side an image is on: training, validation or test. */
import { splits } from '../../shared/image-query.ts';
import { splitStratified } from '../images/split.ts';
import type { Bounds, Side } from '../images/split.ts';
import { compact } from './changes.ts';
import type { Database } from './database.ts';
import { kindNumber } from './findings.ts';
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

/** What a split knows of an image that has a label or a side. */
interface Sided {
  id: number;
  /** 0 for none. */
  classId: number;
  /** null for none. */
  side: Side | null;
  pinned: boolean;
  /** Its group of near duplicates, among them exact ones; null for an image without any. */
  group: number | null;
}

const sideOf = (split: number): Side | null => (split === 0 ? null : (splits[split] as Side));

/**
 * All images that a split is about, in the order they came in. Files that are missing count: they may be found again.
 */
function sidedImages(db: Database): Sided[] {
  const statement = db.sql.prepare(
    `SELECT images.id, IFNULL(class_id, 0), split, pinned, value
     FROM images LEFT JOIN findings ON kind = ? AND image_id = images.id
     WHERE status <> ? AND excluded = 0 AND (class_id IS NOT NULL OR split <> 0) ORDER BY images.id`,
  );
  statement.setReturnArrays(true);
  const rows = statement.all(kindNumber('nearDuplicate'), rejected);
  return (rows as unknown as [number, number, number, number, number | null][]).map(
    ([id, classId, split, pinned, group]) => ({ id, classId, side: sideOf(split), pinned: pinned === 1, group }),
  );
}

function split(images: readonly Sided[], sides: Bounds['sides'], { validationShare, testShare, seed }: Shares): Side[] {
  return splitStratified(
    images.map(({ classId }) => classId),
    validationShare,
    testShare,
    seed,
    { sides, groups: images.map(({ group }) => group) },
  );
}

/**
 * Gives every labelled image that can be used a side, so that each class comes to the same shares, and duplicates to one
 * side. Images that have one keep it unless `reassign`; pinned ones always. One undoable change.
 */
export function assignSplits(db: Database, shares: Shares, reassign: boolean): void {
  db.transaction(() => {
    const images = sidedImages(db);
    const held = images.map(({ side, pinned }) => (reassign && !pinned ? null : side));
    const assigned = split(images, held, shares);
    const moved = images
      .map(({ id, classId, side }, at) => ({ id, classId, before: side, after: assigned[at]! }))
      .filter(({ classId, before, after }) => classId !== 0 && before !== after);
    record(db, `Split ${countedImages(moved.length)}`, [
      {
        kind: 'images',
        ids: moved.map(({ id }) => id),
        columns: {
          split: {
            before: compact(moved.map(({ before }) => splits.indexOf(before ?? 'none'))),
            after: compact(moved.map(({ after }) => splits.indexOf(after))),
          },
        },
      },
    ]);
  });
}

/**
 * What a run learns from and what it holds out. A split that was assigned in the project holds, and images without a
 * side (labelled since) are learnt from, or come to the side of their duplicates. Without one the recipe's share and
 * seed decide, for this run alone, around the images that have a side all the same: pinned ones, a folder of test images.
 */
export function trainingSides(
  db: Database,
  recipe: Pick<Shares, 'validationShare' | 'seed'>,
): { training: LabelledImage[]; validation: LabelledImage[] } {
  const sided = sidedImages(db);
  const assigned = sided.some(({ side, pinned }) => side === 'train' && !pinned);
  const validationShare = assigned ? 0 : recipe.validationShare;
  const sides = split(
    sided,
    sided.map(({ side }) => side),
    { ...recipe, validationShare, testShare: 0 },
  );
  const sideOfImage = new Map(sided.map(({ id }, at) => [id, sides[at]]));
  const images = labelledImages(db);
  return {
    training: images.filter(({ id }) => sideOfImage.get(id) === 'train'),
    validation: images.filter(({ id }) => sideOfImage.get(id) === 'validation'),
  };
}

/**
 * Holds images on a side, whatever is assigned, or (null) lets them go; they stay on that side then. Rejected images
 * are passed over. One undoable change.
 * @returns the ids of the images that changed.
 */
export function pinImages(db: Database, ids: readonly number[], side: Side | null): number[] {
  return db.transaction(() => {
    const pinned = Number(side !== null);
    const changing = selectImages(db, ids).filter(
      (image) =>
        image.status !== rejected &&
        (image.pinned !== pinned || (side !== null && image.split !== splits.indexOf(side))),
    );
    const count = countedImages(changing.length);
    record(db, side === null ? `Unpin ${count}` : `Pin ${count} to ${side === 'train' ? 'training' : side}`, [
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

/** The labels of images: which class, and who gave it. */
import { labelOrigins } from '../../shared/image-query.ts';
import type { LabelOrigin } from '../../shared/image-query.ts';
import { compact } from './changes.ts';
import { findClass } from './classes.ts';
import type { Database } from './database.ts';
import { rejected } from './images.ts';
import { record } from './journal.ts';
import { countedImages, selectImages } from './selection.ts';

/** Who gives a label; what has no label has no origin. */
export type Labeller = Exclude<LabelOrigin, 'none'>;

export interface GivenLabel {
  id: number;
  /** null takes the label off. */
  classId: number | null;
}

const originOf = (classId: number | null, origin: Labeller): number =>
  labelOrigins.indexOf(classId === null ? 'none' : origin);

/**
 * Labels in the running transaction, as one journal entry called `labelOf` the number of images that change, and
 * answers with their ids. Rejected images are passed over: they have no class, whatever the selection held. A label that
 * is there already stays as it is, but a person who gives it makes it theirs.
 */
function give(db: Database, given: ReadonlyMap<number, number | null>, origin: Labeller, label: (n: number) => string) {
  const changing = selectImages(db, given.keys()).filter((image) => {
    if (image.status === rejected) return false;
    const classId = given.get(image.id)!;
    return image.class_id !== classId || (origin === 'person' && image.origin !== originOf(classId, origin));
  });
  const ids = changing.map(({ id }) => id);
  record(db, label(ids.length), [
    {
      kind: 'images',
      ids,
      columns: {
        class_id: {
          before: compact(changing.map((image) => image.class_id)),
          after: compact(ids.map((id) => given.get(id)!)),
        },
        origin: {
          before: compact(changing.map((image) => image.origin)),
          after: compact(ids.map((id) => originOf(given.get(id)!, origin))),
        },
      },
    },
  ]);
  return ids;
}

/**
 * Gives images a class, or none. One undoable change, on disk when this returns.
 * @returns the ids of the images that changed.
 */
export function setLabels(
  db: Database,
  ids: readonly number[],
  classId: number | null,
  origin: Labeller = 'person',
): number[] {
  return db.transaction(() => {
    const name = classId === null ? null : findClass(db, classId).name;
    const label = (count: number): string =>
      name === null ? `Take the label from ${countedImages(count)}` : `Label ${countedImages(count)} "${name}"`;
    return give(db, new Map(ids.map((id) => [id, classId])), origin, label);
  });
}

/**
 * Gives many images classes of their own. One undoable change called `label`, on disk when this returns; of an image
 * that is given twice the last holds.
 * @returns the ids of the images that changed.
 */
export function setManyLabels(db: Database, label: string, given: readonly GivenLabel[], origin: Labeller): number[] {
  return db.transaction(() => {
    for (const classId of new Set(given.map((one) => one.classId))) if (classId !== null) findClass(db, classId);
    return give(db, new Map(given.map(({ id, classId }) => [id, classId])), origin, () => label);
  });
}

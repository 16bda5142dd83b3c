/** Labels and sides that a file of labels states of images that are in the project already. */
import { labelOrigins, splits } from '../../shared/image-query.ts';
import type { Split } from '../../shared/image-query.ts';
import { compact } from './changes.ts';
import type { Change } from './changes.ts';
import { classForImport, findClass } from './classes.ts';
import type { Database } from './database.ts';
import { rejected } from './images.ts';
import { record } from './journal.ts';
import { countedImages, selectImages } from './selection.ts';

export interface StatedLabel {
  id: number;
  /** Undefined leaves the image's label as it is. */
  class: string | undefined;
  side: Split | undefined;
}

const imported = labelOrigins.indexOf('imported');
const unassigned = splits.indexOf('none');

/** Ids of the classes of these names, and the change that makes those that are not there. In the running transaction. */
function classesOf(db: Database, names: Iterable<string>): { ids: Map<string, number>; made: Change[] } {
  const ids = new Map<string, number>();
  const made: Change[] = [];
  const known = db.sql.prepare('SELECT 1 FROM classes WHERE name = ?');
  for (const name of names) {
    const isNew = known.get(name) === undefined;
    const id = classForImport(db, name);
    ids.set(name, id);
    if (!isNew) continue;
    const { id: _id, ...after } = findClass(db, id);
    made.push({ kind: 'row', table: 'classes', id, before: null, after: { ...after } });
  }
  return { ids, made };
}

/**
 * The file's labels take the place of those there are, also of a person's: one undoable change says so and takes all of
 * it back. A side is given only to images that have none. Rejected images are passed over. `importId` is the import that
 * does so, once.
 * @returns ids of the images whose label changed.
 */
export function labelAsStated(db: Database, stated: readonly StatedLabel[], importId: number): number[] {
  return db.transaction(() => {
    db.sql.prepare('UPDATE imports SET labelled = 1 WHERE id = ?').run(importId);
    const byId = new Map(stated.map((one) => [one.id, one]));
    const images = selectImages(db, byId.keys()).filter(({ status }) => status !== rejected);
    const { ids: classIds, made } = classesOf(db, new Set(images.flatMap(({ id }) => byId.get(id)!.class ?? [])));
    const classOf = (id: number): number | undefined => classIds.get(byId.get(id)!.class ?? '');
    const relabelled = images.filter(({ id, class_id }) => classOf(id) !== undefined && classOf(id) !== class_id);
    const sided = images.filter(({ id, split }) => split === unassigned && (byId.get(id)!.side ?? 'none') !== 'none');
    const ids = relabelled.map(({ id }) => id);
    const count = new Set([...ids, ...sided.map(({ id }) => id)]).size;
    record(db, `Labels of a file for ${countedImages(count)}`, [
      ...made,
      {
        kind: 'images',
        ids,
        columns: {
          class_id: {
            before: compact(relabelled.map(({ class_id }) => class_id)),
            after: compact(ids.map((id) => classOf(id)!)),
          },
          origin: { before: compact(relabelled.map(({ origin }) => origin)), after: imported },
        },
      },
      {
        kind: 'images',
        ids: sided.map(({ id }) => id),
        columns: {
          split: { before: unassigned, after: compact(sided.map(({ id }) => splits.indexOf(byId.get(id)!.side!))) },
        },
      },
    ]);
    return ids;
  });
}

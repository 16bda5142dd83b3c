/** Images that are left out of everything, with their labels kept. */
import type { Database } from './database.ts';
import { record } from './journal.ts';
import { countedImages, selectImages } from './selection.ts';

/**
 * Leaves images out, or takes them in again. One undoable change, called `label` of the number of images that change.
 * @returns the ids of the images that changed.
 */
export function excludeImages(
  db: Database,
  ids: readonly number[],
  excluded: boolean,
  label = (count: number): string => `${excluded ? 'Exclude' : 'Include'} ${countedImages(count)}`,
): number[] {
  return db.transaction(() => {
    const changing = selectImages(db, ids)
      .filter((image) => (image.excluded === 1) !== excluded)
      .map(({ id }) => id);
    const column = { before: Number(!excluded), after: Number(excluded) };
    record(db, label(changing.length), [{ kind: 'images', ids: changing, columns: { excluded: column } }]);
    return changing;
  });
}

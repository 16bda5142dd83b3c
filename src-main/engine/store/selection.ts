/** The images that a change is asked for, as they stand. */
import { ReceptiveError } from '../../shared/errors.ts';
import type { Database } from './database.ts';

/** What a change may be made to; numbers as the rows hold them. */
export interface SelectedImage {
  id: number;
  status: number;
  class_id: number | null;
  origin: number;
  split: number;
  pinned: number;
  excluded: number;
}

/** Each image once, in the order given. Throws 'not-found' for an id that no image has. */
export function selectImages(db: Database, ids: Iterable<number>): SelectedImage[] {
  const row = db.sql.prepare('SELECT id, status, class_id, origin, split, pinned, excluded FROM images WHERE id = ?');
  return [...new Set(ids)].map((id) => {
    const found = row.get(id);
    if (!found) throw new ReceptiveError('not-found', `There is no image ${id} in this project.`);
    return found as unknown as SelectedImage;
  });
}

/** "1 image", "1,234 images": how a change names what it was made to. */
export const countedImages = (count: number): string =>
  count === 1 ? '1 image' : `${count.toLocaleString('en')} images`;

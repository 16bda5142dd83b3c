/** The project's images: rows of project.db, listed as columns. The files stay where they are. */
import { join } from 'node:path';
import { ReceptiveError } from '../../shared/errors.ts';
import { imageStatuses, splits } from '../../shared/project.ts';
import type { ImageColumns, ImageFacts, ImageFilter, Split } from '../../shared/project.ts';
import type { Database } from './database.ts';

/** The status, as a row holds it, of an image that cannot be used. */
export const rejected = imageStatuses.indexOf('rejected');

/** The conditions of a filter as SQL, with their values in order. */
function conditions(filter: ImageFilter): { sql: string; values: (string | number)[] } {
  const parts: string[] = [];
  const values: (string | number)[] = [];
  if (filter.classId === null) parts.push('class_id IS NULL');
  else if (filter.classId !== undefined) {
    parts.push('class_id = ?');
    values.push(filter.classId);
  }
  if (filter.status !== undefined) {
    parts.push('status = ?');
    values.push(imageStatuses.indexOf(filter.status));
  }
  if (filter.split !== undefined) {
    parts.push('split = ?');
    values.push(splits.indexOf(filter.split));
  }
  if (filter.text) {
    parts.push("path LIKE ? ESCAPE '\\'");
    values.push(`%${filter.text.replaceAll(/[\\%_]/g, '\\$&')}%`);
  }
  return { sql: parts.length === 0 ? '' : `WHERE ${parts.join(' AND ')}`, values };
}

/** The images of a view in the order they came in. 100,000 of them in about 0.1 s. */
export function listImages(db: Database, filter: ImageFilter): ImageColumns {
  const { sql, values } = conditions(filter);
  const statement = db.sql.prepare(`SELECT id, class_id, status, split FROM images ${sql} ORDER BY id`);
  statement.setReturnArrays(true);
  const rows = statement.all(...values) as unknown as [number, number | null, number, number][];
  const columns: ImageColumns = {
    ids: new Uint32Array(rows.length),
    classIds: new Uint32Array(rows.length),
    statuses: new Uint8Array(rows.length),
    splits: new Uint8Array(rows.length),
  };
  rows.forEach(([id, classId, status, split], index) => {
    columns.ids[index] = id;
    columns.classIds[index] = classId ?? 0;
    columns.statuses[index] = status;
    columns.splits[index] = split;
  });
  return columns;
}

export function countImages(db: Database): number {
  return Number(db.sql.prepare('SELECT COUNT(*) AS count FROM images').get()?.['count']);
}

interface ImageRow {
  source: string;
  path: string;
  bytes: number;
  status: number;
  split: number;
  class_id: number | null;
  reason: string | null;
  width: number | null;
  height: number | null;
  format: string | null;
}

export function imageFacts(db: Database, id: number): ImageFacts {
  const found = db.sql
    .prepare(
      'SELECT images.*, sources.path AS source FROM images JOIN sources ON sources.id = source_id WHERE images.id = ?',
    )
    .get(id);
  if (!found) throw new ReceptiveError('not-found', `There is no image ${id} in this project.`);
  const row = found as unknown as ImageRow;
  return {
    id,
    path: join(row.source, row.path),
    status: imageStatuses[row.status]!,
    reason: row.reason,
    width: row.width,
    height: row.height,
    format: row.format,
    bytes: row.bytes,
    classId: row.class_id,
    split: splits[row.split]!,
  };
}

/** One image that training, evaluation or a split can use: labelled and readable. */
export interface LabelledImage {
  id: number;
  /** Absolute. */
  path: string;
  className: string;
  classId: number;
  split: Split;
  bytes: number;
  modifiedMs: number;
}

export function labelledImages(db: Database): LabelledImage[] {
  return db.sql
    .prepare(
      `SELECT images.id, sources.path AS source, images.path, classes.name AS className, class_id AS classId, split,
              bytes, modified_ms AS modifiedMs
       FROM images JOIN sources ON sources.id = source_id JOIN classes ON classes.id = class_id
       WHERE status <> ? ORDER BY images.id`,
    )
    .all(rejected)
    .map((found) => {
      const row = found as unknown as Omit<LabelledImage, 'split'> & { source: string; split: number };
      const { source, ...image } = row;
      return { ...image, path: join(source, row.path), split: splits[row.split]! };
    });
}

/** Marks images that turned out to be unusable; their labels stay, should the files be mended. */
export function rejectImages(db: Database, images: readonly { id: number; reason: string }[]): void {
  db.transaction(() => {
    const update = db.sql.prepare('UPDATE images SET status = ?, reason = ? WHERE id = ?');
    for (const { id, reason } of images) update.run(rejected, reason, id);
  });
}

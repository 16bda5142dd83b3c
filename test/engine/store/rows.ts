/** The tables as they stand, read past the store's own reading, and what no one but a quality scan writes. */
import { findingKinds } from '../../../src-main/shared/image-query.ts';
import type { FindingKind } from '../../../src-main/shared/image-query.ts';
import type { Database } from '../../../src-main/engine/store/database.ts';

/** All that undo and redo may touch. */
export const rowsOf = ({ sql }: Database) => ({
  images: sql
    .prepare('SELECT id, class_id, origin, split, pinned, excluded, status, missing FROM images ORDER BY id')
    .all(),
  classes: sql.prepare('SELECT id, name, color, key FROM classes ORDER BY id').all(),
  networks: sql.prepare('SELECT id, name, json, updated_at FROM networks ORDER BY id').all(),
  predictions: sql.prepare('SELECT image_id, class_id, confidence, margin FROM predictions ORDER BY image_id').all(),
});

/** One column of all images, by id. */
export const columnOf = ({ sql }: Database, column: 'class_id' | 'origin' | 'split' | 'pinned' | 'excluded') =>
  sql
    .prepare(`SELECT ${column} AS value FROM images ORDER BY id`)
    .all()
    .map((row) => row['value'] as number | null);

export const entryCount = ({ sql }: Database): number =>
  Number(sql.prepare('SELECT COUNT(*) AS count FROM journal').get()!['count']);

/** Puts images into a group of duplicates. */
export function writeGroup(db: Database, kind: FindingKind, group: number, ids: readonly number[]): void {
  const insert = db.sql.prepare('INSERT INTO findings (kind, image_id, value) VALUES (?, ?, ?)');
  for (const id of ids) insert.run(findingKinds.indexOf(kind), id, group);
}

/** Predictions as a model would have made them at `madeAt`: [image, class, confidence]. */
export function writePredictions(db: Database, madeAt: string, predictions: [number, number, number][]): void {
  db.sql.prepare('INSERT OR REPLACE INTO prediction_source (id, name, made_at) VALUES (1, ?, ?)').run('a run', madeAt);
  const insert = db.sql.prepare(
    'INSERT OR REPLACE INTO predictions (image_id, class_id, confidence, margin) VALUES (?, ?, ?, ?)',
  );
  for (const [id, classId, confidence] of predictions) insert.run(id, classId, confidence, confidence / 3);
}

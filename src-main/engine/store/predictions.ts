/** What a model thinks of the project's images. A prediction is never a label; accepting one makes it one. */
import { join } from 'node:path';
import type { Database } from './database.ts';
import { rejected } from './images.ts';
import { setManyLabels } from './labels.ts';
import { countedImages } from './selection.ts';

/** Whether an image takes part, and whether what was computed from its file still holds. */
export interface ImageState {
  id: number;
  bytes: number;
  modifiedMs: number;
  /** null for none. */
  classId: number | null;
  /** Not rejected, excluded or missing. */
  usable: boolean;
}

/** Every image of the project, by id. */
export function imageStates(db: Database): ImageState[] {
  const select = db.sql.prepare(
    `SELECT id, bytes, modified_ms, class_id, status <> ${rejected} AND excluded = 0 AND missing = 0 FROM images ORDER BY id`,
  );
  select.setReturnArrays(true);
  const rows = select.all() as unknown as [number, number, number, number | null, number][];
  return rows.map(([id, bytes, modifiedMs, classId, usable]) => ({
    id,
    bytes,
    modifiedMs,
    classId,
    usable: usable === 1,
  }));
}

/** Absolute paths of these images, in the order given. */
export function pathsOf(db: Database, ids: readonly number[]): string[] {
  const select = db.sql.prepare(
    'SELECT sources.path AS source, images.path FROM images JOIN sources ON sources.id = source_id WHERE images.id = ?',
  );
  return ids.map((id) => {
    const row = select.get(id)!;
    return join(String(row['source']), String(row['path']));
  });
}

export function classNames(db: Database): { id: number; name: string }[] {
  return db.sql.prepare('SELECT id, name FROM classes').all() as unknown as { id: number; name: string }[];
}

export interface Prediction {
  imageId: number;
  classId: number;
  /** Probability of the class, 0 to 1, and how much more that is than the next class's. */
  confidence: number;
  margin: number;
}

/** Notes what makes the predictions from now on. Those that are there stay until they are replaced. */
export function beginPredictions(db: Database, source: string): void {
  db.transaction(() => {
    db.sql
      .prepare('INSERT OR REPLACE INTO prediction_source (id, name, made_at) VALUES (1, ?, ?)')
      .run(source, new Date().toISOString());
  });
}

/** Writes predictions in the place of earlier ones. A class that was deleted in the meantime is passed over. */
export function writePredictions(db: Database, predictions: readonly Prediction[]): void {
  db.transaction(() => {
    const insert = db.sql.prepare(
      `INSERT OR REPLACE INTO predictions (image_id, class_id, confidence, margin)
       SELECT ?1, id, ?3, ?4 FROM classes WHERE id = ?2`,
    );
    for (const { imageId, classId, confidence, margin } of predictions) {
      insert.run(imageId, classId, confidence, margin);
    }
  });
}

export function clearPredictions(db: Database): void {
  db.transaction(() => db.sql.exec('DELETE FROM predictions; DELETE FROM prediction_source'));
}

/** A suggestion is the prediction of an image that has no label and takes part. */
const suggestions = `
  FROM predictions JOIN images ON images.id = image_id
  WHERE images.class_id IS NULL AND status <> ${rejected} AND excluded = 0`;

export function predictionState(db: Database): { source: string | null; madeAt: string | null; suggested: number } {
  const made = db.sql.prepare('SELECT name, made_at FROM prediction_source').get();
  const count = db.sql.prepare(`SELECT COUNT(*) AS count ${suggestions}`).get();
  return {
    source: made ? String(made['name']) : null,
    madeAt: made ? String(made['made_at']) : null,
    suggested: Number(count?.['count']),
  };
}

/** The images that were given a label, by its class. */
export type Accepted = Map<number, number[]>;

/** Gives these images their suggested class, where they have one. One undoable change. */
export function acceptSuggestions(db: Database, ids: readonly number[]): Accepted {
  const select = db.sql.prepare(`SELECT predictions.class_id AS classId ${suggestions} AND image_id = ?`);
  return accept(
    db,
    [...new Set(ids)].flatMap((id) => {
      const row = select.get(id);
      return row ? [{ id, classId: Number(row['classId']) }] : [];
    }),
  );
}

/** The same for every suggestion of at least that confidence, of one class or all. */
export function acceptAbove(db: Database, confidence: number, classId?: number): Accepted {
  const rows = db.sql
    .prepare(
      `SELECT image_id AS id, predictions.class_id AS classId ${suggestions}
       AND confidence >= ?1 AND (?2 IS NULL OR predictions.class_id = ?2) ORDER BY image_id`,
    )
    .all(confidence, classId ?? null);
  return accept(db, rows as unknown as { id: number; classId: number }[]);
}

function accept(db: Database, given: readonly { id: number; classId: number }[]): Accepted {
  const label = `Accept the suggestion of ${countedImages(given.length)}`;
  const changed = new Set(setManyLabels(db, label, given, 'suggestion'));
  const accepted: Accepted = new Map();
  for (const { id, classId } of given) {
    if (!changed.has(id)) continue;
    const ids = accepted.get(classId);
    if (ids) ids.push(id);
    else accepted.set(classId, [id]);
  }
  return accepted;
}

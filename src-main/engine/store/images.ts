/** The project's images: rows of project.db, listed as columns. The files stay where they are. */
import { join } from 'node:path';
import { ReceptiveError } from '../../shared/errors.ts';
import type { Random } from '../../shared/random.ts';
import { imageStatuses, labelOrigins, splits } from '../../shared/image-query.ts';
import type { ImageStatus, Split } from '../../shared/image-query.ts';
import type { ImageFacts } from '../../shared/project.ts';
import { findingsOf } from './findings.ts';
import type { Database } from './database.ts';

/** The status, as a row holds it, of an image that cannot be used. */
export const rejected = imageStatuses.indexOf('rejected');

export function countImages(db: Database): number {
  return Number(db.sql.prepare('SELECT COUNT(*) AS count FROM images').get()?.['count']);
}

interface ImageRow {
  source: string;
  path: string;
  bytes: number;
  status: number;
  split: number;
  modified_ms: number;
  class_id: number | null;
  origin: number;
  excluded: number;
  pinned: number;
  missing: number;
  predicted_id: number | null;
  confidence: number | null;
  reason: string | null;
  width: number | null;
  height: number | null;
  format: string | null;
}

export function imageFacts(db: Database, id: number): ImageFacts {
  const found = db.sql
    .prepare(
      `SELECT images.*, sources.path AS source, predictions.class_id AS predicted_id, confidence
       FROM images JOIN sources ON sources.id = source_id LEFT JOIN predictions ON image_id = images.id
       WHERE images.id = ?`,
    )
    .get(id);
  if (!found) throw missingImage(id);
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
    modifiedAt: new Date(row.modified_ms).toISOString(),
    classId: row.class_id,
    origin: labelOrigins[row.origin]!,
    split: splits[row.split]!,
    excluded: row.excluded === 1,
    pinned: row.pinned === 1,
    missing: row.missing === 1,
    prediction: row.predicted_id === null ? null : { classId: row.predicted_id, confidence: row.confidence! },
    findings: findingsOf(db, id),
  };
}

/** What it takes to show an image. */
export interface ImageFile {
  id: number;
  /** Absolute. */
  path: string;
  status: ImageStatus;
  reason: string | null;
  /** Pixels; 0 when unknown. */
  width: number;
  height: number;
  format: string | null;
  bytes: number;
  modifiedMs: number;
  missing: boolean;
}

/** Reads one after another without asking SQLite anew each time what is meant. @throws ReceptiveError 'not-found' */
export function imageFiles(db: Database): (id: number) => ImageFile {
  const select = db.sql.prepare(
    `SELECT sources.path AS source, images.path, status, reason, width, height, format, bytes, modified_ms, missing
     FROM images JOIN sources ON sources.id = source_id WHERE images.id = ?`,
  );
  return (id) => {
    const row = select.get(id) as unknown as ImageRow | undefined;
    if (!row) throw missingImage(id);
    const { source, path, reason, format, bytes } = row;
    return {
      id,
      path: join(source, path),
      status: imageStatuses[row.status]!,
      reason,
      width: row.width ?? 0,
      height: row.height ?? 0,
      format,
      bytes,
      modifiedMs: row.modified_ms,
      missing: row.missing === 1,
    };
  };
}

const missingImage = (id: number): ReceptiveError =>
  new ReceptiveError('not-found', `There is no image ${id} in this project.`);

/** Absolute paths of all images. */
export function imagePaths(db: Database): string[] {
  const rows = db.sql
    .prepare('SELECT sources.path AS source, images.path FROM images JOIN sources ON sources.id = source_id')
    .all();
  return rows.map((row) => join(String(row['source']), String(row['path'])));
}

/** A labelled image; training and evaluation use those that are readable, not excluded, and there. */
export interface LabelledImage {
  id: number;
  /** Absolute. */
  path: string;
  className: string;
  classId: number;
  split: Split;
  bytes: number;
  modifiedMs: number;
  /** Why it was rejected or used with a warning; null where nothing was found. */
  reason: string | null;
  missing: boolean;
}

/** What may be true of a labelled image that is not excluded. */
const labelledWhere = {
  usable: `status <> ${rejected} AND missing = 0`,
  /** Usable if the file were there. */
  missing: `status <> ${rejected} AND missing = 1`,
  unusable: `(status = ${rejected} OR missing = 1)`,
};

/** By id. */
export function labelledImages(db: Database, which: keyof typeof labelledWhere = 'usable'): LabelledImage[] {
  return db.sql
    .prepare(
      `SELECT images.id, sources.path AS source, images.path, classes.name AS className, class_id AS classId, split,
              bytes, modified_ms AS modifiedMs, reason, missing
       FROM images JOIN sources ON sources.id = source_id JOIN classes ON classes.id = class_id
       WHERE excluded = 0 AND ${labelledWhere[which]} ORDER BY images.id`,
    )
    .all()
    .map((found) => {
      const { source, ...row } = found as unknown as Omit<LabelledImage, 'split' | 'missing'> &
        Record<'split' | 'missing', number> & { source: string };
      return { ...row, path: join(source, row.path), split: splits[row.split]!, missing: row.missing === 1 };
    });
}

/** Up to `count` usable labelled images from all over the project. */
export function labelledSample(db: Database, count: number, random: Random): { path: string; className: string }[] {
  const ids = db.sql
    .prepare(`SELECT id FROM images WHERE class_id IS NOT NULL AND excluded = 0 AND ${labelledWhere.usable}`)
    .all()
    .map(({ id }) => Number(id));
  const select = db.sql.prepare(
    `SELECT sources.path AS source, images.path, classes.name AS className
     FROM images JOIN sources ON sources.id = source_id JOIN classes ON classes.id = class_id WHERE images.id = ?`,
  );
  return random
    .shuffle(ids)
    .slice(0, count)
    .map((id) => {
      const { source, path, className } = select.get(id) as unknown as Record<'source' | 'path' | 'className', string>;
      return { path: join(source, path), className };
    });
}

/** Marks images that turned out to be unusable; their labels stay, should the files be mended. */
export function rejectImages(db: Database, images: readonly { id: number; reason: string }[]): void {
  db.transaction(() => {
    const update = db.sql.prepare('UPDATE images SET status = ?, reason = ? WHERE id = ?');
    for (const { id, reason } of images) update.run(rejected, reason, id);
  });
}

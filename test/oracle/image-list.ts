/** The images of a view, filtered and sorted by SQLite: slow, and plainly what the words of a query mean. */
import { imageStatuses, labelOrigins, splits } from '../../src-main/shared/image-query.ts';
import type { ImageFilter, ImageOrder, ImageQuery } from '../../src-main/shared/image-query.ts';
import { imageFlags } from '../../src-main/shared/project.ts';
import type { ImageColumns } from '../../src-main/shared/project.ts';
import type { Database } from '../../src-main/engine/store/database.ts';
import { findingQuery } from '../../src-main/engine/store/findings.ts';

type Value = string | number;

/** The conditions of a filter as SQL, with their values in order. */
function conditions(filter: ImageFilter): { sql: string; values: Value[] } {
  const parts: string[] = [];
  const values: Value[] = [];
  const add = (sql: string, ...given: Value[]): void => {
    parts.push(sql);
    values.push(...given);
  };
  const addRange = (sql: string, range: { from?: number | undefined; to?: number | undefined } | undefined): void => {
    if (range?.from !== undefined) add(`${sql} >= ?`, range.from);
    if (range?.to !== undefined) add(`${sql} <= ?`, range.to);
  };
  if (filter.classId === null) add('images.class_id IS NULL');
  else if (filter.classId !== undefined) add('images.class_id = ?', filter.classId);
  if (filter.status !== undefined) add('status = ?', imageStatuses.indexOf(filter.status));
  if (filter.split !== undefined) add('split = ?', splits.indexOf(filter.split));
  if (filter.origin !== undefined) add('origin = ?', labelOrigins.indexOf(filter.origin));
  if (filter.excluded !== undefined) add('excluded = ?', Number(filter.excluded));
  if (filter.pinned !== undefined) add('pinned = ?', Number(filter.pinned));
  if (filter.missing !== undefined) add('missing = ?', Number(filter.missing));
  if (filter.format !== undefined) add('format = ?', filter.format);
  addRange('MAX(width, height)', filter.longerSide);
  addRange('modified_ms', filter.modified);
  if (filter.predictedId === null) add('predictions.class_id IS NULL');
  else if (filter.predictedId !== undefined) add('predictions.class_id = ?', filter.predictedId);
  if (filter.predictedWrongly !== undefined) {
    add(`(predictions.class_id <> images.class_id) IS ${filter.predictedWrongly ? 'TRUE' : 'NOT TRUE'}`);
  }
  addRange('confidence', filter.confidence);
  if (filter.text) add('has_text(path, ?)', filter.text);
  return { sql: parts.length === 0 ? '' : `WHERE ${parts.join(' AND ')}`, values };
}

const capitals = (text: string): string => text.normalize('NFC').toUpperCase();

const orders: Record<ImageOrder, (direction: 'ASC' | 'DESC') => string> = {
  added: (direction) => `images.id ${direction}`,
  path: (direction) => `source_id ${direction}, path ${direction}`,
  modified: (direction) => `modified_ms ${direction}`,
  pixels: (direction) => `width * height ${direction} NULLS LAST`,
  bytes: (direction) => `bytes ${direction}`,
  class: (direction) => `images.class_id ${direction} NULLS LAST`,
  prediction: (direction) => `predictions.class_id ${direction} NULLS LAST`,
  confidence: (direction) => `confidence ${direction} NULLS LAST`,
  uncertainty: (direction) => `margin ${direction === 'DESC' ? 'ASC' : 'DESC'} NULLS LAST`,
};

/** Duplicates stand beside those they are duplicates of. */
function orderOf({ sort, finding }: ImageQuery): string {
  if (sort) return `${orders[sort.by](sort.descending ? 'DESC' : 'ASC')}, images.id`;
  return finding === undefined ? 'images.id' : 'found.value, images.id';
}

type Row = [number, number | null, number, number, number, number, number | null, number | null];

/** The images of a view in its order, `similarTo` left aside. */
export function listBySql(db: Database, query: ImageQuery): ImageColumns {
  const { sql, values } = conditions(query);
  db.sql.function('has_text', (path, text) => Number(capitals(String(path)).includes(capitals(String(text)))));
  const { finding } = query;
  const { excluded, pinned, missing } = imageFlags;
  const statement = db.sql.prepare(
    `SELECT images.id, images.class_id, status, split, origin,
            excluded * ${excluded} + pinned * ${pinned} + missing * ${missing}, predictions.class_id, confidence
     FROM images LEFT JOIN predictions ON predictions.image_id = images.id
     ${finding === undefined ? '' : `JOIN (${findingQuery(finding)}) AS found ON found.image_id = images.id`}
     ${sql} ORDER BY ${orderOf(query)}`,
  );
  statement.setReturnArrays(true);
  const rows = statement.all(...values) as unknown as Row[];
  const columns: ImageColumns = {
    ids: new Uint32Array(rows.length),
    classIds: new Uint32Array(rows.length),
    statuses: new Uint8Array(rows.length),
    splits: new Uint8Array(rows.length),
    origins: new Uint8Array(rows.length),
    flags: new Uint8Array(rows.length),
    predictedIds: new Uint32Array(rows.length),
    confidences: new Float32Array(rows.length),
  };
  rows.forEach(([id, classId, status, split, origin, flags, predictedId, confidence], index) => {
    columns.ids[index] = id;
    columns.classIds[index] = classId ?? 0;
    columns.statuses[index] = status;
    columns.splits[index] = split;
    columns.origins[index] = origin;
    columns.flags[index] = flags;
    columns.predictedIds[index] = predictedId ?? 0;
    columns.confidences[index] = confidence ?? 0;
  });
  return columns;
}

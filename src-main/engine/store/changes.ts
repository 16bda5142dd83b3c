/** What a journal entry holds: changes with the values before and after, and how either side is put in place. */
import { z } from 'zod';
import { labelOrigins } from '../../shared/image-query.ts';
import { nextKey } from './class-looks.ts';
import type { Database } from './database.ts';

const value = z.union([z.string(), z.number(), z.null()]);
/** One value that all images have, or one an image. */
const values = z.union([value, z.array(value)]);
const sides = z.strictObject({ before: values, after: values });
const imageIds = z.array(z.number().int());
const row = z.record(z.string().regex(/^[a-z_]+$/), value).nullable();

/** Columns of many images. */
const imagesChange = z.strictObject({
  kind: z.literal('images'),
  ids: imageIds,
  columns: z.strictObject({
    class_id: sides.optional(),
    origin: sides.optional(),
    split: sides.optional(),
    pinned: sides.optional(),
    excluded: sides.optional(),
  }),
});
/** How entries were written before labels had an origin: one column. */
const singleColumnChange = sides
  .extend({ kind: z.literal('images'), column: z.enum(['class_id', 'split']), ids: imageIds })
  .transform(({ kind, ids, column, before, after }): z.output<typeof imagesChange> => ({
    kind,
    ids,
    columns: { [column]: { before, after } },
  }));
/** One row that was made (`before` null), changed or deleted (`after` null). */
const rowChange = z.strictObject({
  kind: z.literal('row'),
  table: z.enum(['classes', 'networks']),
  id: z.number().int(),
  before: row,
  after: row,
  /** Of a class that is deleted: the class that its images go to. */
  heir: z.number().int().optional(),
});
/** Predictions of a class that goes: they follow to the class `after`, or go with it (null). */
const predictionsChange = z.strictObject({
  kind: z.literal('predictions'),
  /** Which predictions: when newer ones have taken their place, those are left as they are. */
  madeAt: z.string().nullable(),
  ids: imageIds,
  confidences: z.array(z.number()),
  margins: z.array(z.number()),
  before: z.number().int().nullable(),
  after: z.number().int().nullable(),
});

export const entrySchema = z.array(z.union([imagesChange, singleColumnChange, rowChange, predictionsChange]));

export type Change = z.output<typeof entrySchema>[number];
export type ImagesChange = z.output<typeof imagesChange>;
export type RowChange = z.output<typeof rowChange>;
export type PredictionsChange = z.output<typeof predictionsChange>;
export type Values = z.output<typeof values>;
export type Direction = 'undo' | 'redo';

/** The side of a change that a step leads to. */
export const targetOf = <T>(change: { before: T; after: T }, direction: Direction): T =>
  direction === 'redo' ? change.after : change.before;

/** Puts one change's values in place: those after it for redo, those before it for undo. */
export function applyChange(db: Database, change: Change, direction: Direction): void {
  switch (change.kind) {
    case 'images':
      applyImages(db, change, direction);
      break;
    case 'row':
      applyRow(db, change, direction);
      break;
    case 'predictions':
      applyPredictions(db, change, direction);
  }
}

function applyImages(db: Database, { ids, columns }: ImagesChange, direction: Direction): void {
  const names = Object.keys(columns);
  const targets = Object.values(columns).map((column) => targetOf(column, direction));
  const update = db.sql.prepare(`UPDATE images SET ${names.map((name) => `${name} = ?`).join(', ')} WHERE id = ?`);
  ids.forEach((id, index) => update.run(...targets.map((target) => valueAt(target, index)), id));
  if (columns.class_id && !columns.origin) deriveOrigins(db, ids);
}

/** The value of the image at `index` among a change's ids. */
export const valueAt = (target: Values, index: number): string | number | null =>
  Array.isArray(target) ? (target[index] ?? null) : target;

/** For entries written before labels had an origin: as the schema's third step gives it to labels of that time. */
function deriveOrigins(db: Database, ids: readonly number[]): void {
  db.sql
    .prepare(
      `UPDATE images SET origin = CASE
         WHEN class_id IS NULL THEN ${labelOrigins.indexOf('none')}
         WHEN EXISTS (SELECT 1 FROM classes WHERE classes.id = class_id AND instr(path, name || '/') = 1)
         THEN ${labelOrigins.indexOf('imported')}
         ELSE ${labelOrigins.indexOf('person')}
       END WHERE id IN (SELECT value FROM json_each(?))`,
    )
    .run(JSON.stringify(ids));
}

function applyRow(db: Database, change: RowChange, direction: Direction): void {
  const { table, id } = change;
  const given = targetOf(change, direction);
  if (given === null) {
    db.sql.prepare(`DELETE FROM ${table} WHERE id = ?`).run(id);
    return;
  }
  const target = table === 'classes' ? { ...given, key: freeKey(db, id, given['key']) } : given;
  const columns = Object.keys(target);
  const assignments = columns.map((column) => `${column} = excluded.${column}`);
  db.sql
    .prepare(
      `INSERT INTO ${table} (id, ${columns.join(', ')}) VALUES (?${', ?'.repeat(columns.length)})
       ON CONFLICT (id) DO UPDATE SET ${assignments.join(', ')}`,
    )
    .run(id, ...Object.values(target));
}

/**
 * The key that a class gets back: none when a class that an import has made since has it. Entries written before keys
 * were kept name none: the class keeps the one it has, or gets the first that is free.
 */
function freeKey(db: Database, id: number, key: string | number | null | undefined): string | null {
  if (key === undefined) {
    const known = db.sql.prepare('SELECT key FROM classes WHERE id = ?').get(id);
    return known ? (known['key'] as string | null) : nextKey(db);
  }
  const taken = db.sql.prepare('SELECT 1 FROM classes WHERE key = ? AND id <> ?').get(key, id);
  return taken || key === null ? null : String(key);
}

/** A prediction that was made since, of the same image by what goes on predicting, stays. */
function applyPredictions(db: Database, change: PredictionsChange, direction: Direction): void {
  if (predictionsMadeAt(db) !== change.madeAt) return;
  const target = targetOf(change, direction);
  const known = targetOf(change, direction === 'undo' ? 'redo' : 'undo');
  const put = db.sql.prepare(
    `INSERT INTO predictions (image_id, class_id, confidence, margin) VALUES (?, ?, ?, ?)
     ON CONFLICT (image_id) DO UPDATE SET class_id = excluded.class_id WHERE predictions.class_id = ?`,
  );
  const remove = db.sql.prepare('DELETE FROM predictions WHERE image_id = ? AND class_id = ?');
  change.ids.forEach((id, index) => {
    if (target === null) remove.run(id, known);
    else put.run(id, target, change.confidences[index]!, change.margins[index]!, known);
  });
}

function predictionsMadeAt(db: Database): string | null {
  const source = db.sql.prepare('SELECT made_at FROM prediction_source').get();
  return source ? String(source['made_at']) : null;
}

/** What makes the predictions of the class `from` those of `to`, or takes them away. */
export function predictionsOfClass(db: Database, from: number, to: number | null): PredictionsChange[] {
  const rows = db.sql
    .prepare('SELECT image_id AS id, confidence, margin FROM predictions WHERE class_id = ? ORDER BY image_id')
    .all(from) as unknown as { id: number; confidence: number; margin: number }[];
  if (rows.length === 0) return [];
  return [
    {
      kind: 'predictions',
      madeAt: predictionsMadeAt(db),
      ids: rows.map(({ id }) => id),
      confidences: rows.map(({ confidence }) => confidence),
      margins: rows.map(({ margin }) => margin),
      before: from,
      after: to,
    },
  ];
}

/** One value where all are the same: an entry about 100,000 images stays short. */
export function compact(given: (string | number | null)[]): Values {
  return given.every((one) => one === given[0]) ? (given[0] ?? null) : given;
}

/**
 * Undo and redo. Every undoable change is one transaction that writes both the data and one journal entry, and an entry
 * holds what it changed with the values before and after, so it can be applied in either direction at any later time.
 */
import { z } from 'zod';
import { ReceptiveError } from '../../shared/errors.ts';
import type { Database } from './database.ts';
import { isConstraint } from './errors.ts';

const value = z.union([z.string(), z.number(), z.null()]);
const row = z.record(z.string().regex(/^[a-z_]+$/), value).nullable();

/** One column of many images: `before` holds a value an image, `after` the one value all of them got, or one an image. */
const imagesChange = z.strictObject({
  kind: z.literal('images'),
  column: z.enum(['class_id', 'split']),
  ids: z.array(z.number().int()),
  before: z.array(value),
  after: z.union([value, z.array(value)]),
});
/** One row that was made (`before` null), changed or deleted (`after` null). */
const rowChange = z.strictObject({
  kind: z.literal('row'),
  table: z.enum(['classes', 'networks']),
  id: z.number().int(),
  before: row,
  after: row,
});
const changeSchema = z.discriminatedUnion('kind', [imagesChange, rowChange]);
const entrySchema = z.array(changeSchema);

export type Change = z.output<typeof changeSchema>;
type RowChange = z.output<typeof rowChange>;
type Direction = 'undo' | 'redo';

/** Puts one change's values in place: those after it for redo, those before it for undo. */
function applyChange(db: Database, change: Change, direction: Direction): void {
  const target = direction === 'redo' ? change.after : change.before;
  if (change.kind === 'images') {
    const update = db.sql.prepare(`UPDATE images SET ${change.column} = ? WHERE id = ?`);
    const values = target as Change['after'] & (string | number | null | (string | number | null)[]);
    change.ids.forEach((id, index) => update.run(Array.isArray(values) ? (values[index] ?? null) : values, id));
    return;
  }
  applyRow(db, change, target as RowChange['after']);
}

function applyRow(db: Database, { table, id }: RowChange, target: RowChange['after']): void {
  if (target === null) {
    db.sql.prepare(`DELETE FROM ${table} WHERE id = ?`).run(id);
    return;
  }
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
 * An import is not in the journal, and may have given a class images since. Undoing the class's making (or deleting it
 * again) takes the class from those too, so the entry is completed with them and the other direction brings them back.
 */
function withImportedImages(db: Database, changes: Change[], direction: Direction): Change[] {
  return changes.flatMap((change) => {
    const removed = change.kind === 'row' && (direction === 'redo' ? change.after : change.before) === null;
    if (!removed || change.table !== 'classes') return [change];
    const known = new Set(changes.flatMap((other) => (other.kind === 'images' ? other.ids : [])));
    const ids = imagesOfClass(db, change.id).filter((id) => !known.has(id));
    if (ids.length === 0) return [change];
    const made = direction === 'undo';
    const clearing: Change = {
      kind: 'images',
      column: 'class_id',
      ids,
      before: ids.map(() => (made ? null : change.id)),
      after: made ? change.id : null,
    };
    return made ? [change, clearing] : [clearing, change];
  });
}

export function imagesOfClass(db: Database, classId: number): number[] {
  return db.sql
    .prepare('SELECT id FROM images WHERE class_id = ? ORDER BY id')
    .all(classId)
    .map((found) => Number(found['id']));
}

/** The id the next new row gets; ids are never used twice, so that undo can bring a row back under its own. */
export function nextId(db: Database, table: RowChange['table']): number {
  const row = db.sql.prepare('SELECT seq FROM sqlite_sequence WHERE name = ?').get(table);
  return Number(row?.['seq'] ?? 0) + 1;
}

/** Makes the changes and their journal entry, in the running transaction. Nothing to change: no entry. */
export function record(db: Database, label: string, changes: Change[]): void {
  const effective = changes.filter((change) => change.kind === 'row' || change.ids.length > 0);
  if (effective.length === 0) return;
  for (const change of effective) applyChange(db, change, 'redo');
  db.sql.exec('DELETE FROM journal WHERE undone = 1');
  db.sql.prepare('INSERT INTO journal (label, changes) VALUES (?, ?)').run(label, JSON.stringify(effective));
}

/** Where the entry stands that a step takes back or does again. */
const nextEntry: Record<Direction, string> = {
  undo: 'FROM journal WHERE undone = 0 ORDER BY id DESC LIMIT 1',
  redo: 'FROM journal WHERE undone = 1 ORDER BY id LIMIT 1',
};

/** What undo or redo would take back or do again, in the words of the change; null when there is nothing. */
export function nextLabel(db: Database, direction: Direction): string | null {
  const entry = db.sql.prepare(`SELECT label ${nextEntry[direction]}`).get();
  return entry ? String(entry['label']) : null;
}

/** Takes back the newest change, or does the oldest undone one again. Throws 'usage' when there is none. */
export function step(db: Database, direction: Direction): void {
  db.transaction(() => {
    const entry = db.sql.prepare(`SELECT id, label, changes ${nextEntry[direction]}`).get();
    if (!entry) throw new ReceptiveError('usage', `There is nothing to ${direction}.`);
    const changes = withImportedImages(db, entrySchema.parse(JSON.parse(String(entry['changes']))), direction);
    try {
      for (const change of direction === 'undo' ? changes.toReversed() : changes) applyChange(db, change, direction);
    } catch (error) {
      if (!isConstraint(error)) throw error;
      throw new ReceptiveError(
        'exists',
        `"${String(entry['label'])}" cannot be ${direction === 'undo' ? 'undone' : 'redone'}: its name has been taken since.`,
        'Rename the class or network that has the name now, then try again.',
      );
    }
    db.sql
      .prepare('UPDATE journal SET undone = ?, changes = ? WHERE id = ?')
      .run(direction === 'undo' ? 1 : 0, JSON.stringify(changes), Number(entry['id']));
  });
}

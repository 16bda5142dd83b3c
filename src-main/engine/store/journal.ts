/**
 * Undo and redo. Every undoable change is one transaction that writes both the data and one journal entry, and an entry
 * holds what it changed with the values before and after, so it can be applied in either direction at any later time.
 */
import { ReceptiveError } from '../../shared/errors.ts';
import { labelOrigins } from '../../shared/image-query.ts';
import { applyChange, compact, entrySchema, predictionsOfClass, targetOf } from './changes.ts';
import type { Change, Direction, RowChange } from './changes.ts';
import type { Database } from './database.ts';
import { isConstraint } from './errors.ts';

/**
 * An import and predictions are not in the journal, and may have given a class images since. Undoing the class's making
 * (or deleting it again) takes the class from those too, so the entry is completed with them and the other direction
 * brings them back.
 */
function withLaterImages(db: Database, changes: Change[], direction: Direction): Change[] {
  const removals = changes.filter(
    (change): change is RowChange =>
      change.kind === 'row' && change.table === 'classes' && targetOf(change, direction) === null,
  );
  if (removals.length === 0) return changes;
  const labelled = changes.filter((change) => change.kind === 'images').filter(({ columns }) => columns.class_id);
  const known = new Set(labelled.flatMap(({ ids }) => ids));
  const leaving = removals.flatMap(({ id, heir }) => {
    const images = imagesOfClass(db, id).filter((image) => !known.has(image.id));
    return leaveClass(db, id, heir ?? null, images);
  });
  const others = changes.filter((change) => change.kind !== 'predictions');
  // Applied from the end in undo: either way the images leave the class before it goes.
  return direction === 'redo' ? [...leaving, ...others] : [...others, ...leaving.map(reversed)];
}

/** What makes these images of the class `from`, and its predictions, ones of `to` or of none. */
export function leaveClass(
  db: Database,
  from: number,
  to: number | null,
  images: readonly { id: number; origin: number }[],
): Change[] {
  const origins = compact(images.map(({ origin }) => origin));
  const labels: Change = {
    kind: 'images',
    ids: images.map(({ id }) => id),
    columns: {
      class_id: { before: from, after: to },
      origin: { before: origins, after: to === null ? labelOrigins.indexOf('none') : origins },
    },
  };
  return [...(images.length > 0 ? [labels] : []), ...predictionsOfClass(db, from, to)];
}

function reversed(change: Change): Change {
  if (change.kind !== 'images') return swapped(change);
  const columns = Object.entries(change.columns).map(([name, column]) => [name, swapped(column)]);
  return { ...change, columns: Object.fromEntries(columns) as typeof change.columns };
}

const swapped = <T extends { before: unknown; after: unknown }>(change: T): T => ({
  ...change,
  before: change.after,
  after: change.before,
});

export function imagesOfClass(db: Database, classId: number): { id: number; origin: number }[] {
  const rows = db.sql.prepare('SELECT id, origin FROM images WHERE class_id = ? ORDER BY id').all(classId);
  return rows as unknown as { id: number; origin: number }[];
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

/** Where the entry stands that a step takes back or does again; those undone are the newest. */
const nextEntry: Record<Direction, string> = {
  undo: `FROM journal WHERE id < IFNULL((SELECT MIN(id) FROM journal WHERE undone = 1), 9e18)
         ORDER BY id DESC LIMIT 1`,
  redo: 'FROM journal WHERE undone = 1 ORDER BY id LIMIT 1',
};

/** What undo or redo would take back or do again, in the words of the change; null when there is nothing. */
export function nextLabel(db: Database, direction: Direction): string | null {
  const entry = db.sql.prepare(`SELECT label ${nextEntry[direction]}`).get();
  return entry ? String(entry['label']) : null;
}

/**
 * Takes back the newest change, or does the oldest undone one again. Throws 'usage' when there is none.
 * @returns what was put back in place, or in place again.
 */
export function step(db: Database, direction: Direction): Change[] {
  return db.transaction(() => {
    const entry = db.sql.prepare(`SELECT id, label, changes ${nextEntry[direction]}`).get();
    if (!entry) throw new ReceptiveError('usage', `There is nothing to ${direction}.`);
    const changes = withLaterImages(db, entrySchema.parse(JSON.parse(String(entry['changes']))), direction);
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
    return changes;
  });
}

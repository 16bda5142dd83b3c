/** Classes, and the labels that give images theirs. */
import { ReceptiveError } from '../../shared/errors.ts';
import type { ClassInfo } from '../../shared/labelling.ts';
import type { Database } from './database.ts';
import { rejected } from './images.ts';
import { imagesOfClass, nextId, record } from './journal.ts';
import type { Change } from './journal.ts';

/**
 * Okabe and Ito, "Color Universal Design", 2008, without black: told apart with any colour vision. From the eighth class
 * on, further hues that stand out from a white ground as well as from a dark one.
 */
export const palette = [
  '#e69f00',
  '#56b4e9',
  '#009e73',
  '#f0e442',
  '#0072b2',
  '#d55e00',
  '#cc79a7',
  '#7b5fd0',
  '#999933',
  '#a02c5a',
  '#888888',
  '#8c5a2b',
  '#2ec4b6',
  '#1b8a3a',
] as const;

interface ClassRow {
  id: number;
  name: string;
  color: string;
}

export function listClasses(db: Database): ClassInfo[] {
  const rows = db.sql
    .prepare(
      `SELECT id, name, color, (SELECT COUNT(*) FROM images WHERE class_id = classes.id) AS count
       FROM classes ORDER BY id`,
    )
    .all() as unknown as (ClassRow & { count: number })[];
  return rows.map((row, index) => ({ ...row, key: index < 9 ? String(index + 1) : null }));
}

function findClass(db: Database, id: number): ClassRow {
  const row = db.sql.prepare('SELECT id, name, color FROM classes WHERE id = ?').get(id);
  if (!row) throw new ReceptiveError('not-found', `There is no class ${id} any more.`, 'It may have been deleted.');
  return row as unknown as ClassRow;
}

function refuseTakenName(db: Database, name: string): void {
  if (!db.sql.prepare('SELECT 1 FROM classes WHERE name = ?').get(name)) return;
  throw new ReceptiveError('exists', `There is a class "${name}" already.`, 'Choose another name.');
}

/** A class's name is a folder's name where classes come from folders, so it keeps to what a folder may be called. */
function checkName(name: string): string {
  const trimmed = name.trim();
  if (trimmed === '' || trimmed.includes('/') || trimmed.includes('\0') || trimmed.startsWith('.')) {
    throw new ReceptiveError(
      'usage',
      `"${name}" cannot be a class's name.`,
      'Use a name that a folder can have: not empty, without "/", not starting with a dot.',
    );
  }
  return trimmed;
}

/** The first colour no class has, or, when all are taken, the next in turn. */
function nextColor(db: Database): string {
  const used = db.sql
    .prepare('SELECT color FROM classes')
    .all()
    .map((row) => row['color']);
  return palette.find((color) => !used.includes(color)) ?? palette[used.length % palette.length]!;
}

export function createClass(db: Database, givenName: string): ClassInfo {
  const name = checkName(givenName);
  const id = db.transaction(() => {
    refuseTakenName(db, name);
    const id = nextId(db, 'classes');
    const after = { name, color: nextColor(db) };
    record(db, `New class "${name}"`, [{ kind: 'row', table: 'classes', id, before: null, after }]);
    return id;
  });
  return listClasses(db).find((info) => info.id === id)!;
}

export function renameClass(db: Database, id: number, givenName: string): void {
  const name = checkName(givenName);
  db.transaction(() => {
    const { name: oldName, color } = findClass(db, id);
    if (name === oldName) return;
    refuseTakenName(db, name);
    record(db, `Rename class "${oldName}" to "${name}"`, [
      { kind: 'row', table: 'classes', id, before: { name: oldName, color }, after: { name, color } },
    ]);
  });
}

/** Its images become unlabelled. */
export function deleteClass(db: Database, id: number): void {
  db.transaction(() => {
    const { name, color } = findClass(db, id);
    const ids = imagesOfClass(db, id);
    record(db, `Delete class "${name}"`, [
      { kind: 'images', column: 'class_id', ids, before: ids.map(() => id), after: null },
      { kind: 'row', table: 'classes', id, before: { name, color }, after: null },
    ]);
  });
}

/** For an import, which is not undoable: the class of that name, made when it is not there. In the running transaction. */
export function classForImport(db: Database, name: string): number {
  const row = db.sql.prepare('SELECT id FROM classes WHERE name = ?').get(name);
  if (row) return Number(row['id']);
  const { lastInsertRowid } = db.sql
    .prepare('INSERT INTO classes (name, color) VALUES (?, ?)')
    .run(name, nextColor(db));
  return Number(lastInsertRowid);
}

/**
 * Gives images a class, or none. One undoable change, on disk when this returns. Rejected images are passed over: they
 * have no class, whatever the selection held.
 */
export function setLabels(db: Database, ids: readonly number[], classId: number | null): void {
  db.transaction(() => {
    const name = classId === null ? null : findClass(db, classId).name;
    const current = db.sql.prepare('SELECT class_id, status FROM images WHERE id = ?');
    const change = {
      kind: 'images',
      column: 'class_id',
      ids: [] as number[],
      before: [] as (number | null)[],
    } as const;
    for (const id of new Set(ids)) {
      const row = current.get(id) as { class_id: number | null; status: number } | undefined;
      if (!row) throw new ReceptiveError('not-found', `There is no image ${id} in this project.`);
      if (row.class_id === classId || row.status === rejected) continue;
      change.ids.push(id);
      change.before.push(row.class_id);
    }
    const images = change.ids.length === 1 ? '1 image' : `${change.ids.length} images`;
    record(db, name === null ? `Take the label from ${images}` : `Label ${images} "${name}"`, [
      { ...change, after: classId } satisfies Change,
    ]);
  });
}

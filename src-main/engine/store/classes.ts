/** Classes: what images may be labelled with. */
import { ReceptiveError } from '../../shared/errors.ts';
import { reservedKeys } from '../../shared/labelling.ts';
import type { ClassInfo } from '../../shared/labelling.ts';
import { nextColor, nextKey } from './class-looks.ts';
import type { Database } from './database.ts';
import { rejected } from './images.ts';
import { imagesOfClass, leaveClass, nextId, record } from './journal.ts';

type ClassRow = Omit<ClassInfo, 'count'>;

/** In the order they were made. */
export function listClasses(db: Database): ClassInfo[] {
  return db.sql
    .prepare(
      `SELECT id, name, color, key,
         (SELECT COUNT(*) FROM images WHERE class_id = classes.id AND status <> ${rejected} AND excluded = 0) AS count
       FROM classes ORDER BY id`,
    )
    .all() as unknown as ClassInfo[];
}

/** Throws 'not-found'. */
export function findClass(db: Database, id: number): ClassRow {
  const row = db.sql.prepare('SELECT id, name, color, key FROM classes WHERE id = ?').get(id);
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

/** With the first key and the first colour that are free. */
export function createClass(db: Database, givenName: string): ClassInfo {
  const name = checkName(givenName);
  return db.transaction(() => {
    refuseTakenName(db, name);
    const id = nextId(db, 'classes');
    const after = { name, color: nextColor(db), key: nextKey(db) };
    record(db, `New class "${name}"`, [{ kind: 'row', table: 'classes', id, before: null, after }]);
    return { id, ...after, count: 0 };
  });
}

/** What makes something else of a class. */
function change({ id, ...before }: ClassRow, to: Partial<Omit<ClassRow, 'id'>>) {
  return { kind: 'row' as const, table: 'classes' as const, id, before, after: { ...before, ...to } };
}

export function renameClass(db: Database, id: number, givenName: string): void {
  const name = checkName(givenName);
  db.transaction(() => {
    const known = findClass(db, id);
    if (name === known.name) return;
    refuseTakenName(db, name);
    record(db, `Rename class "${known.name}" to "${name}"`, [change(known, { name })]);
  });
}

/** @param color #rrggbb. */
export function setClassColor(db: Database, id: number, color: string): void {
  db.transaction(() => {
    const known = findClass(db, id);
    if (color !== known.color) record(db, `Colour of class "${known.name}"`, [change(known, { color })]);
  });
}

/** A key of the labelling view: a digit or a lower-case letter that does nothing else there. */
function checkKey(key: string): void {
  if (!/^[0-9a-z]$/.test(key)) {
    throw new ReceptiveError(
      'usage',
      `"${key}" cannot be a class's key.`,
      'Choose a digit or a lower-case letter without an accent.',
    );
  }
  if (!(reservedKeys as readonly string[]).includes(key)) return;
  throw new ReceptiveError(
    'usage',
    `"${key}" cannot be a class's key: it is a command when images are labelled.`,
    `Choose another one; ${reservedKeys.map((one) => one.toUpperCase()).join(', ')} are taken by commands.`,
  );
}

/** The class that has the key loses it. One undoable change. Throws 'usage' for a reserved key. */
export function setClassKey(db: Database, id: number, key: string | null): void {
  if (key !== null) checkKey(key);
  db.transaction(() => {
    const known = findClass(db, id);
    if (key === known.key) return;
    const losers = db.sql.prepare('SELECT id, name, color, key FROM classes WHERE key = ?').all(key);
    record(db, key === null ? `No key for class "${known.name}"` : `Key "${key}" for class "${known.name}"`, [
      ...losers.map((row) => change(row as unknown as ClassRow, { key: null })),
      change(known, { key }),
    ]);
  });
}

/** Its images and predictions go to the class `moveTo`; without one the images become unlabelled, the predictions go. */
export function deleteClass(db: Database, id: number, moveTo: number | null = null): void {
  db.transaction(() => {
    const known = findClass(db, id);
    remove(db, known, moveTo, `Delete class "${known.name}"`);
  });
}

/** All images and predictions of `id` become ones of `into`, and the class `id` goes. */
export function mergeClasses(db: Database, id: number, into: number): void {
  db.transaction(() => {
    const known = findClass(db, id);
    remove(db, known, into, `Merge class "${known.name}" into "${findClass(db, into).name}"`);
  });
}

function remove(db: Database, { id, ...before }: ClassRow, heir: number | null, label: string): void {
  if (heir === id) {
    throw new ReceptiveError(
      'usage',
      `The images of "${before.name}" cannot go to the class itself.`,
      'Choose another.',
    );
  }
  if (heir !== null) findClass(db, heir);
  record(db, label, [
    ...leaveClass(db, id, heir, imagesOfClass(db, id)),
    { kind: 'row', table: 'classes', id, before, after: null, ...(heir === null ? {} : { heir }) },
  ]);
}

/** For an import, which is not undoable: the class of that name, made when it is not there. In the running transaction. */
export function classForImport(db: Database, name: string): number {
  const row = db.sql.prepare('SELECT id FROM classes WHERE name = ?').get(name);
  if (row) return Number(row['id']);
  const { lastInsertRowid } = db.sql
    .prepare('INSERT INTO classes (name, color, key) VALUES (?, ?, ?)')
    .run(name, nextColor(db), nextKey(db));
  return Number(lastInsertRowid);
}

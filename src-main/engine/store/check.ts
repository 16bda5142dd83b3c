/** Whether project.db can be believed, found out without changing anything. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { ReceptiveError } from '../../shared/errors.ts';
import { findingKinds, imageStatuses, labelOrigins, splits } from '../../shared/image-query.ts';
import type { StoreProblem } from '../../shared/labelling.ts';
import { isDamage, storeError } from './errors.ts';
import { applicationId, migrations } from './schema.ts';
import { fingerprintOfFile, isSame, readSeal } from './seal.ts';
import type { Seal } from './seal.ts';
import { isLogCutShort } from './wal.ts';

export const databaseName = 'project.db';

export function pragma(db: DatabaseSync, name: string): unknown {
  return Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
}

/** Why a project's database is not opened, told apart so that the screen can offer what helps. */
export class StoreRefused extends ReceptiveError {
  readonly problem: StoreProblem;

  constructor(problem: StoreProblem, message: string, hint: string) {
    super('unreadable', message, hint);
    this.name = 'StoreRefused';
    this.problem = problem;
  }
}

const restoreHint = 'It was left as it is. Restore an automatic copy, or make a new project from the images.';

export const damaged = (file: string, what: string): StoreRefused =>
  new StoreRefused('damaged', `"${file}" is damaged: ${what}.`, restoreHint);

/** Reads project.db alone, without the log and without leaving a file beside it. */
export function openAlone(file: string): DatabaseSync {
  const url = pathToFileURL(file);
  url.search = '?immutable=1';
  return new DatabaseSync(url, { readOnly: true });
}

const oneOf = (column: string, count: number): string => `${column} NOT BETWEEN 0 AND ${count - 1}`;

/** What no row may be, with the schema's version that brought its columns in. */
const impossible: readonly [table: string, condition: string, since: number][] = [
  ['images', `${oneOf('status', imageStatuses.length)} OR ${oneOf('split', splits.length)}`, 1],
  [
    'images',
    `${oneOf('excluded', 2)} OR ${oneOf('pinned', 2)} OR ${oneOf('missing', 2)} OR ${oneOf('origin', labelOrigins.length)}`,
    3,
  ],
  ['journal', `${oneOf('undone', 2)} OR NOT json_valid(changes)`, 1],
  ['networks', 'NOT json_valid(json)', 1],
  ['imports', 'NOT json_valid(paths)', 2],
  ['predictions', 'confidence NOT BETWEEN 0 AND 1', 3],
  ['findings', oneOf('kind', findingKinds.length), 3],
  ['queue', 'NOT json_valid(network) OR NOT json_valid(recipe)', 4],
];

/** What is wrong with its pages, its rows or what they refer to, as a part of a sentence; null when nothing is. */
function flawIn(db: DatabaseSync, version: number): string | null {
  const verdict = pragma(db, 'integrity_check(1)');
  if (verdict !== 'ok') return String(verdict).replaceAll('\n', ' ');
  const dangling = db.prepare('PRAGMA foreign_key_check').get();
  if (dangling) return `a row of "${dangling['table']}" refers to one of "${dangling['parent']}" that is not there`;
  for (const [table, condition, since] of impossible) {
    if (version < since) continue;
    const count = Number(db.prepare(`SELECT COUNT(*) AS count FROM ${table} WHERE ${condition}`).get()?.['count']);
    if (count > 0) return `${count} of the rows of "${table}" hold what cannot be`;
  }
  return null;
}

function requireOurs(db: DatabaseSync, file: string): void {
  if (pragma(db, 'application_id') === applicationId) return;
  throw new StoreRefused(
    'damaged',
    `"${file}" is not a Receptive project's database.`,
    'Choose the folder of a project; a folder of images is opened as images.',
  );
}

/** Throws what is wrong with a database that no seal vouches for. */
function requireSound(db: DatabaseSync, file: string): void {
  const version = Number(pragma(db, 'user_version'));
  if (version > migrations.length) {
    throw new ReceptiveError(
      'unsupported',
      `"${file}" was written by a newer Receptive (format ${version}; this one knows ${migrations.length}).`,
      'Update Receptive and open the project again.',
    );
  }
  const flaw = flawIn(db, version);
  if (flaw !== null) throw damaged(file, flaw);
}

function withDatabase(db: DatabaseSync, work: (db: DatabaseSync) => void): void {
  try {
    work(db);
  } finally {
    db.close();
  }
}

/** With what the log holds, where it holds anything: else the reader would leave an empty one behind. */
function openToRead(file: string): DatabaseSync {
  const log = statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  return log > 0 ? new DatabaseSync(file, { readOnly: true }) : openAlone(file);
}

export interface Examined {
  /** The seal, where it fits. */
  seal: Seal | null;
  /** Why not to open the database although it can be read: it is not as Receptive left it. */
  doubt: StoreRefused | null;
}

/**
 * Looks at the project.db in `folder`, which no other process may have open, and changes nothing.
 * @throws StoreRefused 'damaged'; ReceptiveError 'unsupported' where a newer program wrote it
 */
export function examine(folder: string): Examined {
  const file = join(folder, databaseName);
  try {
    const seal = readSeal(folder);
    const isSealed = seal !== null && isSame(fingerprintOfFile(file), seal);
    // SQLite must not see the log before: it would forget what was in it.
    if (isLogCutShort(file, seal?.merged ?? null)) {
      if (!isSealed) throw damaged(file, 'its log ends too early, and the file is not as it was sealed');
      return { seal, doubt: cutShort(file) };
    }
    if (isSealed) return { seal, doubt: null };
    // First without the log: SQLite deletes the log of an empty file.
    withDatabase(openAlone(file), (db) => requireOurs(db, file));
    withDatabase(openToRead(file), (db) => requireSound(db, file));
    return { seal: null, doubt: seal === null ? null : changedElsewhere(file) };
  } catch (error) {
    if (isDamage(error)) throw damaged(file, (error as Error).message);
    throw storeError(error, folder);
  }
}

function cutShort(file: string): StoreRefused {
  return new StoreRefused(
    'cutShort',
    `"${file}-wal", which holds the newest changes of the project, is damaged: some of them are lost.`,
    'Open it with the changes before those, or restore an automatic copy.',
  );
}

function changedElsewhere(file: string): StoreRefused {
  return new StoreRefused(
    'changed',
    `"${file}" was changed by another program, or by a fault of the disk, since Receptive last saved it.`,
    'Open it as it is if you know of the change, or restore an automatic copy.',
  );
}

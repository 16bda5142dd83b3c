/** project.db: opened by one process at a time, checked before it is believed, every change on disk when it returns. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ReceptiveError } from '../../shared/errors.ts';
import { storeError } from './errors.ts';
import { applicationId, migrations } from './schema.ts';

export const databaseName = 'project.db';

function pragma(db: DatabaseSync, name: string): unknown {
  return Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
}

/**
 * Holds the project for this process: SQLite's exclusive lock on an empty file. The kernel drops it with the process,
 * however that ended, so a stale lock does not exist; project.db itself stays readable for others.
 */
function acquireLock(folder: string): DatabaseSync {
  const lock = new DatabaseSync(join(folder, 'project.lock'));
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** Reads marks and pages without being able to write, so that a damaged or foreign file is left as it was. */
function checkFile(file: string): void {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    if (pragma(db, 'application_id') !== applicationId) {
      throw new ReceptiveError(
        'unreadable',
        `"${file}" is not a Receptive project's database.`,
        'Choose the folder of a project; a folder of images is opened as images.',
      );
    }
    const version = Number(pragma(db, 'user_version'));
    if (version > migrations.length) {
      throw new ReceptiveError(
        'unsupported',
        `"${file}" was written by a newer Receptive (format ${version}; this one knows ${migrations.length}).`,
        'Update Receptive and open the project again.',
      );
    }
    const verdict = pragma(db, 'quick_check(1)');
    if (verdict !== 'ok') {
      throw new ReceptiveError(
        'unreadable',
        `"${file}" is damaged: ${String(verdict)}.`,
        'The file was left as it is; restore the folder from a backup or make a new project from the images.',
      );
    }
  } finally {
    db.close();
  }
}

function migrate(db: DatabaseSync): void {
  for (let version = Number(pragma(db, 'user_version')); version < migrations.length; version++) {
    db.exec(`BEGIN IMMEDIATE; ${migrations[version]}; PRAGMA user_version = ${version + 1}; COMMIT`);
  }
}

export class Database {
  readonly folder: string;
  readonly sql: DatabaseSync;
  readonly #lock: DatabaseSync;

  private constructor(folder: string, sql: DatabaseSync, lock: DatabaseSync) {
    this.folder = folder;
    this.sql = sql;
    this.#lock = lock;
  }

  /**
   * Opens the database of an existing project folder, or makes a new one where `create` is set.
   * Throws 'not-found', 'exists' (open elsewhere, or there already), 'unreadable', 'unsupported', 'disk-full'.
   */
  static open(folder: string, create = false): Database {
    const file = join(folder, databaseName);
    if (!create && !existsSync(file)) {
      throw new ReceptiveError(
        'not-found',
        `"${folder}" is not a project: it holds no ${databaseName}.`,
        'Open a folder of images instead, or choose the folder of a project.',
      );
    }
    let lock: DatabaseSync | undefined;
    let sql: DatabaseSync | undefined;
    try {
      lock = acquireLock(folder);
      if (create && existsSync(file)) {
        throw new ReceptiveError('exists', `"${folder}" already holds a project.`, 'Open it, or choose another name.');
      }
      if (!create) checkFile(file);
      sql = new DatabaseSync(file, { enableForeignKeyConstraints: true, timeout: 5000 });
      if (create) sql.exec(`PRAGMA application_id = ${applicationId}`);
      sql.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
      migrate(sql);
      return new Database(folder, sql, lock);
    } catch (error) {
      sql?.close();
      lock?.close();
      throw storeError(error, folder);
    }
  }

  /** Runs `work` as one transaction: all of it is on disk when this returns, or none of it when it throws. */
  transaction<T>(work: () => T): T {
    try {
      this.sql.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        this.sql.exec('COMMIT');
        return result;
      } catch (error) {
        // A full disk makes SQLite roll back by itself.
        if (this.sql.isTransaction) this.sql.exec('ROLLBACK');
        throw error;
      }
    } catch (error) {
      throw storeError(error, this.folder);
    }
  }

  close(): void {
    this.sql.close();
    this.#lock.close();
  }
}

/** The folder that a project was made of, read without opening the project; null when it has none or cannot be read. */
export function readOrigin(folder: string): string | null {
  const file = join(folder, databaseName);
  if (!existsSync(file)) return null;
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { readOnly: true });
    if (pragma(db, 'application_id') !== applicationId) return null;
    return (db.prepare('SELECT origin FROM project').get() as { origin: string | null } | undefined)?.origin ?? null;
  } catch {
    return null;
  } finally {
    db?.close();
  }
}

/** project.db: opened by one process at a time, checked before it is believed, every change on disk when it returns. */
import { closeSync, existsSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ReceptiveError } from '../../shared/errors.ts';
import { damaged, databaseName, examine, openAlone, pragma } from './check.ts';
import { storeError } from './errors.ts';
import { finishRestoring, keepDamagedLog } from './restore.ts';
import { applicationId, migrations } from './schema.ts';
import { fingerprintOf, noLog, removeSeal, writeSeal } from './seal.ts';
import type { Fingerprint, Seal } from './seal.ts';
import { listSnapshots, snapshotFile } from './snapshots.ts';
import { logSalts } from './wal.ts';

const lockName = 'project.lock';

/** The log is merged into project.db when it has grown to this, in bytes: some hundred labels at 100,000 images. */
const logLimit = 8 * 2 ** 20;
/** How long a change waits for another program that writes to project.db, ms. */
const busyTimeout = 5000;

export interface OpenOptions {
  /** Make a new database, which must not be there yet. */
  create?: boolean;
  /** Open it although another program changed it, or its newest changes are damaged. */
  asIs?: boolean;
}

/**
 * Holds the project for this process: SQLite's exclusive lock on an empty file. The kernel drops it with the process,
 * however that ended, so a stale lock does not exist; project.db itself stays readable for others.
 */
export function acquireLock(folder: string): DatabaseSync {
  const lock = new DatabaseSync(join(folder, lockName));
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    throw storeError(error, folder);
  }
}

function migrate(db: DatabaseSync): void {
  for (let version = Number(pragma(db, 'user_version')); version < migrations.length; version++) {
    db.exec(`BEGIN IMMEDIATE; ${migrations[version]}; PRAGMA user_version = ${version + 1}; COMMIT`);
  }
}

/** Whether that folder is a project, however damaged. */
export const isProject = (folder: string): boolean =>
  existsSync(join(folder, lockName)) && (existsSync(join(folder, databaseName)) || listSnapshots(folder).length > 0);

function requireDatabase(folder: string): void {
  const file = join(folder, databaseName);
  if (existsSync(file)) return;
  if (listSnapshots(folder).length > 0) throw damaged(file, 'it is not there any more');
  throw new ReceptiveError(
    'not-found',
    `"${folder}" is not a project: it holds no ${databaseName}.`,
    'Give the folder of a project, or make a project of a folder of images first.',
  );
}

export class Database {
  readonly folder: string;
  readonly sql: DatabaseSync;
  readonly #lock: DatabaseSync;
  readonly #log: string;
  /**
   * project.db, for reading it as a file. Open as long as SQLite has it: closing any descriptor of a file drops all locks
   * that this process holds on it.
   */
  readonly #file: number;
  /** What project.db holds, while that is known. */
  #seal: Seal | null;
  #copies = 0;

  private constructor(folder: string, sql: DatabaseSync, lock: DatabaseSync, seal: Seal | null) {
    this.folder = folder;
    this.sql = sql;
    this.#lock = lock;
    this.#log = join(folder, `${databaseName}-wal`);
    this.#file = openSync(join(folder, databaseName), 'r');
    this.#seal = seal;
  }

  /**
   * Opens the database of an existing project folder, or makes a new one.
   * Throws 'not-found', 'exists' (open elsewhere, or there already), 'unreadable' (StoreRefused where it is damaged or
   * not as Receptive left it), 'unsupported', 'disk-full'.
   */
  static open(folder: string, { create = false, asIs = false }: OpenOptions = {}): Database {
    const file = join(folder, databaseName);
    // Before the lock, which would be a trace in a folder of another kind; after it again, when restoring is finished.
    if (!create && !existsSync(join(folder, lockName))) requireDatabase(folder);
    const lock = acquireLock(folder);
    let sql: DatabaseSync | undefined;
    try {
      if (create && existsSync(file)) {
        throw new ReceptiveError('exists', `"${folder}" already holds a project.`, 'Open it, or choose another name.');
      }
      const seal = create ? null : Database.#check(folder, asIs);
      sql = new DatabaseSync(file, { enableForeignKeyConstraints: true, timeout: busyTimeout });
      if (create) sql.exec(`PRAGMA application_id = ${applicationId}`);
      // Only `merge` writes to project.db itself: it is sealed in between.
      sql.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0');
      migrate(sql);
      return new Database(folder, sql, lock, seal);
    } catch (error) {
      sql?.close();
      lock.close();
      throw storeError(error, folder);
    }
  }

  /** The seal that the database fits; null where there is none, or where it is opened although it does not fit. */
  static #check(folder: string, asIs: boolean): Seal | null {
    finishRestoring(folder);
    requireDatabase(folder);
    const { seal, doubt } = examine(folder);
    if (doubt === null) return seal;
    if (!asIs) throw doubt;
    if (doubt.problem === 'cutShort') keepDamagedLog(folder);
    removeSeal(folder);
    return null;
  }

  /** Runs `work` as one transaction: all of it is on disk when this returns, or none of it when it throws. */
  transaction<T>(work: () => T): T {
    const result = this.#commit(work);
    if (this.#logBytes() > logLimit) this.merge();
    return result;
  }

  #commit<T>(work: () => T): T {
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

  /**
   * Merges the log into project.db and seals that. Null where it cannot be now: it is being copied, another program reads
   * it, or the disk is full. Nothing is lost by that, since the log keeps what it holds.
   */
  merge(): Fingerprint | null {
    if (this.#copies > 0) return null;
    if (this.#logBytes() === 0 && this.#seal) return this.#seal;
    try {
      const merged = logSalts(this.#log) ?? this.#seal?.merged ?? noLog;
      this.#seal = null;
      removeSeal(this.folder);
      if (!this.#checkpoint()) return null;
      const seal = { ...fingerprintOf(this.#file), merged };
      writeSeal(this.folder, seal);
      this.#seal = seal;
      return seal;
    } catch {
      // Tried again after the next change that finds the log as long, and when the project is closed.
      return null;
    }
  }

  #checkpoint(): boolean {
    // Another program that reads it would be waited for.
    this.sql.exec('PRAGMA busy_timeout = 0');
    try {
      return pragma(this.sql, 'wal_checkpoint(TRUNCATE)') === 0;
    } finally {
      this.sql.exec(`PRAGMA busy_timeout = ${busyTimeout}`);
    }
  }

  #logBytes(): number {
    return statSync(this.#log, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Gives `copy` project.db as an open file, which does not change until the promise is settled. */
  async whileUnchanged<T>(copy: (file: number) => Promise<T>): Promise<T> {
    this.#copies++;
    try {
      return await copy(this.#file);
    } finally {
      this.#copies--;
    }
  }

  close(): void {
    this.merge();
    this.sql.close();
    closeSync(this.#file);
    this.#lock.close();
  }
}

/** The folder that a project was made of, read without opening the project; null when it has none or cannot be read. */
export function readOrigin(folder: string): string | null {
  const file = join(folder, databaseName);
  const row = existsSync(file) ? readProject(file) : null;
  if (row) return row.origin;
  // A damaged project is still the one that was made of the folder.
  for (const { id } of listSnapshots(folder)) {
    const copy = readProject(snapshotFile(folder, id));
    if (copy) return copy.origin;
  }
  return null;
}

function readProject(file: string): { origin: string | null } | null {
  let db: DatabaseSync | undefined;
  try {
    db = openAlone(file);
    if (pragma(db, 'application_id') !== applicationId) return null;
    return (db.prepare('SELECT origin FROM project').get() as { origin: string | null } | undefined) ?? null;
  } catch {
    return null;
  } finally {
    db?.close();
  }
}

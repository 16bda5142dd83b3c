/**
 * Small pictures kept in one file, cache/thumbnails.db. It is a convenience: it can be deleted at any time, and whatever
 * goes wrong with it (damage, a full disk, a folder that cannot be written) costs time, never a picture.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';

/** What a picture was made of: when the file changes, so does this. */
export interface FileStamp {
  bytes: number;
  /** Milliseconds since 1970, UTC. */
  modifiedMs: number;
}

interface Entry {
  id: number;
  size: number;
  stamp: FileStamp;
  picture: Uint8Array;
}

/** Written together, so that a picture costs no transaction of its own; ms. */
const writeDelay = 500;
const groupRows = 200;
/** SQLITE_CORRUPT and SQLITE_NOTADB */
const damageCodes = [11, 26];
/** Part of what is left when the least recently used pictures go, so that they do not go one by one. */
const keptShare = 0.9;

const schema = `
  CREATE TABLE IF NOT EXISTS pictures (
    image_id INTEGER NOT NULL,
    -- Asked for: the longest side, pixels.
    size INTEGER NOT NULL,
    file_bytes INTEGER NOT NULL,
    modified_ms REAL NOT NULL,
    checksum INTEGER NOT NULL,
    -- When it was last shown, seconds since 1970.
    used INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    picture BLOB NOT NULL,
    PRIMARY KEY (image_id, size)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS pictures_used ON pictures (used, bytes);
`;

export class ThumbnailCache {
  readonly #path: string;
  readonly #limit: number;
  readonly #database: DatabaseSync;
  readonly #find: StatementSync;
  readonly #select: StatementSync;
  readonly #insert: StatementSync;
  readonly #touch: StatementSync;
  #waiting = new Map<string, Entry>();
  #used = new Map<string, [id: number, size: number]>();
  #timer: NodeJS.Timeout | null = null;
  #bytes: number;
  #damaged = false;
  #closed = false;

  private constructor(path: string, limit: number) {
    this.#path = path;
    this.#limit = limit;
    const database = new DatabaseSync(path);
    this.#database = database;
    try {
      // Losing the newest pictures in a power cut is fine, waiting for the disk is not.
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -2000');
      database.exec(schema);
      const where = 'FROM pictures WHERE image_id = ? AND size = ? AND file_bytes = ? AND modified_ms = ?';
      this.#find = database.prepare(`SELECT 1 ${where}`);
      this.#select = database.prepare(`SELECT checksum, picture ${where}`);
      this.#insert = database.prepare('INSERT OR REPLACE INTO pictures VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
      this.#touch = database.prepare('UPDATE pictures SET used = ? WHERE image_id = ? AND size = ?');
      this.#bytes = countBytes(database);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /**
   * Opens the cache in `folder`, making it anew where it is damaged; null where there can be none. `limit`: bytes of
   * pictures, beyond which the least recently used ones go.
   */
  static open(folder: string, limit = 2 ** 30): ThumbnailCache | null {
    const path = join(folder, 'thumbnails.db');
    try {
      mkdirSync(folder, { recursive: true });
      return new ThumbnailCache(path, limit);
    } catch {
      try {
        remove(path);
        return new ThumbnailCache(path, limit);
      } catch {
        return null;
      }
    }
  }

  get isFull(): boolean {
    return this.#bytes >= this.#limit * keptShare;
  }

  /** Whether there is a picture of the file as it is now. */
  has(id: number, size: number, stamp: FileStamp): boolean {
    const waiting = this.#waiting.get(keyOf(id, size));
    if (waiting) return isSame(waiting.stamp, stamp);
    if (this.#closed) return false;
    try {
      return this.#find.get(id, size, stamp.bytes, stamp.modifiedMs) !== undefined;
    } catch (error) {
      this.#noticeDamage(error);
      return false;
    }
  }

  /** The picture of the file as it is now; null when there is none that is whole. */
  get(id: number, size: number, stamp: FileStamp): Uint8Array | null {
    const waiting = this.#waiting.get(keyOf(id, size));
    if (waiting) return isSame(waiting.stamp, stamp) ? waiting.picture : null;
    if (this.#closed) return null;
    try {
      const row = this.#select.get(id, size, stamp.bytes, stamp.modifiedMs);
      if (!row) return null;
      const picture = row['picture'] as Uint8Array;
      if (checksum(id, size, picture) !== row['checksum']) return null;
      this.#used.set(keyOf(id, size), [id, size]);
      this.#writeSoon();
      return picture;
    } catch (error) {
      this.#noticeDamage(error);
      return null;
    }
  }

  /** Remembers a picture; on disk a moment later, or after `close`. */
  put(entry: Entry): void {
    if (this.#closed) return;
    this.#waiting.set(keyOf(entry.id, entry.size), entry);
    if (this.#waiting.size >= groupRows) this.#write();
    else this.#writeSoon();
  }

  /** A cache that turned out damaged is removed, and made anew by whoever opens it next. */
  close(): void {
    this.#write();
    this.#closed = true;
    this.#database.close();
    if (this.#damaged) remove(this.#path);
  }

  #writeSoon(): void {
    this.#timer ??= setTimeout(() => this.#write(), writeDelay).unref();
  }

  #write(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const waiting = this.#waiting;
    const used = this.#used;
    this.#waiting = new Map();
    this.#used = new Map();
    if (this.#damaged || waiting.size + used.size === 0) return;
    const now = Math.floor(Date.now() / 1000);
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      for (const [id, size] of used.values()) this.#touch.run(now, id, size);
      for (const { id, size, stamp, picture } of waiting.values()) {
        const sum = checksum(id, size, picture);
        this.#insert.run(id, size, stamp.bytes, stamp.modifiedMs, sum, now, picture.length, picture);
        this.#bytes += picture.length;
      }
      if (this.#bytes > this.#limit) this.#prune();
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#noticeDamage(error);
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
    }
  }

  /** In the running transaction. Bytes that were counted twice, because a picture was replaced, are counted anew. */
  #prune(): void {
    this.#database
      .prepare(
        `DELETE FROM pictures WHERE rowid IN (
           SELECT rowid FROM (SELECT rowid, SUM(bytes) OVER (ORDER BY used DESC, rowid DESC) AS sum FROM pictures)
           WHERE sum > ?)`,
      )
      .run(this.#limit * keptShare);
    this.#bytes = countBytes(this.#database);
  }

  #noticeDamage(error: unknown): void {
    const { errcode = 0 } = error as { errcode?: number };
    // The low byte is the error's kind, the rest its variety.
    if (damageCodes.includes(errcode & 0xff)) this.#damaged = true;
  }
}

const countBytes = (database: DatabaseSync): number =>
  Number(database.prepare('SELECT TOTAL(bytes) AS bytes FROM pictures').get()?.['bytes']);

const keyOf = (id: number, size: number): string => `${id}/${size}`;
const isSame = (a: FileStamp, b: FileStamp): boolean => a.bytes === b.bytes && a.modifiedMs === b.modifiedMs;
/** The key goes in as well, so that a picture under another image's key is noticed. */
const checksum = (id: number, size: number, picture: Uint8Array): number => crc32(picture, crc32(keyOf(id, size)));

function remove(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
}

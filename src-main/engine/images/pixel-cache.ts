/**
 * Decoded pixels kept on disk, so that a folder is decoded once. The cache is a convenience: it can be deleted at any
 * time, and whatever goes wrong with it (damage, a full disk, another process writing) costs time, never an image.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';

/** Part of the file's name: goes up whenever the same file would be decoded to other pixels. */
const version = 3;
/** Pixels are written in groups: one transaction an image would be slow. */
const groupBytes = 16 * 2 ** 20;
const groupRows = 500;
/** SQLITE_CORRUPT and SQLITE_NOTADB */
const damageCodes = [11, 26];

export class PixelCache {
  readonly #database: DatabaseSync;
  readonly #select: StatementSync;
  readonly #insert: StatementSync;
  readonly #path: string;
  #waiting: [key: string, pixels: Uint8Array][] = [];
  #waitingBytes = 0;
  #damaged = false;

  private constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
    // Losing the newest rows in a power cut is fine, waiting for the disk after each image is not.
    database.exec('PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF');
    database.exec(
      'CREATE TABLE IF NOT EXISTS pixels (key TEXT PRIMARY KEY, checksum INTEGER NOT NULL, pixels BLOB NOT NULL)',
    );
    this.#select = database.prepare('SELECT checksum, pixels FROM pixels WHERE key = ?');
    this.#insert = database.prepare('INSERT OR REPLACE INTO pixels (key, checksum, pixels) VALUES (?, ?, ?)');
  }

  /** Opens the cache in `folder`, making it anew where it is damaged; null where there can be none. */
  static open(folder: string): PixelCache | null {
    const path = join(folder, `pixels-${version}.db`);
    try {
      mkdirSync(folder, { recursive: true });
      return PixelCache.#openFile(path);
    } catch (error) {
      // One that another process holds is left to it.
      if (!isDamage(error)) return null;
      try {
        remove(path);
        return PixelCache.#openFile(path);
      } catch {
        return null;
      }
    }
  }

  static #openFile(path: string): PixelCache {
    const database = new DatabaseSync(path);
    try {
      return new PixelCache(database, path);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** The pixels stored under `key`, or null when there are none that are whole and `length` long. */
  get(key: string, length: number): Uint8Array | null {
    try {
      const row = this.#select.get(key);
      if (!row) return null;
      const pixels = row['pixels'] as Uint8Array;
      return pixels.length === length && crc32(pixels, crc32(key)) === row['checksum'] ? pixels : null;
    } catch (error) {
      this.#noticeDamage(error);
      return null;
    }
  }

  /** Remembers `pixels` under `key`; on disk after some more calls, or after `close`. */
  put(key: string, pixels: Uint8Array): void {
    // A copy: whoever owns them may move them on before they are written.
    this.#waiting.push([key, new Uint8Array(pixels)]);
    this.#waitingBytes += pixels.length;
    if (this.#waiting.length >= groupRows || this.#waitingBytes >= groupBytes) this.#flush();
  }

  /** A cache that turned out damaged is removed, and made anew by whoever opens it next. */
  close(): void {
    this.#flush();
    this.#database.close();
    if (this.#damaged) remove(this.#path);
  }

  #flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      // The key goes into the checksum as well, so that pixels under another image's key are noticed.
      for (const [key, pixels] of waiting) this.#insert.run(key, crc32(pixels, crc32(key)), pixels);
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#noticeDamage(error);
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
    }
  }

  #noticeDamage(error: unknown): void {
    if (isDamage(error)) this.#damaged = true;
  }
}

function isDamage(error: unknown): boolean {
  const { errcode = 0 } = error as { errcode?: number };
  // The low byte is the error's kind, the rest its variety.
  return damageCodes.includes(errcode & 0xff);
}

function remove(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
}

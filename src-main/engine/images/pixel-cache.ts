/**
 * Decoded pixels kept on disk, so that a folder is decoded once: one file of nothing but pixels, and a database that says
 * where in it each image's are (reading a batch out of the database itself took twice as long). The cache is a
 * convenience: it can be deleted at any time, and whatever goes wrong with it (damage, a full disk, another process
 * writing) costs time, never an image.
 */
import { closeSync, fstatSync, mkdirSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';

/** Part of the files' names: goes up whenever the same file would be decoded to other pixels. */
const version = 4;
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
  /** Descriptor of the file of pixels, which only grows. */
  readonly #pixels: number;
  #waiting: [key: string, pixels: Uint8Array][] = [];
  #waitingBytes = 0;
  #damaged = false;

  private constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
    // Losing the newest rows in a power cut is fine, waiting for the disk after each image is not.
    database.exec('PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF');
    database.exec(
      'CREATE TABLE IF NOT EXISTS images (key TEXT PRIMARY KEY, checksum INTEGER NOT NULL, position INTEGER NOT NULL)',
    );
    this.#select = database.prepare('SELECT checksum, position FROM images WHERE key = ?');
    this.#insert = database.prepare('INSERT OR REPLACE INTO images (key, checksum, position) VALUES (?, ?, ?)');
    this.#pixels = openSync(`${path}.bin`, 'a+');
  }

  /** Opens the cache in `folder`, making it anew where it is damaged; null where there can be none. */
  static open(folder: string): PixelCache | null {
    const path = join(folder, `pixels-${version}`);
    try {
      mkdirSync(folder, { recursive: true });
      return PixelCache.#openFiles(path);
    } catch (error) {
      // One that another process holds is left to it.
      if (!isDamage(error)) return null;
      try {
        remove(path);
        return PixelCache.#openFiles(path);
      } catch {
        return null;
      }
    }
  }

  static #openFiles(path: string): PixelCache {
    const database = new DatabaseSync(`${path}.db`);
    try {
      return new PixelCache(database, path);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** Reads the pixels stored under `key`; false when there are none that are whole and as long as `into`. */
  read(key: string, into: Uint8Array): boolean {
    try {
      const row = this.#select.get(key);
      if (!row) return false;
      const read = readSync(this.#pixels, into, 0, into.length, row['position'] as number);
      return read === into.length && checksumOf(key, into) === row['checksum'];
    } catch (error) {
      this.#noticeDamage(error);
      return false;
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
    closeSync(this.#pixels);
    if (this.#damaged) remove(this.#path);
  }

  #flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    try {
      // Nobody else appends while this is the database's only writer.
      this.#database.exec('BEGIN IMMEDIATE');
      for (const [key, pixels] of waiting) this.#insert.run(key, checksumOf(key, pixels), this.#append(pixels));
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#noticeDamage(error);
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
    }
  }

  /** Where they then begin. */
  #append(pixels: Uint8Array): number {
    const position = fstatSync(this.#pixels).size;
    if (writeSync(this.#pixels, pixels) !== pixels.length) throw new Error('The disk is full.');
    return position;
  }

  #noticeDamage(error: unknown): void {
    if (isDamage(error)) this.#damaged = true;
  }
}

/** The key goes into it as well, so that pixels under another image's key are noticed. */
const checksumOf = (key: string, pixels: Uint8Array): number => crc32(pixels, crc32(key));

function isDamage(error: unknown): boolean {
  const { errcode = 0 } = error as { errcode?: number };
  // The low byte is the error's kind, the rest its variety.
  return damageCodes.includes(errcode & 0xff);
}

function remove(path: string): void {
  for (const suffix of ['.db', '.db-wal', '.db-shm', '.bin']) rmSync(path + suffix, { force: true });
}

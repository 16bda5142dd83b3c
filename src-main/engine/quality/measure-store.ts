/**
 * The measures of the project's images, kept in cache/quality.db, which can be deleted at any time. They hold as long as
 * the image's file has the size and time that it was measured with.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { chromaSide, lumaSide } from '../../shared/decoder.ts';
import type { ImageMeasures } from '../../shared/decoder.ts';
import { isDamage } from '../store/errors.ts';

/** Goes up whenever the same file would get other measures. */
const version = 3;

const lumaLength = lumaSide ** 2;
const pictureLength = lumaLength + 2 * chromaSide ** 2;

/** Written together: each transaction waits for the disk once. */
const batch = 256;

/** As a file is on the disk now. */
export interface FileState {
  bytes: number;
  /** Milliseconds since 1970, UTC. */
  modifiedMs: number;
}

export class MeasureStore {
  readonly #database: DatabaseSync | null;
  readonly #select: StatementSync | undefined;
  #waiting: { id: number; measures: ImageMeasures }[] = [];

  private constructor(database: DatabaseSync | null) {
    this.#database = database;
    this.#select = database?.prepare(
      'SELECT figures, content, picture FROM measures WHERE image_id = ? AND bytes = ? AND modified_ms = ?',
    );
  }

  /**
   * A cache that is damaged is made anew. One that cannot be had at all (on a full disk or in a folder that is only read)
   * costs time at the next scan, and nothing else.
   */
  static open(cacheFolder: string): MeasureStore {
    const path = join(cacheFolder, 'quality.db');
    for (const attempt of [1, 2]) {
      let database: DatabaseSync | null = null;
      try {
        mkdirSync(cacheFolder, { recursive: true });
        database = new DatabaseSync(path);
        prepare(database);
        return new MeasureStore(database);
      } catch (error) {
        database?.close();
        if (attempt === 2 || !isDamage(error)) break;
        for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
      }
    }
    return new MeasureStore(null);
  }

  /** null when there are none, or the file has changed since. */
  read(id: number, { bytes, modifiedMs }: FileState): ImageMeasures | null {
    try {
      const row = this.#select?.get(id, bytes, modifiedMs) as Row | undefined;
      if (!row || row.picture.length !== pictureLength) return null;
      return {
        ...(JSON.parse(row.figures) as Figures),
        ...{ bytes, modifiedAt: modifiedMs, content: row.content },
        ...{ luma: row.picture.subarray(0, lumaLength), chroma: row.picture.subarray(lumaLength) },
      };
    } catch {
      return null;
    }
  }

  /** Kept under the size and time that the file had when it was measured. */
  add(id: number, measures: ImageMeasures): void {
    this.#waiting.push({ id, measures });
    if (this.#waiting.length >= batch) this.#write();
  }

  close(): void {
    this.#write();
    this.#database?.close();
  }

  #write(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    const database = this.#database;
    if (!database || waiting.length === 0) return;
    try {
      database.exec('BEGIN');
      const insert = database.prepare('INSERT OR REPLACE INTO measures VALUES (?, ?, ?, ?, ?, ?)');
      for (const { id, measures } of waiting) {
        const { luma, chroma, content, bytes, modifiedAt, ...figures } = measures;
        insert.run(id, bytes, modifiedAt, JSON.stringify(figures), content, Buffer.concat([luma, chroma]));
      }
      database.exec('COMMIT');
    } catch {
      // Measured again next time.
      if (database.isTransaction) database.exec('ROLLBACK');
    }
  }
}

interface Row {
  figures: string;
  content: Uint8Array;
  picture: Uint8Array;
}
type Figures = Omit<ImageMeasures, 'luma' | 'chroma' | 'content' | 'bytes' | 'modifiedAt'>;

function prepare(database: DatabaseSync): void {
  // Losing the newest measures in a power cut costs the time to take them again.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA busy_timeout = 2000');
  if (database.prepare('PRAGMA user_version').get()?.['user_version'] === version) return;
  database.exec(`
    DROP TABLE IF EXISTS measures;
    -- figures: JSON; picture: uint8, luma [32, 32], then chroma [2, 8, 8].
    CREATE TABLE measures (
      image_id INTEGER PRIMARY KEY, bytes INTEGER NOT NULL, modified_ms REAL NOT NULL,
      figures TEXT NOT NULL, content BLOB NOT NULL, picture BLOB NOT NULL
    ) STRICT;
    PRAGMA user_version = ${version}`);
}

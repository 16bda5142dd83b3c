/**
 * The features of the project's images, kept in cache/features.db, which can be deleted at any time. An image's features
 * hold as long as its file's size and time are those in the project. They lie in blocks of many images, so that all of
 * 100,000 images can be gone through without holding them in memory.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ReceptiveError } from '../../shared/errors.ts';
import { featureCount } from '../backbone/graph.ts';
import { isDamage, storeError } from '../store/errors.ts';
import type { ImageState } from '../store/predictions.ts';
import { lengthsOf } from './directions.ts';

/** Goes up whenever the same file would get other features. */
const version = 1;

export interface FeatureBlock {
  /** 0 for features that no longer hold. */
  ids: Uint32Array;
  /** uint8 [images, 1280], see directions.ts, and the length of each. */
  directions: Uint8Array;
  lengths: Float32Array;
}

type Row = [rowid: number, ids: Uint8Array, keys: Uint8Array];

export class FeatureStore {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
    // Large pages: blocks are long, and read from end to end. Losing the newest features in a power cut costs the time to
    // compute them again.
    database.exec(`
      PRAGMA page_size = 65536; PRAGMA mmap_size = ${2 ** 30};
      PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA busy_timeout = 2000`);
    if (database.prepare('PRAGMA user_version').get()?.['user_version'] === version) return;
    database.exec(`
      DROP TABLE IF EXISTS blocks;
      -- ids: uint32; keys: size and time of each file, float64; lengths: float32; directions: uint8 [images, 1280].
      CREATE TABLE blocks (
        id INTEGER PRIMARY KEY, ids BLOB NOT NULL, keys BLOB NOT NULL, lengths BLOB NOT NULL, directions BLOB NOT NULL
      ) STRICT;
      PRAGMA user_version = ${version}`);
  }

  /**
   * Works with the features in `cacheFolder`, made anew where they are damaged from the start. Throws 'unreadable' when
   * they turn out damaged on the way (and removes them), 'disk-full' and the like where they cannot be kept.
   */
  static async use<T>(cacheFolder: string, work: (store: FeatureStore) => T | Promise<T>): Promise<T> {
    const path = join(cacheFolder, 'features.db');
    mkdirSync(cacheFolder, { recursive: true });
    const store = FeatureStore.#open(path);
    let damaged = false;
    try {
      return await work(store);
    } catch (error) {
      damaged = isDamage(error);
      if (!damaged) throw storeError(error, cacheFolder);
      throw new ReceptiveError(
        'unreadable',
        'The features of the images were damaged on the disk and have been removed.',
        'Compute them again: nothing else was lost.',
      );
    } finally {
      store.#database.close();
      if (damaged) removeDatabase(path);
    }
  }

  static #open(path: string): FeatureStore {
    try {
      return FeatureStore.#openFile(path);
    } catch (error) {
      if (!isDamage(error)) throw storeError(error, dirname(path));
      removeDatabase(path);
      return FeatureStore.#openFile(path);
    }
  }

  static #openFile(path: string): FeatureStore {
    const database = new DatabaseSync(path);
    try {
      return new FeatureStore(database);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** Which of these images have features that hold. */
  known(files: readonly ImageState[]): Set<number> {
    const byId = new Map(files.map((file) => [file.id, file]));
    const known = new Set<number>();
    for (const { ids, keys } of this.#keys()) {
      ids.forEach((id, at) => {
        if (holds(byId.get(id), keys, at)) known.add(id);
      });
    }
    return known;
  }

  /** How many images have features of a file that is `isCurrent`, without holding any of them. */
  count(isCurrent: (id: number, bytes: number, modifiedMs: number) => boolean): number {
    let count = 0;
    for (const { ids, keys } of this.#keys()) {
      for (let at = 0; at < ids.length; at++) if (isCurrent(ids[at]!, keys[2 * at]!, keys[2 * at + 1]!)) count++;
    }
    return count;
  }

  /** Forgets features of images that changed; `files` are all images of the project. */
  forgetChanged(files: readonly ImageState[]): void {
    const byId = new Map(files.map((file) => [file.id, file]));
    const update = this.#database.prepare('UPDATE blocks SET ids = ? WHERE id = ?');
    const remove = this.#database.prepare('DELETE FROM blocks WHERE id = ?');
    this.#transaction(() => {
      for (const { block, ids, keys } of [...this.#keys()]) {
        const left = ids.map((id, at) => (holds(byId.get(id), keys, at) ? id : 0));
        if (left.every((id) => id === 0)) remove.run(block);
        else if (left.some((id, at) => id !== ids[at])) update.run(bytesOf(left), block);
      }
    });
  }

  /** Keeps the directions, uint8 [files, 1280], of files that have none yet. */
  add(files: readonly ImageState[], directions: Uint8Array): void {
    const ids = Uint32Array.from(files, ({ id }) => id);
    const keys = Float64Array.from(files.flatMap(({ bytes, modifiedMs }) => [bytes, modifiedMs]));
    this.#database
      .prepare('INSERT INTO blocks (ids, keys, lengths, directions) VALUES (?, ?, ?, ?)')
      .run(bytesOf(ids), bytesOf(keys), bytesOf(lengthsOf(directions)), directions);
  }

  /** Everything that is kept, one block in memory at a time. A block that is not whole is passed over. */
  *blocks(): Generator<FeatureBlock> {
    const select = this.#database.prepare('SELECT ids, lengths, directions FROM blocks ORDER BY id');
    select.setReturnArrays(true);
    for (const row of select.iterate() as unknown as Iterable<[Uint8Array, Uint8Array, Uint8Array]>) {
      const ids = new Uint32Array(row[0].slice().buffer);
      const lengths = new Float32Array(row[1].slice().buffer);
      if (row[2].length === ids.length * featureCount) yield { ids, lengths, directions: row[2] };
    }
  }

  /** Directions of these images, uint8 [images, 1280], in no special order; those without features are left out. */
  directionsOf(wanted: ReadonlySet<number>): Uint8Array {
    const select = this.#database.prepare('SELECT directions FROM blocks WHERE id = ?');
    const found: Uint8Array[] = [];
    for (const { block, ids } of [...this.#keys()]) {
      if (!ids.some((id) => wanted.has(id))) continue;
      const directions = select.get(block)?.['directions'] as Uint8Array;
      ids.forEach((id, at) => {
        if (wanted.has(id)) found.push(directions.subarray(at * featureCount, (at + 1) * featureCount));
      });
    }
    return Buffer.concat(found);
  }

  *#keys(): Generator<{ block: number; ids: Uint32Array; keys: Float64Array }> {
    const select = this.#database.prepare('SELECT id, ids, keys FROM blocks');
    select.setReturnArrays(true);
    for (const [block, ids, keys] of select.iterate() as unknown as Iterable<Row>) {
      yield { block, ids: new Uint32Array(ids.slice().buffer), keys: new Float64Array(keys.slice().buffer) };
    }
  }

  #transaction(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}

function removeDatabase(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
}

function holds(file: ImageState | undefined, keys: Float64Array, at: number): boolean {
  return file !== undefined && keys[2 * at] === file.bytes && keys[2 * at + 1] === file.modifiedMs;
}

const bytesOf = (values: Uint32Array | Float32Array | Float64Array): Uint8Array => new Uint8Array(values.buffer);

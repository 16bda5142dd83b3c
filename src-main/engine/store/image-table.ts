/**
 * What lists of images are made of, in memory: one number a column and image, at the place of the image's id. Reading
 * 100,000 rows takes SQLite and JavaScript a tenth of a second; from here a list is made in a few milliseconds. Triggers
 * of this connection note which rows change, so that only these are read again.
 */
import type { DatabaseSync } from 'node:sqlite';
import { imageFlags } from '../../shared/project.ts';
import { rejected } from './images.ts';

/** The status of ids that no image has. */
const absent = 255;
/** With more changes than these everything is read again. */
const fewChanges = 1000;
/**
 * Ids read at once. One JSON array is many times quicker to read than a row an id, and a short one is
 * soon collected.
 */
export const idsAtOnce = 4096;

const { excluded, pinned, missing } = imageFlags;
/** What is kept of an image's own row. A change of anything else, such as the hash of its file, is none of the lists. */
const ownColumns =
  'class_id, status, split, origin, excluded, pinned, missing, format, width, height, bytes, modified_ms';
/** Gives every row to `take`: rows as arrays or objects would leave tens of megabytes behind. */
const takeRows = `
  SELECT COUNT(take_image(
    images.id, images.class_id, status, split, origin,
    excluded * ${excluded} + pinned * ${pinned} + missing * ${missing},
    format, width, height, bytes, modified_ms, predictions.class_id, confidence, margin))
  FROM images LEFT JOIN predictions ON predictions.image_id = images.id`;

/** Notes which images change, and whether they may stand elsewhere in the order of paths. */
const noted = (what: string, id: string, moved: 0 | 1): string =>
  `AFTER ${what} BEGIN INSERT INTO changed_images VALUES (${id}, ${moved}); END;`;
const watch = `
  -- Not on the disk: it may be full, and noting a change must not make the change fail.
  PRAGMA temp_store = MEMORY;
  CREATE TEMP TABLE changed_images (id INTEGER NOT NULL, moved INTEGER NOT NULL);
  CREATE TEMP TRIGGER image_added ${noted('INSERT ON images', 'NEW.id', 1)}
  CREATE TEMP TRIGGER image_changed ${noted(`UPDATE OF ${ownColumns} ON images`, 'NEW.id', 0)}
  CREATE TEMP TRIGGER image_moved ${noted('UPDATE OF source_id, path ON images', 'NEW.id', 1)}
  CREATE TEMP TRIGGER image_removed ${noted('DELETE ON images', 'OLD.id', 1)}
  CREATE TEMP TRIGGER prediction_added ${noted('INSERT ON predictions', 'NEW.image_id', 0)}
  CREATE TEMP TRIGGER prediction_changed ${noted('UPDATE ON predictions', 'NEW.image_id', 0)}
  CREATE TEMP TRIGGER prediction_removed ${noted('DELETE ON predictions', 'OLD.image_id', 0)}
`;

export class ImageTable {
  classIds = new Uint32Array();
  statuses = new Uint8Array();
  splits = new Uint8Array();
  origins = new Uint8Array();
  /** The sum of what holds of `imageFlags`. */
  flags = new Uint8Array();
  /** Index into `formatNames`. */
  formats = new Uint8Array();
  /** Pixels; 0 when unknown. */
  widths = new Uint32Array();
  heights = new Uint32Array();
  bytes = new Float64Array();
  /** Milliseconds since 1970, UTC. */
  modified = new Float64Array();
  /** 0 for images without a prediction. */
  predictedIds = new Uint32Array();
  confidences = new Float64Array();
  margins = new Float64Array();
  readonly formatNames: (string | null)[] = [];
  /** The greatest id there ever was. */
  #last = 0;
  readonly #sql: DatabaseSync;
  #pathRanks: Uint32Array | null = null;

  constructor(sql: DatabaseSync) {
    this.#sql = sql;
    sql.exec(watch);
    sql.function('take_image', this.#take as (...row: unknown[]) => number);
    this.#grow(Number(sql.prepare('SELECT MAX(id) AS last FROM images').get()?.['last'] ?? 0));
    this.#readAll();
  }

  /** Ids of all images, ascending. */
  ids(): Uint32Array {
    const ids = new Uint32Array(this.#last);
    let count = 0;
    for (let id = 1; id <= this.#last; id++) if (this.statuses[id] !== absent) ids[count++] = id;
    return ids.slice(0, count);
  }

  /** Whether an image can be computed with: it can be read, is there and takes part. */
  isUsable(id: number): boolean {
    const status = this.statuses[id] ?? absent;
    return status !== absent && status !== rejected && (this.flags[id]! & (excluded | missing)) === 0;
  }

  /** By id: where the image stands in the order of sources and paths. */
  pathRanks(): Uint32Array {
    if (this.#pathRanks) return this.#pathRanks;
    const ranks = new Uint32Array(this.#last + 1);
    // No order within json_group_array: SQLite keeps that of a limited subquery, and sorted all once more for it.
    const next = this.#sql.prepare(
      `SELECT json_group_array(id) AS ids, MAX(path) AS path FROM (
         SELECT id, path FROM images WHERE source_id = ? AND path > ? ORDER BY path LIMIT ${idsAtOnce})`,
    );
    let rank = 0;
    for (const { id } of this.#sql.prepare('SELECT id FROM sources ORDER BY id').all()) {
      for (let after = ''; ;) {
        const piece = next.get(id!, after);
        for (const image of JSON.parse(String(piece?.['ids'])) as number[]) ranks[image] = rank++;
        if (piece?.['path'] == null) break;
        after = String(piece['path']);
      }
    }
    this.#pathRanks = ranks;
    return ranks;
  }

  /** Takes in what has changed since. */
  refresh(): void {
    const changes = this.#sql
      .prepare('SELECT COUNT(*) AS count, MAX(id) AS last, MAX(moved) AS moved FROM changed_images')
      .get() as unknown as { count: number; last: number; moved: number };
    if (changes.count === 0) return;
    if (changes.moved === 1) this.#pathRanks = null;
    this.#grow(changes.last);
    if (changes.count <= fewChanges) this.#readChanged();
    else this.#readAll();
    this.#sql.exec('DELETE FROM changed_images');
  }

  #readChanged(): void {
    for (const { id } of this.#sql.prepare('SELECT id FROM changed_images').all()) this.statuses[Number(id)] = absent;
    this.#sql.prepare(`${takeRows} WHERE images.id IN (SELECT id FROM changed_images)`).get();
  }

  #readAll(): void {
    this.statuses.fill(absent);
    // At once all the arguments that `take` gets would be kept until its end: 11 MB, which never go back.
    const next = this.#sql.prepare(`${takeRows} WHERE images.id > ? AND images.id <= ?`);
    for (let after = 0; after < this.#last; after += idsAtOnce) next.get(after, after + idsAtOnce);
  }

  /** Its parameters are the columns of `takeRows`. */
  readonly #take = (
    id: number,
    classId: number | null,
    status: number,
    split: number,
    origin: number,
    flags: number,
    format: string | null,
    width: number | null,
    height: number | null,
    bytes: number,
    modifiedMs: number,
    predictedId: number | null,
    confidence: number | null,
    margin: number | null,
  ): number => {
    this.classIds[id] = classId ?? 0;
    this.statuses[id] = status;
    this.splits[id] = split;
    this.origins[id] = origin;
    this.flags[id] = flags;
    this.formats[id] = this.#formatNumber(format);
    this.widths[id] = width ?? 0;
    this.heights[id] = height ?? 0;
    this.bytes[id] = bytes;
    this.modified[id] = modifiedMs;
    this.predictedIds[id] = predictedId ?? 0;
    this.confidences[id] = confidence ?? 0;
    this.margins[id] = margin ?? 0;
    return id;
  };

  #formatNumber(name: string | null): number {
    const known = this.formatNames.indexOf(name);
    return known >= 0 ? known : this.formatNames.push(name) - 1;
  }

  /** Makes room for ids up to `last`. */
  #grow(last: number): void {
    this.#last = Math.max(this.#last, last);
    const { length } = this.statuses;
    if (last < length) return;
    // Room for a quarter more, or an import would copy everything at each step; at first there may be no import.
    const room = (length === 0 ? last : Math.ceil(last * 1.25)) + 1;
    this.classIds = longer(this.classIds, room);
    this.statuses = longer(this.statuses, room).fill(absent, length);
    this.splits = longer(this.splits, room);
    this.origins = longer(this.origins, room);
    this.flags = longer(this.flags, room);
    this.formats = longer(this.formats, room);
    this.widths = longer(this.widths, room);
    this.heights = longer(this.heights, room);
    this.bytes = longer(this.bytes, room);
    this.modified = longer(this.modified, room);
    this.predictedIds = longer(this.predictedIds, room);
    this.confidences = longer(this.confidences, room);
    this.margins = longer(this.margins, room);
  }
}

function longer<T extends Uint8Array | Uint32Array | Float64Array>(column: T, length: number): T {
  const copy = new (column.constructor as new (length: number) => T)(length);
  copy.set(column);
  return copy;
}

const tablesOf = new WeakMap<DatabaseSync, ImageTable>();

/** The images of this database as they are now. */
export function imageTable(sql: DatabaseSync): ImageTable {
  const known = tablesOf.get(sql);
  if (known) {
    known.refresh();
    return known;
  }
  const made = new ImageTable(sql);
  tablesOf.set(sql, made);
  return made;
}

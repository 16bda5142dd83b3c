/** Where images lie and what their files were like when they were last looked at: facts of the disk, not undoable. */
import { dirname, join, relative } from 'node:path';
import type { ProbedImage, RejectedImage } from '../../shared/decoder.ts';
import { imageStatuses } from '../../shared/image-query.ts';
import type { Database } from './database.ts';
import { rejected } from './images.ts';
import { addSources, sourceFinder } from './import.ts';

/** An image's file as it was when it was last looked at. */
export interface KnownFile {
  id: number;
  /** Absolute, and relative to its source. */
  path: string;
  inSource: string;
  sourceId: number;
  bytes: number;
  /** Milliseconds since 1970, UTC; 0 for what never could be looked at. */
  modifiedMs: number;
  /** SHA-256; null when it is not known. */
  content: Uint8Array | null;
  missing: boolean;
}

/** A file where it is now. */
export interface FileNow {
  /** Absolute. */
  path: string;
  bytes: number;
  modifiedMs: number;
}

/** A folder that images came from. */
export interface SourceFolder {
  id: number;
  path: string;
  /** Whether it was brought in as a whole, so that what is new in it is wanted. */
  whole: boolean;
  /** How many new files in it were offered and not wanted. */
  declined: number;
}

const columns = `images.id, sources.path AS source, images.path AS inSource, source_id AS sourceId, bytes,
  modified_ms AS modifiedMs, content, missing`;

type Row = Omit<KnownFile, 'path' | 'missing'> & { source: string; missing: number };

const toFile = ({ source, missing, ...row }: Row): KnownFile => ({
  ...row,
  path: join(source, row.inSource),
  missing: missing === 1,
});

/** What tells whether a file is still as it was. Not an object: reading those would leave much behind. */
export type StampedFile = [id: number, path: string, bytes: number, modifiedMs: number, missing: 0 | 1];

/** Reads the next files in the order of ids, so that many are gone through without holding all of them. */
export function fileStamps(db: Database): (after: number, limit: number) => StampedFile[] {
  const select = db.sql.prepare(
    `SELECT images.id, RTRIM(sources.path, '/') || '/' || images.path, bytes, modified_ms, missing
     FROM images JOIN sources ON sources.id = source_id WHERE images.id > ? ORDER BY images.id LIMIT ?`,
  );
  select.setReturnArrays(true);
  return (after, limit) => select.all(after, limit) as unknown as StampedFile[];
}

/** One file, or none. */
export function filesOf(db: Database, id: number): KnownFile[] {
  const rows = db.sql
    .prepare(`SELECT ${columns} FROM images JOIN sources ON sources.id = source_id WHERE images.id = ?`)
    .all(id);
  return (rows as unknown as Row[]).map(toFile);
}

/** The next usable files, in the order of ids, whose content was never read. */
export function filesWithoutContent(db: Database): (id: number, limit: number) => KnownFile[] {
  const select = db.sql.prepare(
    `SELECT ${columns} FROM images JOIN sources ON sources.id = source_id
     WHERE images.id > ? AND content IS NULL AND status <> ${rejected} AND missing = 0 ORDER BY images.id LIMIT ?`,
  );
  return (id, limit) => (select.all(id, limit) as unknown as Row[]).map(toFile);
}

/** What writes contents down. */
export function contentNotes(db: Database): (images: readonly { id: number; content: Uint8Array }[]) => void {
  const update = db.sql.prepare('UPDATE images SET content = ? WHERE id = ?');
  return (images) => {
    if (images.length === 0) return;
    db.transaction(() => {
      for (const { id, content } of images) update.run(content, id);
    });
  };
}

export function missingFiles(db: Database): KnownFile[] {
  const rows = db.sql
    .prepare(`SELECT ${columns} FROM images JOIN sources ON sources.id = source_id WHERE missing = 1`)
    .all();
  return (rows as unknown as Row[]).map(toFile);
}

export function sourceFolders(db: Database): SourceFolder[] {
  const rows = db.sql.prepare('SELECT id, path, imported_at, declined FROM sources ORDER BY id').all();
  return rows.map((row) => ({
    id: Number(row['id']),
    path: String(row['path']),
    whole: row['imported_at'] !== null,
    declined: Number(row['declined']),
  }));
}

export function setDeclined(db: Database, folder: string, count: number): void {
  db.transaction(() => db.sql.prepare('UPDATE sources SET declined = ? WHERE path = ?').run(count, folder));
}

export function markMissing(db: Database, ids: readonly number[], missing: boolean): void {
  if (ids.length === 0) return;
  db.transaction(() => {
    const update = db.sql.prepare('UPDATE images SET missing = ? WHERE id = ?');
    for (const id of ids) update.run(Number(missing), id);
  });
}

/** The same bytes with another time: only the time is written down. */
export function noteTimes(db: Database, files: readonly { id: number; modifiedMs: number }[]): void {
  if (files.length === 0) return;
  db.transaction(() => {
    const update = db.sql.prepare('UPDATE images SET modified_ms = ?, missing = 0 WHERE id = ?');
    for (const { id, modifiedMs } of files) update.run(modifiedMs, id);
  });
}

/**
 * Images whose files lie elsewhere now; all their new places lie in sources. An image of `displaced` whose place is taken
 * is missing from then on. A place that any other image has is left to it.
 */
export function moveImages(
  db: Database,
  moves: readonly { id: number; to: FileNow }[],
  displaced: ReadonlySet<number> = new Set(),
): void {
  if (moves.length === 0) return;
  db.transaction(() => {
    const sourceOfFolder = sourceFinder(db);
    const before = db.sql.prepare('SELECT path FROM images WHERE id = ?');
    const put = db.sql.prepare('UPDATE images SET path = ? WHERE id = ?');
    const holder = db.sql.prepare('SELECT id FROM images WHERE source_id = ? AND path = ?');
    // Two rows cannot have one path. Below a file there is none, so nothing will ever be found where this one points.
    const displace = db.sql.prepare("UPDATE images SET path = path || '/' || id, missing = 1 WHERE id = ?");
    const move = db.sql.prepare(
      'UPDATE images SET source_id = ?, path = ?, bytes = ?, modified_ms = ?, missing = 0 WHERE id = ?',
    );
    // Images may have changed places, so all of them leave theirs first.
    const olds = moves.map(({ id }) => String(before.get(id)?.['path']));
    for (const { id } of moves) put.run(`//${id}`, id);
    moves.forEach(({ id, to }, index) => {
      const source = sourceOfFolder(dirname(to.path));
      const path = source && relative(source.path, to.path);
      const held = source && holder.get(source.id, path!);
      if (held && displaced.has(Number(held['id']))) displace.run(Number(held['id']));
      else if (!source || held) return put.run(olds[index]!, id);
      return move.run(source.id, path!, to.bytes, to.modifiedMs, id);
    });
  });
}

/** The file has other bytes now. The image stays, with its label; what was made of the old bytes goes. */
export function replaceContent(
  db: Database,
  images: readonly { id: number; now: Omit<FileNow, 'path'>; probed: ProbedImage | RejectedImage }[],
): void {
  if (images.length === 0) return;
  db.transaction(() => {
    const update = db.sql.prepare(
      `UPDATE images SET bytes = ?, modified_ms = ?, status = ?, reason = ?, width = ?, height = ?, format = ?,
         content = ?, missing = 0 WHERE id = ?`,
    );
    const stale = ['predictions', 'findings'].map((table) => db.sql.prepare(`DELETE FROM ${table} WHERE image_id = ?`));
    for (const { id, now, probed } of images) {
      const usable = probed.status === 'rejected' ? null : probed;
      update.run(
        usable?.bytes ?? now.bytes,
        usable?.modifiedAt ?? now.modifiedMs,
        imageStatuses.indexOf(probed.status),
        probed.reason ?? null,
        usable?.width ?? null,
        usable?.height ?? null,
        usable?.format ?? null,
        usable?.content ?? null,
        id,
      );
      for (const statement of stale) statement.run(id);
    }
  });
}

/**
 * New folders take the place of sources: each becomes a source where none holds it yet, brought in as a whole when all of
 * `from` were.
 */
export function adoptSources(db: Database, folders: readonly string[], from: readonly number[]): void {
  const known = new Set(sourceFolders(db).map(({ id }) => id));
  addSources(db, folders);
  db.transaction(() => {
    const old = sourceFolders(db).filter(({ id }) => from.includes(id));
    if (old.length === 0 || old.some(({ whole }) => !whole)) return;
    const mark = db.sql.prepare('UPDATE sources SET imported_at = ? WHERE id = ?');
    const now = new Date().toISOString();
    for (const { id } of sourceFolders(db)) if (!known.has(id)) mark.run(now, id);
  });
}

/** Forgets sources that have no image left; a project made of one of them is one of `heir` from now on. */
export function dropEmptySources(
  db: Database,
  ids: readonly number[],
  heirOf: (id: number) => string | undefined,
): void {
  db.transaction(() => {
    const used = db.sql.prepare('SELECT 1 FROM images WHERE source_id = ? LIMIT 1');
    const origin = db.sql.prepare(
      'UPDATE project SET origin = ? WHERE origin = (SELECT path FROM sources WHERE id = ?)',
    );
    const drop = db.sql.prepare('DELETE FROM sources WHERE id = ?');
    for (const id of ids) {
      if (used.get(id)) continue;
      const heir = heirOf(id);
      if (heir !== undefined) origin.run(heir, id);
      drop.run(id);
    }
  });
  // What a project was made of is looked up without its log.
  db.merge();
}

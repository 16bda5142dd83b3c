/** Puts scanned files into the project: one row an image, never two for one file. */
import { dirname, relative, sep } from 'node:path';
import { imageStatuses } from '../../shared/image-query.ts';
import type { ScannedImage } from '../images/scan.ts';
import { classForImport } from './classes.ts';
import type { Database } from './database.ts';

/** One file that was found and looked into. */
export interface FoundImage extends Omit<ScannedImage, 'path'> {
  /** Absolute. */
  path: string;
}

export interface ImportCounts {
  added: number;
  /** In the project already. */
  known: number;
  /** Of those added, what cannot be used. */
  rejected: number;
}

/** What was asked to be brought in and has not ended: going on now, or cut off with the engine. */
export interface UnfinishedImport {
  id: number;
  /** Files and folders, absolute. */
  paths: string[];
}

interface Source {
  id: number;
  path: string;
}

const isInside = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

/**
 * Finds the deepest source that holds a folder. Sources are made only outside those there are, so a file never changes
 * its source. Valid as long as no source is added.
 */
function sourceFinder(db: Database): (folder: string) => Source | undefined {
  const sources = db.sql
    .prepare('SELECT id, path FROM sources ORDER BY LENGTH(path) DESC')
    .all() as unknown as Source[];
  const found = new Map<string, Source | undefined>();
  return (folder) => {
    if (!found.has(folder)) {
      found.set(
        folder,
        sources.find(({ path }) => isInside(folder, path)),
      );
    }
    return found.get(folder);
  };
}

/** Makes each of the folders a source, unless one there is holds it already. */
export function addSources(db: Database, folders: readonly string[]): void {
  const isCovered = (folder: string): boolean => sourceFinder(db)(folder) !== undefined;
  if (folders.every(isCovered)) return;
  db.transaction(() => {
    const insert = db.sql.prepare('INSERT INTO sources (path) VALUES (?)');
    for (const folder of folders) if (!isCovered(folder)) insert.run(folder);
  });
}

export function beginImport(db: Database, paths: string[]): UnfinishedImport {
  const insert = db.sql.prepare('INSERT INTO imports (paths) VALUES (?)');
  const { lastInsertRowid } = db.transaction(() => insert.run(JSON.stringify(paths)));
  return { id: Number(lastInsertRowid), paths };
}

/** The import is over; `folders` have been brought in to the end. */
export function endImport(db: Database, id: number, folders: readonly string[]): void {
  const now = new Date().toISOString();
  db.transaction(() => {
    db.sql.prepare('DELETE FROM imports WHERE id = ?').run(id);
    const mark = db.sql.prepare('UPDATE sources SET imported_at = ? WHERE path = ?');
    for (const folder of folders) mark.run(now, folder);
  });
}

export function unfinishedImports(db: Database): UnfinishedImport[] {
  const rows = db.sql.prepare('SELECT id, paths FROM imports ORDER BY id').all();
  return rows.map((row) => ({ id: Number(row['id']), paths: JSON.parse(String(row['paths'])) as string[] }));
}

/** Whether that folder has been brought in to the end. */
export function isImported(db: Database, folder: string): boolean {
  const row = db.sql.prepare('SELECT imported_at FROM sources WHERE path = ?').get(folder);
  return typeof row?.['imported_at'] === 'string';
}

/** Which of these files (absolute paths) the project has not got yet. */
export function withoutKnown<T extends { path: string }>(db: Database, files: readonly T[]): T[] {
  const exists = db.sql.prepare('SELECT 1 FROM images WHERE source_id = ? AND path = ?');
  const sourceOfFolder = sourceFinder(db);
  return files.filter(({ path }) => {
    const source = sourceOfFolder(dirname(path));
    return !source || !exists.get(source.id, relative(source.path, path));
  });
}

/** Adds the files that the project does not have yet, in one transaction. */
export function addImages(db: Database, found: readonly FoundImage[]): ImportCounts {
  return db.transaction(() => {
    const insert = db.sql.prepare(
      `INSERT INTO images (source_id, path, bytes, modified_ms, status, class_id, reason, width, height, format)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    const sourceOfFolder = sourceFinder(db);
    const classIds = new Map<string, number>();
    const classIdOf = (name: string): number => {
      if (!classIds.has(name)) classIds.set(name, classForImport(db, name));
      return classIds.get(name)!;
    };
    const counts: ImportCounts = { added: 0, known: 0, rejected: 0 };
    const exists = db.sql.prepare('SELECT 1 FROM images WHERE source_id = ? AND path = ?');
    for (const image of found) {
      const source = sourceOfFolder(dirname(image.path))!;
      const path = relative(source.path, image.path);
      if (exists.get(source.id, path)) {
        counts.known++;
        continue;
      }
      // What cannot be used has no class, so a class's count is what training gets.
      const labelled = image.class !== undefined && image.status !== 'rejected';
      const classId = labelled ? classIdOf(image.class!) : null;
      insert.run(
        source.id,
        path,
        image.bytes ?? 0,
        image.modifiedAt ?? 0,
        imageStatuses.indexOf(image.status),
        classId,
        image.reason ?? null,
        image.width ?? null,
        image.height ?? null,
        image.format ?? null,
      );
      counts.added++;
      if (image.status === 'rejected') counts.rejected++;
    }
    return counts;
  });
}

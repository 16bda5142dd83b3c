/** Puts scanned files into the project: one row an image, never two for one file. */
import { dirname, join, relative } from 'node:path';
import { imageStatuses, labelOrigins, splits } from '../../shared/image-query.ts';
import type { Split } from '../../shared/image-query.ts';
import type { ScannedImage } from '../images/scan.ts';
import { classForImport } from './classes.ts';
import type { Database } from './database.ts';

/** One file that was found and looked into. */
export interface FoundImage extends Omit<ScannedImage, 'path'> {
  /** Absolute. */
  path: string;
  side?: Split;
}

export interface ImportCounts {
  added: number;
  /** In the project already. */
  known: number;
  /** Of those added, what cannot be used. */
  rejected: number;
  /** Of those added, what has a class. */
  labelled: number;
}

interface Source {
  id: number;
  /** Absolute. */
  path: string;
}

const sourcesByPath = (db: Database): Map<string, Source> => {
  const sources = db.sql.prepare('SELECT id, path FROM sources').all() as unknown as Source[];
  return new Map(sources.map((source) => [source.path, source]));
};

/** The folder itself or the nearest above it that is one of `paths`; as quick with many of them as with few. */
function nearest(paths: { has(path: string): boolean }, folder: string): string | undefined {
  for (let path = folder; ; path = dirname(path)) {
    if (paths.has(path)) return path;
    if (dirname(path) === path) return undefined;
  }
}

/**
 * Finds the deepest source that holds a folder. Sources are made only outside those there are, so a file never changes
 * its source. Valid as long as no source is added.
 */
export function sourceFinder(db: Database): (folder: string) => Source | undefined {
  const sources = sourcesByPath(db);
  const found = new Map<string, Source | undefined>();
  return (folder) => {
    if (!found.has(folder)) found.set(folder, sources.get(nearest(sources, folder) ?? ''));
    return found.get(folder);
  };
}

/** Makes each of the folders a source, unless one there is holds it already. */
export function addSources(db: Database, folders: readonly string[]): void {
  const there = new Set(sourcesByPath(db).keys());
  const fresh: string[] = [];
  for (const folder of folders) {
    if (nearest(there, folder) !== undefined) continue;
    there.add(folder);
    fresh.push(folder);
  }
  if (fresh.length === 0) return;
  db.transaction(() => {
    const insert = db.sql.prepare('INSERT INTO sources (path) VALUES (?)');
    for (const folder of fresh) insert.run(folder);
  });
}

/** Whether that folder has been brought in to the end. */
export function isImported(db: Database, folder: string): boolean {
  const row = db.sql.prepare('SELECT imported_at FROM sources WHERE path = ?').get(folder);
  return typeof row?.['imported_at'] === 'string';
}

/** The files that the project has, with the ids of their images, and those it has not got yet. */
export function partitionKnown<T extends { path: string }>(
  db: Database,
  files: readonly T[],
): { fresh: T[]; known: { id: number; file: T }[] } {
  const row = db.sql.prepare('SELECT id FROM images WHERE source_id = ? AND path = ?');
  const sourceOfFolder = sourceFinder(db);
  const fresh: T[] = [];
  const known: { id: number; file: T }[] = [];
  for (const file of files) {
    const source = sourceOfFolder(dirname(file.path));
    const found = source && row.get(source.id, relative(source.path, file.path));
    if (found) known.push({ id: Number(found['id']), file });
    else fresh.push(file);
  }
  return { fresh, known };
}

/** Tells whether the project has the file of that name in a folder. Valid as long as no source is added. */
export function knownFiles(db: Database): (folder: string, name: string) => boolean {
  const row = db.sql.prepare('SELECT 1 FROM images WHERE source_id = ? AND path = ?');
  row.setReturnArrays(true);
  const sourceOfFolder = sourceFinder(db);
  return (folder, name) => {
    const source = sourceOfFolder(folder);
    return source !== undefined && row.get(source.id, join(relative(source.path, folder), name)) !== undefined;
  };
}

/**
 * Adds the files that the project does not have yet, in one transaction. `importId` is the unfinished import that thereby
 * made headway.
 */
export function addImages(db: Database, found: readonly FoundImage[], importId: number | null = null): ImportCounts {
  return db.transaction(() => {
    const insert = db.sql.prepare(
      `INSERT INTO images
         (source_id, path, bytes, modified_ms, status, class_id, origin, split, reason, width, height, format, content)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    const sourceOfFolder = sourceFinder(db);
    const classIds = new Map<string, number>();
    const classIdOf = (name: string): number => {
      if (!classIds.has(name)) classIds.set(name, classForImport(db, name));
      return classIds.get(name)!;
    };
    const counts: ImportCounts = { added: 0, known: 0, rejected: 0, labelled: 0 };
    const exists = db.sql.prepare('SELECT 1 FROM images WHERE source_id = ? AND path = ?');
    for (const image of found) {
      const source = sourceOfFolder(dirname(image.path))!;
      const path = relative(source.path, image.path);
      if (exists.get(source.id, path)) {
        counts.known++;
        continue;
      }
      // What cannot be used has no class and no side, so their counts are what training gets.
      const usable = image.status !== 'rejected';
      const classId = usable && image.class !== undefined ? classIdOf(image.class) : null;
      insert.run(
        source.id,
        path,
        image.bytes ?? 0,
        image.modifiedAt ?? 0,
        imageStatuses.indexOf(image.status),
        classId,
        labelOrigins.indexOf(classId === null ? 'none' : 'imported'),
        splits.indexOf(usable ? (image.side ?? 'none') : 'none'),
        image.reason ?? null,
        image.width ?? null,
        image.height ?? null,
        image.format ?? null,
        image.content ?? null,
      );
      counts.added++;
      if (!usable) counts.rejected++;
      if (classId !== null) counts.labelled++;
    }
    if (importId !== null) db.sql.prepare('UPDATE imports SET tries = 0 WHERE id = ?').run(importId);
    return counts;
  });
}

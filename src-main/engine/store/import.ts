/** Puts scanned files into the project: one row an image, never two for one file. */
import { dirname, relative, sep } from 'node:path';
import { imageStatuses } from '../../shared/project.ts';
import type { ImageStatus } from '../../shared/project.ts';
import { classForImport } from './classes.ts';
import type { Database } from './database.ts';

/** One file that was found, as the scan tells it. */
export interface FoundImage {
  /** Absolute. */
  path: string;
  status: ImageStatus;
  reason?: string;
  width?: number;
  height?: number;
  format?: string;
  class?: string;
  bytes: number;
  modifiedMs: number;
}

export interface ImportCounts {
  added: number;
  /** In the project already. */
  known: number;
  /** Of those added, what cannot be used. */
  rejected: number;
}

interface Source {
  id: number;
  path: string;
}

const isInside = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

/** The deepest source that holds a path. Sources are made only outside those there are, so a file never changes its own. */
function sourceOf(db: Database, path: string): Source | undefined {
  const sources = db.sql.prepare('SELECT id, path FROM sources').all() as unknown as Source[];
  return sources
    .filter((source) => isInside(path, source.path))
    .toSorted((a, b) => b.path.length - a.path.length)
    .at(0);
}

/** Makes `folder` a source unless one holds it already. */
export function addSource(db: Database, folder: string): void {
  db.transaction(() => {
    if (!sourceOf(db, folder)) db.sql.prepare('INSERT INTO sources (path) VALUES (?)').run(folder);
  });
}

export function markImported(db: Database, folder: string): void {
  const now = new Date().toISOString();
  db.transaction(() => db.sql.prepare('UPDATE sources SET imported_at = ? WHERE path = ?').run(now, folder));
}

/** Whether that folder has been brought in to the end. */
export function isImported(db: Database, folder: string): boolean {
  const row = db.sql.prepare('SELECT imported_at FROM sources WHERE path = ?').get(folder);
  return typeof row?.['imported_at'] === 'string';
}

/** Adds the files that the project does not have yet, in one transaction. */
export function addImages(db: Database, found: readonly FoundImage[]): ImportCounts {
  return db.transaction(() => {
    const insert = db.sql.prepare(
      `INSERT INTO images (source_id, path, bytes, modified_ms, status, class_id, reason, width, height, format)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    const sources = new Map<string, Source>();
    const counts: ImportCounts = { added: 0, known: 0, rejected: 0 };
    const exists = db.sql.prepare('SELECT 1 FROM images WHERE source_id = ? AND path = ?');
    for (const image of found) {
      const folder = dirname(image.path);
      const source = sources.get(folder) ?? sourceOf(db, folder)!;
      sources.set(folder, source);
      const path = relative(source.path, image.path);
      if (exists.get(source.id, path)) {
        counts.known++;
        continue;
      }
      // What cannot be used has no class, so a class's count is what training gets.
      const labelled = image.class !== undefined && image.status !== 'rejected';
      const classId = labelled ? classForImport(db, image.class!) : null;
      insert.run(
        source.id,
        path,
        image.bytes,
        image.modifiedMs,
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

/** What is being brought in, so that it goes on after a crash, and is given up when it causes the crash. */
import { severalLabelsChoices } from '../../shared/labelling.ts';
import type { SeveralLabels } from '../../shared/labelling.ts';
import type { Database } from './database.ts';

/** What was asked to be brought in and has not ended: going on now, or cut off with the engine. */
export interface UnfinishedImport {
  id: number;
  /** Files and folders, absolute. */
  paths: string[];
  severalLabels: SeveralLabels;
  /** How often it was started since it last added something. */
  tries: number;
  /** Whether its files of labels have labelled the images that were there before it. */
  labelled: boolean;
}

export function beginImport(db: Database, paths: string[], severalLabels: SeveralLabels = 'first'): UnfinishedImport {
  const insert = db.sql.prepare('INSERT INTO imports (paths, several_labels) VALUES (?, ?)');
  const { lastInsertRowid } = db.transaction(() => insert.run(JSON.stringify(paths), severalLabels));
  return { id: Number(lastInsertRowid), paths, severalLabels, tries: 0, labelled: false };
}

/** Counts a start; the count begins anew when images are added, and when the import was left in good order. */
export function countTry(db: Database, id: number): void {
  db.transaction(() => db.sql.prepare('UPDATE imports SET tries = tries + 1 WHERE id = ?').run(id));
}

export function forgetTries(db: Database, id: number): void {
  db.transaction(() => db.sql.prepare('UPDATE imports SET tries = 0 WHERE id = ?').run(id));
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
  const rows = db.sql.prepare('SELECT id, paths, several_labels, tries, labelled FROM imports ORDER BY id').all();
  return rows.map((row) => ({
    id: Number(row['id']),
    paths: JSON.parse(String(row['paths'])) as string[],
    severalLabels: severalLabelsChoices.find((choice) => choice === row['several_labels']) ?? 'first',
    tries: Number(row['tries']),
    labelled: row['labelled'] === 1,
  }));
}

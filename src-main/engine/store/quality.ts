/** The quality scan's findings in the project: kept, counted, and acted on. */
import { join } from 'node:path';
import { findingKinds } from '../../shared/image-query.ts';
import type { FindingKind } from '../../shared/image-query.ts';
import type { QualityReport } from '../../shared/labelling.ts';
import type { Finding } from '../quality/find.ts';
import type { Database } from './database.ts';
import { excludeImages } from './exclusions.ts';
import { findingQuery, isInGroups, kindNumber } from './findings.ts';
import { rejected } from './images.ts';
import { countedImages } from './selection.ts';

/** An image that the scan looks at. */
export interface ScannedFile {
  id: number;
  /** Absolute. */
  path: string;
  /** As the project knows the file. */
  bytes: number;
  modifiedMs: number;
  /** Whether the hash of its content is known. */
  hashed: boolean;
}

const scannable = `status <> ${rejected} AND missing = 0`;

/** Every image that can be looked at, excluded ones too: their copies are found by them. */
export function filesToScan(db: Database): ScannedFile[] {
  const rows = db.sql
    .prepare(
      `SELECT images.id, sources.path AS source, images.path, bytes, modified_ms AS modifiedMs, content IS NOT NULL AS hashed
       FROM images JOIN sources ON sources.id = source_id WHERE ${scannable} ORDER BY images.id`,
    )
    .all() as unknown as (Omit<ScannedFile, 'hashed'> & { source: string; hashed: number })[];
  return rows.map(({ source, hashed, ...row }) => ({ ...row, path: join(source, row.path), hashed: hashed === 1 }));
}

/** Keeps the hashes of contents that were not known yet. */
export function keepContents(db: Database, contents: readonly { id: number; content: Uint8Array }[]): void {
  if (contents.length === 0) return;
  db.transaction(() => {
    const update = db.sql.prepare('UPDATE images SET content = ? WHERE id = ? AND content IS NULL');
    for (const { id, content } of contents) update.run(content, id);
  });
}

/** Puts what was found in `files` in the place of what was found before. Not undoable: it tells what is. */
export function keepFindings(db: Database, files: readonly ScannedFile[], findings: readonly Finding[]): void {
  db.transaction(() => {
    db.sql.exec('DELETE FROM findings; DELETE FROM quality_scanned');
    const find = db.sql.prepare('INSERT INTO findings (kind, image_id, value) VALUES (?, ?, ?)');
    for (const { kind, index, value } of findings) find.run(kindNumber(kind), files[index]!.id, value);
    const scan = db.sql.prepare('INSERT INTO quality_scanned (image_id, bytes, modified_ms) VALUES (?, ?, ?)');
    for (const { id, bytes, modifiedMs } of files) scan.run(id, bytes, modifiedMs);
    db.sql.prepare('INSERT OR REPLACE INTO quality_scan (id, ended_at) VALUES (1, ?)').run(new Date().toISOString());
  });
}

/** Whether images came in after the last scan had begun. */
export function hasNewcomers(db: Database): boolean {
  const newest = 'SELECT COALESCE(MAX(image_id), 0) FROM quality_scanned';
  return db.sql.prepare(`SELECT 1 FROM images WHERE ${scannable} AND id > (${newest}) LIMIT 1`).get() !== undefined;
}

export function qualityReport(db: Database): QualityReport {
  const scan = db.sql.prepare('SELECT ended_at FROM quality_scan').get();
  const { count } = db.sql
    .prepare(
      `SELECT COUNT(*) AS count FROM images LEFT JOIN quality_scanned AS scanned ON image_id = id
       WHERE ${scannable} AND excluded = 0 AND
         (scanned.bytes, scanned.modified_ms) IS NOT (images.bytes, images.modified_ms)`,
    )
    .get() as { count: number };
  const findings = findingKinds.map((kind) => {
    const found = imagesOf(db, kind);
    const left = remaining(kind, found);
    return {
      kind,
      images: left.length,
      excluded: found.filter(({ excluded }) => excluded).length,
      groups: isInGroups(kind) ? new Set(left.map(({ value }) => value)).size : null,
    };
  });
  return {
    scannedAt: scan ? String(scan['ended_at']) : null,
    notScanned: count,
    findings: findings.filter(({ images, excluded }) => images + excluded > 0),
  };
}

/**
 * Leaves out every image of a finding; of each group of duplicates one stays: one with a label, else the largest, else the
 * one that came in first. One undoable change.
 * @returns how many images were left out.
 */
export function excludeFinding(db: Database, kind: FindingKind): number {
  const left = remaining(kind, imagesOf(db, kind));
  const staying = new Set(isInGroups(kind) ? [...groupsOf(left).values()].map((group) => best(group).id) : []);
  const ids = left.map(({ id }) => id).filter((id) => !staying.has(id));
  return excludeImages(db, ids, true, (count) => `Exclude ${countedImages(count)} found by the check`).length;
}

/** One image of a finding. */
interface FoundImage {
  id: number;
  /** The number of a duplicate's group, else what was measured. */
  value: number;
  excluded: boolean;
  labelled: boolean;
  /** Width times height. */
  pixels: number;
}

/** In the order of groups, then of ids. Rejected images take part in nothing and are left out. */
function imagesOf(db: Database, kind: FindingKind): FoundImage[] {
  const statement = db.sql.prepare(
    `SELECT image_id, value, excluded, class_id IS NOT NULL, COALESCE(width * height, 0)
     FROM (${findingQuery(kind)}) CROSS JOIN images ON images.id = image_id
     WHERE status <> ${rejected}
     ORDER BY value, image_id`,
  );
  statement.setReturnArrays(true);
  const rows = statement.all() as unknown as number[][];
  return rows.map(([id, value, excluded, labelled, pixels]) => ({
    id: id!,
    value: value!,
    excluded: excluded === 1,
    labelled: labelled === 1,
    pixels: pixels!,
  }));
}

/** Those that still are what the finding says: not left out and, of duplicates, not the last of their group. */
function remaining(kind: FindingKind, found: readonly FoundImage[]): FoundImage[] {
  const left = found.filter(({ excluded }) => !excluded);
  if (!isInGroups(kind)) return left;
  const groups = groupsOf(left);
  return left.filter(({ value }) => groups.get(value)!.length > 1);
}

const groupsOf = (images: readonly FoundImage[]): Map<number, FoundImage[]> =>
  Map.groupBy(images, ({ value }) => value);

/** `images` are in the order in which they came in. */
const best = (images: readonly FoundImage[]): FoundImage =>
  images.reduce((kept, image) => {
    if (kept.labelled !== image.labelled) return kept.labelled ? kept : image;
    return image.pixels > kept.pixels ? image : kept;
  });

/** What the quality scan found, as it stands in the project. */
import { findingKinds } from '../../shared/image-query.ts';
import type { FindingKind } from '../../shared/image-query.ts';
import type { Database } from './database.ts';

/** Findings are kept under their number, so the list in shared/image-query.ts may only grow at its end. */
export const kindNumber = (kind: FindingKind): number => findingKinds.indexOf(kind);

const near = kindNumber('nearDuplicate');

/** Numbers of the groups of near duplicates that lie on several sides (training, validation or test). */
const torn = `
  SELECT value FROM findings CROSS JOIN images ON images.id = image_id
  WHERE kind = ${near} AND split <> 0 AND excluded = 0
  GROUP BY value HAVING MIN(split) < MAX(split)`;

/**
 * Ids of images that take part and have near duplicates on several sides, as a query. One without a side is among them:
 * it is what ties the sides together, or would go to one of them.
 */
export const acrossSidesQuery = `
  SELECT image_id FROM findings CROSS JOIN images ON images.id = image_id
  WHERE kind = ${near} AND excluded = 0 AND value IN (${torn})`;

const everyKind = findingKinds.map((_, number) => number).join(', ');

export function findingsOf(db: Database, imageId: number): FindingKind[] {
  const rows = db.sql
    .prepare(`SELECT kind, value FROM findings WHERE kind IN (${everyKind}) AND image_id = ? ORDER BY kind`)
    .all(imageId);
  const stored = rows.map((row) => findingKinds[Number(row['kind'])]!);
  const group = rows.find((row) => row['kind'] === near)?.['value'];
  const isAcross = typeof group === 'number' && takesPart(db, imageId) && isTorn(db, group);
  return isAcross ? [...stored, 'acrossSides'] : stored;
}

const takesPart = (db: Database, imageId: number): boolean =>
  db.sql.prepare('SELECT 1 FROM images WHERE id = ? AND excluded = 0').get(imageId) !== undefined;

function isTorn(db: Database, group: number): boolean {
  const row = db.sql
    .prepare(
      `SELECT MIN(split) < MAX(split) AS torn FROM findings CROSS JOIN images ON images.id = image_id
       WHERE kind = ${near} AND value = ? AND split <> 0 AND excluded = 0`,
    )
    .get(group);
  return row?.['torn'] === 1;
}

/** What the quality scan found, as it stands in the project. */
import { findingKinds } from '../../shared/image-query.ts';
import type { FindingKind } from '../../shared/image-query.ts';
import type { Database } from './database.ts';

/** Findings are kept under their number, so the list in shared/image-query.ts may only grow at its end. */
export const kindNumber = (kind: FindingKind): number => findingKinds.indexOf(kind);

/** Ids of images that have a near duplicate on another side (training, validation or test), as a query. */
export const acrossSidesQuery = `
  SELECT finding.image_id FROM findings AS finding JOIN images AS image ON image.id = finding.image_id
  WHERE finding.kind = ${kindNumber('nearDuplicate')} AND image.split <> 0 AND image.excluded = 0 AND finding.value IN (
    SELECT value FROM findings JOIN images ON images.id = image_id
    WHERE kind = ${kindNumber('nearDuplicate')} AND split <> 0 AND excluded = 0
    GROUP BY value HAVING COUNT(DISTINCT split) > 1
  )`;

export function findingsOf(db: Database, imageId: number): FindingKind[] {
  const rows = db.sql.prepare('SELECT kind FROM findings WHERE image_id = ? ORDER BY kind').all(imageId);
  const stored = rows.map((row) => findingKinds[Number(row['kind'])]!);
  const across = db.sql.prepare(`SELECT 1 FROM (${acrossSidesQuery}) WHERE image_id = ?`).get(imageId);
  return across ? [...stored, 'acrossSides'] : stored;
}

/** The images whose labels are given back, and the count of those that have none or take no part. */
import { join } from 'node:path';
import { imageStatuses, labelOrigins, splits } from '../../shared/image-query.ts';
import type { ImageStatus, LabelOrigin, Split } from '../../shared/image-query.ts';
import type { LabelFormat } from '../../shared/labelling.ts';
import type { Database } from '../store/database.ts';

export interface LabelledRow {
  id: number;
  /** Absolute path of the file. */
  path: string;
  label: string;
  split: Split;
  origin: LabelOrigin;
  excluded: boolean;
  status: ImageStatus;
  missing: boolean;
  /** Pixels, after EXIF orientation; null where the file could never be read. */
  width: number | null;
  height: number | null;
}

/** Images of the project that are not in what was written; each is counted once, under the first that holds. */
export interface LeftOut {
  unlabelled: number;
  excluded: number;
  rejected: number;
  missing: number;
  /** Images on no side of the split, where the folders are those of the sides. */
  withoutSide: number;
  /** Files that could not be copied or linked. */
  unreadable: number;
}

interface Row {
  id: number;
  source: string;
  path: string;
  label: string | null;
  split: number;
  origin: number;
  excluded: number;
  status: number;
  missing: number;
  width: number | null;
  height: number | null;
}

/**
 * A table (CSV, JSON lines) says of each label all that is known, so it has every labelled image. COCO and class folders
 * are for training: they have the images that can be used. `bySide`: those on no side of the split stay out as well.
 */
export function imagesToGive(
  db: Database,
  format: LabelFormat,
  bySide: boolean,
): { images: LabelledRow[]; leftOut: LeftOut } {
  const forTraining = format === 'coco' || format === 'folders';
  const leftOut: LeftOut = { unlabelled: 0, excluded: 0, rejected: 0, missing: 0, withoutSide: 0, unreadable: 0 };
  const images: LabelledRow[] = [];
  const rows = db.sql.prepare(
    `SELECT images.id, sources.path AS source, images.path, classes.name AS label, split, images.origin, excluded, status,
            missing, width, height
     FROM images JOIN sources ON sources.id = source_id LEFT JOIN classes ON classes.id = class_id ORDER BY images.id`,
  );
  for (const found of rows.iterate()) {
    const { source, label, ...row } = found as unknown as Row;
    if (label === null) {
      leftOut.unlabelled++;
      continue;
    }
    const image: LabelledRow = {
      ...row,
      path: join(source, row.path),
      label,
      split: splits[row.split]!,
      origin: labelOrigins[row.origin]!,
      status: imageStatuses[row.status]!,
      excluded: row.excluded === 1,
      missing: row.missing === 1,
    };
    const reason = forTraining ? reasonToLeaveOut(image, bySide) : null;
    if (reason) leftOut[reason]++;
    else images.push(image);
  }
  return { images, leftOut };
}

function reasonToLeaveOut(image: LabelledRow, bySide: boolean): keyof LeftOut | null {
  if (image.excluded) return 'excluded';
  if (image.status === 'rejected') return 'rejected';
  if (image.missing) return 'missing';
  return bySide && image.split === 'none' ? 'withoutSide' : null;
}

/** What the quality scan found, as it stands in the project. */
import { findingKinds } from '../../shared/image-query.ts';
import type { FindingKind } from '../../shared/image-query.ts';
import type { Database } from './database.ts';

/** Findings are kept under their number, so the list in shared/image-query.ts may only grow at its end. */
export const kindNumber = (kind: FindingKind): number => findingKinds.indexOf(kind);

/** Kinds whose images stand in groups: images of one group are duplicates of each other. */
export const isInGroups = (kind: FindingKind): boolean =>
  kind === 'exactDuplicate' || kind === 'nearDuplicate' || kind === 'acrossSides' || kind === 'labelConflict';

/** A kind that follows from the groups that are stored and from the images as they are now. */
interface Derived {
  from: 'exactDuplicate' | 'nearDuplicate';
  /** Of an image: whether it counts at all. */
  image: string;
  /** Of the images of a group that count; `copy.value` is the group of exact duplicates that one is in. */
  group: string;
}

const derived: Partial<Record<FindingKind, Derived>> = {
  // Mere copies of one file are told as that. They are stored all the same: splits keep them together.
  nearDuplicate: {
    from: 'nearDuplicate',
    image: 'TRUE',
    group: 'COUNT(copy.value) < COUNT(*) OR MIN(copy.value) < MAX(copy.value)',
  },
  // One without a side is among them: it is what ties the sides together, or would go to one of them.
  acrossSides: {
    from: 'nearDuplicate',
    image: 'excluded = 0',
    group: 'MIN(NULLIF(split, 0)) < MAX(NULLIF(split, 0))',
  },
  labelConflict: {
    from: 'exactDuplicate',
    image: 'excluded = 0 AND class_id IS NOT NULL',
    group: 'MIN(class_id) < MAX(class_id)',
  },
};

/** Numbers of the groups that are of a kind; `only` narrows them further. */
const groupsQuery = ({ from, image, group }: Derived, only = 'TRUE'): string => `
  SELECT found.value FROM findings AS found CROSS JOIN images ON images.id = found.image_id
  LEFT JOIN findings AS copy ON copy.kind = ${kindNumber('exactDuplicate')} AND copy.image_id = found.image_id
  WHERE found.kind = ${kindNumber(from)} AND ${image} AND ${only}
  GROUP BY found.value HAVING ${group}`;

/** The images of a finding, as a query of `image_id` and `value`: the number of a duplicate's group, else what was measured. */
export function findingQuery(kind: FindingKind): string {
  const rule = derived[kind];
  if (!rule) return `SELECT image_id, value FROM findings WHERE kind = ${kindNumber(kind)}`;
  return `
    SELECT image_id, value FROM findings CROSS JOIN images ON images.id = image_id
    WHERE kind = ${kindNumber(rule.from)} AND ${rule.image} AND value IN (${groupsQuery(rule)})`;
}

const everyKind = findingKinds.map((_, number) => number).join(', ');

export function findingsOf(db: Database, imageId: number): FindingKind[] {
  const rows = db.sql
    .prepare(`SELECT kind, value FROM findings WHERE kind IN (${everyKind}) AND image_id = ?`)
    .all(imageId);
  const values = new Map(rows.map((row) => [findingKinds[Number(row['kind'])]!, Number(row['value'])]));
  return findingKinds.filter((kind) => {
    const rule = derived[kind];
    if (!rule) return values.has(kind);
    const group = values.get(rule.from);
    return group !== undefined && holds(db, rule, imageId, group);
  });
}

const holds = (db: Database, rule: Derived, imageId: number, group: number): boolean =>
  db.sql
    .prepare(`SELECT 1 FROM images WHERE id = ? AND ${rule.image} AND EXISTS (${groupsQuery(rule, 'found.value = ?')})`)
    .get(imageId, group) !== undefined;

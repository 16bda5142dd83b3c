/** The images of a view as columns: filtered and sorted in memory, one number a column and image. */
import type { FindingKind, ImageQuery } from '../../shared/image-query.ts';
import type { ImageColumns } from '../../shared/project.ts';
import type { Database } from './database.ts';
import { findingQuery } from './findings.ts';
import { conditionsOf } from './image-conditions.ts';
import type { Condition } from './image-conditions.ts';
import { sortIds, sortKeys } from './image-order.ts';
import { imageTable } from './image-table.ts';

/** The images of a view in its order, `similarTo` left aside. */
export function listImages(db: Database, query: ImageQuery): ImageColumns {
  const table = imageTable(db.sql);
  const conditions = conditionsOf(db, table, query);
  const found = query.finding ? valuesOf(db, query.finding) : null;
  const candidates = found ? Uint32Array.from(found.keys()) : table.ids();
  const ids = fitting(candidates, conditions);
  const { sort } = query;
  // Duplicates stand beside those they are duplicates of.
  const key = sort ? sortKeys[sort.by](table) : found ? (id: number) => found.get(id)! : null;
  const all = key ? sortIds(ids, key, sort?.descending ?? false) : ids;
  const step = Math.max(1, Math.ceil(all.length / (query.sample ?? Infinity)));
  const order = step === 1 ? all : all.filter((_, index) => index % step === 0);
  const { length } = order;
  return {
    ids: order,
    classIds: gather(table.classIds, order, new Uint32Array(length)),
    statuses: gather(table.statuses, order, new Uint8Array(length)),
    splits: gather(table.splits, order, new Uint8Array(length)),
    origins: gather(table.origins, order, new Uint8Array(length)),
    flags: gather(table.flags, order, new Uint8Array(length)),
    predictedIds: gather(table.predictedIds, order, new Uint32Array(length)),
    confidences: gather(table.confidences, order, new Float32Array(length)),
  };
}

/** A plain loop: what typed arrays offer for this takes ten times as long, and leaves garbage. */
function gather<T extends Uint8Array | Uint32Array | Float32Array>(
  column: ArrayLike<number>,
  ids: Uint32Array,
  gathered: T,
): T {
  for (let i = 0; i < ids.length; i++) gathered[i] = column[ids[i]!]!;
  return gathered;
}

function fitting(ids: Uint32Array, conditions: readonly Condition[]): Uint32Array {
  if (conditions.length === 0) return ids;
  const kept = new Uint32Array(ids.length);
  let count = 0;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    let fits = true;
    for (let at = 0; fits && at < conditions.length; at++) fits = conditions[at]!(id);
    if (fits) kept[count++] = id;
  }
  return kept.slice(0, count);
}

/** Of the images of a finding, ids ascending. */
function valuesOf(db: Database, kind: FindingKind): Map<number, number> {
  const statement = db.sql.prepare(`SELECT image_id, value FROM (${findingQuery(kind)}) ORDER BY image_id`);
  statement.setReturnArrays(true);
  return new Map(statement.iterate() as unknown as Iterable<[number, number]>);
}

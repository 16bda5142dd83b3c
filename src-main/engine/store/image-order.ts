/** The orders of images: what each sorts by, and a sort of ids that is quick at 100,000. */
import type { ImageOrder } from '../../shared/image-query.ts';
import type { ImageTable } from './image-table.ts';

/** By id: what an image is sorted by; null comes last, whatever the direction. */
export type SortKey = (id: number) => number | null;

export const sortKeys: Record<ImageOrder, (table: ImageTable) => SortKey> = {
  added: () => (id) => id,
  path: (table) => {
    const ranks = table.pathRanks();
    return (id) => ranks[id]!;
  },
  modified: (table) => (id) => table.modified[id]!,
  pixels: (table) => (id) => table.widths[id]! * table.heights[id]! || null,
  bytes: (table) => (id) => table.bytes[id]!,
  class: (table) => (id) => table.classIds[id]! || null,
  prediction: (table) => (id) => table.predictedIds[id]! || null,
  confidence: (table) => (id) => (table.predictedIds[id] ? table.confidences[id]! : null),
  uncertainty: (table) => (id) => (table.predictedIds[id] ? -table.margins[id]! : null),
};

/** Used at every sort: what is made anew each time stays in memory until something collects it. */
let room = { keys: new Float64Array(), ordered: new Float64Array(), used: new Uint32Array() };

function roomFor(length: number): typeof room {
  if (room.keys.length < length) {
    room = { keys: new Float64Array(length), ordered: new Float64Array(length), used: new Uint32Array(length) };
  }
  const { keys, ordered, used } = room;
  return {
    keys: keys.subarray(0, length),
    ordered: ordered.subarray(0, length),
    used: used.subarray(0, length).fill(0),
  };
}

/**
 * Ids in the order of their keys, those with equal keys ascending; `ids` are ascending. Sorting plain numbers is many
 * times quicker than sorting with a comparison: so the keys are sorted, and every id goes where its key is found.
 */
export function sortIds(ids: Uint32Array, keyOf: SortKey, descending: boolean): Uint32Array {
  const { keys, ordered, used } = roomFor(ids.length);
  let ascends = true;
  let descends = true;
  for (let i = 0; i < ids.length; i++) {
    const key = keyOf(ids[i]!);
    keys[i] = key === null ? Infinity : descending ? -key : key;
    if (i > 0 && keys[i]! < keys[i - 1]!) ascends = false;
    if (i > 0 && keys[i]! >= keys[i - 1]!) descends = false;
  }
  // As images come in, so are they sorted in the orders of their coming and, mostly, of their paths.
  if (ascends) return ids;
  if (descends) return ids.toReversed();
  ordered.set(keys);
  ordered.sort();
  const sorted = new Uint32Array(ids.length);
  for (let i = 0; i < ids.length; i++) {
    const first = firstAtLeast(ordered, keys[i]!);
    sorted[first + used[first]!++] = ids[i]!;
  }
  return sorted;
}

/** Where `value`, which is in `ordered`, first stands. */
function firstAtLeast(ordered: Float64Array, value: number): number {
  let low = 0;
  let high = ordered.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ordered[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

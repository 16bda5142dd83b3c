/** "Find similar": the images of a list by how alike their features are to those of some images. */
import { setImmediate } from 'node:timers/promises';
import { featureCount } from '../backbone/graph.ts';
import { remakeColumns } from '../../shared/project.ts';
import type { ImageColumns } from '../../shared/project.ts';
import { FeatureStore } from './feature-store.ts';
import { lengthsOf } from './directions.ts';

/** 12 bits a number: products with 8 bits, added up over 1,280 numbers, still fit in 32 bits. */
const queryLimit = 4095;

/** At a stretch, ms: 100,000 images take half a second, and the engine answers others in between. */
const slice = 8;

/** How like the mean of the examples the images of a block are: cosines of their features, 0 to 1. */
export interface Likeness {
  /** 0 for features that no longer hold. */
  ids: Uint32Array;
  cosines: Float64Array;
}

/** The likeness of all images to `examples`, by the features kept in `cacheFolder`. */
export const likenessTo = (cacheFolder: string, examples: readonly number[]): Promise<Likeness[]> =>
  FeatureStore.use(cacheFolder, (store) => compare(store, examples));

export async function compare(store: FeatureStore, examples: readonly number[]): Promise<Likeness[]> {
  const query = meanDirection(store.directionsOf(new Set(examples)));
  const found: Likeness[] = [];
  let end = performance.now() + slice;
  for (const { ids, directions, lengths } of query ? store.blocks() : []) {
    const products = productsWith(query!.numbers, directions);
    found.push({
      ids,
      cosines: Float64Array.from(products, (product, at) => product / (lengths[at]! * query!.length)),
    });
    if (performance.now() < end) continue;
    await setImmediate();
    end = performance.now() + slice;
  }
  return found;
}

/**
 * The columns with the images that are most like the examples first. The examples themselves stand in front; images
 * without features are left out.
 */
export function bySimilarity(
  columns: ImageColumns,
  examples: readonly number[],
  likeness: readonly Likeness[],
): ImageColumns {
  const rowOf = rowsById(columns.ids);
  const inFront = new Set(examples);
  // One number an image, its distance above its row, so that numbers are sorted, which is much faster than rows.
  const keys = new Float64Array(columns.ids.length);
  let count = 0;
  for (const { ids, cosines } of likeness) {
    for (let at = 0; at < ids.length; at++) {
      const row = rowOf[ids[at]!] ?? -1;
      if (row < 0) continue;
      rowOf[ids[at]!] = -1; // once, whatever the blocks hold
      keys[count++] = Math.round((2 - (inFront.has(ids[at]!) ? 2 : cosines[at]!)) * finest) * rowLimit + row;
    }
  }
  const order = Uint32Array.from(keys.subarray(0, count).sort(), (key) => key % rowLimit);
  return remakeColumns(columns, count, (to, from) => order.forEach((row, at) => (to[at] = from[row]!)));
}

/** More images than any project has, and the steps of likeness that are told apart: together within 53 bits. */
const rowLimit = 2 ** 23;
const finest = 2 ** 28;

/** Rows by image id; -1 for ids that are not in the list. */
function rowsById(ids: Uint32Array): Int32Array {
  const rows = new Int32Array(ids.reduce((most, id) => Math.max(most, id), 0) + 1).fill(-1);
  ids.forEach((id, row) => (rows[id] = row));
  return rows;
}

/** A direction to compare with, in whole numbers, and the length that makes products with it cosines. */
interface Query {
  numbers: Int32Array;
  length: number;
}

/** The mean of directions at length 1; null of none. */
function meanDirection(directions: Uint8Array): Query | null {
  if (directions.length === 0) return null;
  const lengths = lengthsOf(directions);
  const sum = new Float64Array(featureCount);
  directions.forEach((value, i) => (sum[i % featureCount]! += value / lengths[Math.floor(i / featureCount)]!));
  const largest = Math.max(...sum, Number.MIN_VALUE);
  const numbers = Int32Array.from(sum, (value) => Math.round((value / largest) * queryLimit));
  return { numbers, length: Math.max(1, Math.hypot(...numbers)) };
}

/** Of an image's direction at `start` with the query; four sums, so that none waits for the one before. */
function product(numbers: Int32Array, directions: Uint8Array, start: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = 0; i < featureCount; i += 4) {
    a = (a + Math.imul(numbers[i]!, directions[start + i]!)) | 0;
    b = (b + Math.imul(numbers[i + 1]!, directions[start + i + 1]!)) | 0;
    c = (c + Math.imul(numbers[i + 2]!, directions[start + i + 2]!)) | 0;
    d = (d + Math.imul(numbers[i + 3]!, directions[start + i + 3]!)) | 0;
  }
  return a + b + c + d;
}

/** Of all images of a block: this loop apart from what is done with them, or the compiler gives up on it. */
function productsWith(numbers: Int32Array, directions: Uint8Array): Int32Array {
  const products = new Int32Array(directions.length / featureCount);
  for (let image = 0; image < products.length; image++) {
    products[image] = product(numbers, directions, image * featureCount);
  }
  return products;
}

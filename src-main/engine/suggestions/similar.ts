/** "Find similar": the images of a list by how alike their features are to those of some images. */
import { featureCount } from '../backbone/graph.ts';
import type { ImageColumns } from '../../shared/project.ts';
import { FeatureStore } from './feature-store.ts';
import { lengthsOf } from './directions.ts';
import { gather } from './gather.ts';

/** 12 bits a number: products with 8 bits, added up over 1,280 numbers, still fit in 32 bits. */
const queryLimit = 4095;

/** `columns` in the order of `bySimilarity`, by the features kept in `cacheFolder`. */
export const listSimilar = (cacheFolder: string, columns: ImageColumns, examples: readonly number[]) =>
  FeatureStore.use(cacheFolder, (store) => bySimilarity(columns, store, examples));

/**
 * The columns with the images most like `examples` first: by cosine similarity of features to the mean of the examples'
 * features, each at length 1. The examples themselves stand in front, in the order given; images without features are
 * left out.
 */
export function bySimilarity(columns: ImageColumns, store: FeatureStore, examples: readonly number[]): ImageColumns {
  const query = meanDirection(gather(store, new Set(examples)).directions);
  const position = new Map<number, number>();
  columns.ids.forEach((id, index) => position.set(id, index));
  const found = new Uint32Array(columns.ids.length);
  const likeness = new Float32Array(columns.ids.length);
  let count = 0;
  for (const { ids, directions, lengths } of query ? store.blocks() : []) {
    for (let at = 0; at < ids.length; at++) {
      const index = position.get(ids[at]!);
      if (index === undefined) continue;
      found[count++] = index;
      likeness[index] = product(query!, directions, at * featureCount) / lengths[at]!;
    }
  }
  examples.forEach((id, turn) => {
    const index = position.get(id);
    // Above every product, so in front.
    if (index !== undefined) likeness[index] = 2 ** 40 * (examples.length - turn);
  });
  const order = found.subarray(0, count).sort((a, b) => likeness[b]! - likeness[a]! || a - b);
  return reordered(columns, order);
}

/** The mean of directions at length 1, in whole numbers up to 4,095; null of none. */
function meanDirection(directions: Uint8Array): Int32Array | null {
  if (directions.length === 0) return null;
  const lengths = lengthsOf(directions);
  const sum = new Float64Array(featureCount);
  directions.forEach((value, i) => (sum[i % featureCount]! += value / lengths[Math.floor(i / featureCount)]!));
  const largest = Math.max(...sum, Number.MIN_VALUE);
  return Int32Array.from(sum, (value) => Math.round((value / largest) * queryLimit));
}

/** Four sums side by side: the processor does not wait for one to be added before it takes the next. */
function product(query: Int32Array, directions: Uint8Array, start: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = 0; i < featureCount; i += 4) {
    a = (a + Math.imul(query[i]!, directions[start + i]!)) | 0;
    b = (b + Math.imul(query[i + 1]!, directions[start + i + 1]!)) | 0;
    c = (c + Math.imul(query[i + 2]!, directions[start + i + 2]!)) | 0;
    d = (d + Math.imul(query[i + 3]!, directions[start + i + 3]!)) | 0;
  }
  return a + b + c + d;
}

function reordered(columns: ImageColumns, order: Uint32Array): ImageColumns {
  const take = <T extends Uint32Array | Uint8Array | Float32Array>(values: T): T => {
    const taken = new (values.constructor as new (length: number) => T)(order.length);
    order.forEach((from, to) => (taken[to] = values[from]!));
    return taken;
  };
  return {
    ids: take(columns.ids),
    classIds: take(columns.classIds),
    statuses: take(columns.statuses),
    splits: take(columns.splits),
    origins: take(columns.origins),
    flags: take(columns.flags),
    predictedIds: take(columns.predictedIds),
    confidences: take(columns.confidences),
  };
}

/** The kept features of some images, out of the blocks they lie in. */
import { featureCount } from '../backbone/graph.ts';
import type { FeatureStore } from './feature-store.ts';

export interface Gathered {
  ids: number[];
  /** uint8 [images, 1280] */
  directions: Uint8Array;
}

/** All of them at once; images without features are left out. */
export function gather(store: FeatureStore, wanted: ReadonlySet<number>): Gathered {
  for (const group of gatherInGroups(store, wanted, Math.max(1, wanted.size))) return group;
  return { ids: [], directions: new Uint8Array() };
}

/** At most `size` images at a time, so that memory stays bounded whatever their number. */
export function* gatherInGroups(
  store: FeatureStore,
  wanted: ReadonlySet<number>,
  size: number,
): Generator<Gathered, void> {
  let ids: number[] = [];
  let directions = new Uint8Array(size * featureCount);
  for (const block of store.blocks()) {
    for (const [at, id] of block.ids.entries()) {
      if (!wanted.has(id)) continue;
      directions.set(block.directions.subarray(at * featureCount, (at + 1) * featureCount), ids.length * featureCount);
      ids.push(id);
      if (ids.length < size) continue;
      yield { ids, directions };
      ids = [];
      directions = new Uint8Array(size * featureCount);
    }
  }
  if (ids.length > 0) yield { ids, directions: directions.subarray(0, ids.length * featureCount) };
}

/** Blocks that are drawn as one layer. That is a matter of the drawing alone: the network stays as it is. */
import { blocksOf } from '../blocks.ts';
import type { Draft } from '../edit.ts';
import { wireIndices } from './layout.ts';

export interface FoldedBlock {
  name: string;
  /** Indices of its layers. */
  layers: readonly number[];
}

/** The blocks of those names, each by the index of the layer that stands for it: the last whose output leaves the block. */
export function foldBlocks(draft: Draft, names: ReadonlySet<string>): Map<number, FoldedBlock> {
  const folded = new Map<number, FoldedBlock>();
  const hidden = new Set<number>();
  const wires = wireIndices(draft);
  for (const [name, layers] of blocksOf(draft)) {
    if (!names.has(name) || layers.some((index) => hidden.has(index))) continue;
    const inside = new Set(layers);
    const leaving = new Set(wires.flatMap(({ source, target }) => (inside.has(target) ? [] : [source])));
    folded.set(layers.findLast((index) => leaving.has(index)) ?? layers.at(-1)!, { name, layers });
    layers.forEach((index) => hidden.add(index));
  }
  return folded;
}

/** The layer that each layer of a folded block is drawn as, by index; layers that are drawn themselves are left out. */
export const standIns = (folded: ReadonlyMap<number, FoldedBlock>): Map<number, number> =>
  new Map([...folded].flatMap(([index, { layers }]) => layers.map((layer): [number, number] => [layer, index])));

/** The same network wider, deeper, for smaller images, or with one layer's job done otherwise. Each gives a new network. */
import { describeNetwork } from '../describe.ts';
import { freeName, insertAfter, setField, sourcesOf, toDraft, withLayer } from '../edit.ts';
import type { Draft, DraftLayer } from '../edit.ts';
import { parseNetwork } from '../parse.ts';
import type { NetworkJson, Pair } from '../spec.ts';
import { removeLayers } from '../wiring.ts';

/**
 * Filters and units times `factor`, at least 1; the units of the classes stay. Group norm's groups stay and its channels
 * are rounded to a multiple of them. conv1 of 16 filters at 1.5 -> 24
 */
export function withWidth(network: NetworkJson, factor: number): NetworkJson {
  const groups = Math.max(1, ...network.layers.map((layer) => (layer.kind === 'groupNorm' ? (layer.groups ?? 32) : 1)));
  const scale = (count: number): number => Math.max(Math.round((count * factor) / groups), 1) * groups;
  return {
    ...network,
    layers: network.layers.map((layer) => {
      if ('filters' in layer) return { ...layer, filters: scale(layer.filters) };
      if (layer.kind === 'dense' && layer.units !== 'classes') return { ...layer, units: scale(layer.units) };
      return layer;
    }),
  };
}

/**
 * Each stage `factor` times as deep: behind every convolution that is followed by an activation (batch norm may lie
 * between) come factor - 1 more of its filters and kernel, with "same" padding and strides 1, normalised and activated
 * like it. Shapes stay as they are.
 * @param factor a whole number of 1 or more
 */
export function withDepth(network: NetworkJson, factor: number): NetworkJson {
  let draft = toDraft(network)!;
  for (const layer of network.layers) {
    if (layer.kind !== 'conv2d') continue;
    const chain = chainAfter(draft, layer.name);
    if (!chain.some(({ kind }) => kind === 'activation')) continue;
    for (let copy = 1; copy < factor; copy++) {
      const [conv, ...rest] = chain.map(({ from: _, ...fields }) => fields as DraftLayer);
      const same = { ...conv!, strides: 1, padding: 'same', dilationRate: 1 };
      let after = chainAfter(draft, layer.name, copy).at(-1)!.name;
      for (const next of [same, ...rest]) {
        const name = freeName(draft, `${next.name}-`);
        draft = insertAfter(draft, after, { ...next, name });
        after = name;
      }
    }
  }
  return draft as unknown as NetworkJson;
}

/** A convolution, and the batch norm and activation that follow it alone; of its `copies` so far the last. */
function chainAfter(draft: Draft, name: string, copies = 1): DraftLayer[] {
  const users = (of: string): number[] =>
    draft.layers.flatMap((_, index) => (sourcesOf(draft, index).includes(of) ? [index] : []));
  let start = draft.layers.find((layer) => layer.name === name)!;
  for (let copy = 0; ;) {
    const chain = [start];
    for (;;) {
      const [user, ...others] = users(chain.at(-1)!.name);
      const next = user === undefined || others.length > 0 ? undefined : draft.layers[user];
      if (!next || (next.kind !== 'batchNorm' && next.kind !== 'activation')) break;
      chain.push(next);
      if (next.kind === 'activation') break;
    }
    if (++copy >= copies) return chain;
    start = draft.layers[users(chain.at(-1)!.name)[0]!]!;
  }
}

/**
 * For images of `size`: where they are smaller than the network was made for, its first strides and pools go, one after
 * another, until the last maps have at least 4x4 cells again (or as many as at the network's own size).
 * resnet-18 at 32x32: the stem keeps 32x32, and the last maps are 4x4.
 */
export function cutToSize(network: NetworkJson, size: Pair): NetworkJson {
  const wanted = Math.min(4, smallestMap(network) ?? 1);
  let draft: Draft = { ...toDraft(network)!, input: { ...network.input, size } };
  for (;;) {
    const smallest = smallestMap(draft as unknown as NetworkJson);
    if (smallest !== null && smallest >= wanted) break;
    const next = withoutFirstShrinking(draft);
    if (next === null) break;
    draft = next;
  }
  return draft as unknown as NetworkJson;
}

/** The shorter side of the last maps, in cells; null when the network does not work. */
function smallestMap(network: NetworkJson): number | null {
  const { layers } = describeNetwork(parseNetwork(network), 10);
  // What is wrong at the end alone, such as flattened units, is of no matter here.
  const maps = layers.map(({ outputShape }) => outputShape);
  if (maps.includes(null)) return null;
  const last = maps.findLast((shape) => shape?.length === 3);
  return last ? Math.min(last[0], last[1]!) : null;
}

function withoutFirstShrinking(draft: Draft): Draft | null {
  const { layers } = draft;
  const at = layers.findIndex((layer) => isPool(layer) || most(layer['strides']) > 1);
  const layer = layers[at];
  if (!layer) return null;
  if (isPool(layer)) return removeLayers(draft, [at]).draft;
  const slow = setField(draft, at, 'strides', undefined);
  // Padding that suited strides of 4 leaves an 11x11 kernel with little to look at: "same" keeps the size.
  return 'kernelSize' in layer ? setField(slow, at, 'padding', 'same') : slow;
}

const isPool = ({ kind }: DraftLayer): boolean => kind === 'maxPool' || kind === 'avgPool';
const most = (strides: unknown): number => Math.max(...[strides ?? 1].flat().map(Number));

export const poolings = ['maxPool', 'avgPool', 'conv2d', 'none'] as const;
export type Pooling = (typeof poolings)[number];

/**
 * A pooling layer's job by other means: the largest or the mean of each window, a convolution with the window's size and
 * strides (Springenberg et al. 2015), or no pooling. The layer keeps its name.
 */
export function withPooling(network: NetworkJson, name: string, by: Pooling, channels: number): NetworkJson {
  const draft = toDraft(network)!;
  const index = draft.layers.findIndex((layer) => layer.name === name);
  const layer = draft.layers[index];
  if (!layer || !isPool(layer)) return network;
  const { poolSize, strides = poolSize, padding, from } = layer;
  const place = { name, ...(from && { from }), ...(padding !== undefined && { padding }) };
  const changed: Draft =
    by === 'none'
      ? removeLayers(draft, [index]).draft
      : by === 'conv2d'
        ? withLayer(draft, index, { ...place, kind: 'conv2d', filters: channels, kernelSize: poolSize, strides })
        : withLayer(draft, index, { ...layer, kind: by });
  return changed as unknown as NetworkJson;
}

/** Batch norm and the activation beside it change places; the network as it is where no activation is its neighbour. */
export function withNormMoved(network: NetworkJson, name: string): NetworkJson {
  const draft = toDraft(network)!;
  const at = draft.layers.findIndex((layer) => layer.name === name && layer.kind === 'batchNorm');
  const neighbour = [at + 1, at - 1].find((other) => {
    const [first, second] = [Math.min(at, other), Math.max(at, other)];
    const alone = draft.layers.filter((_, index) => sourcesOf(draft, index).includes(draft.layers[first]?.name ?? ''));
    return draft.layers[other]?.kind === 'activation' && alone.length === 1 && alone[0] === draft.layers[second];
  });
  if (at < 0 || neighbour === undefined) return network;
  const [first, second] = [Math.min(at, neighbour), Math.max(at, neighbour)];
  const [upper, lower] = [draft.layers[first]!, draft.layers[second]!];
  const { from: source, ...above } = upper;
  const { from: _, ...below } = lower;
  const layers = draft.layers
    .map((layer) =>
      layer.from?.includes(lower.name)
        ? { ...layer, from: layer.from.map((n) => (n === lower.name ? upper.name : n)) }
        : layer,
    )
    .with(first, { ...below, ...(source && { from: source }) } as DraftLayer)
    .with(second, above as DraftLayer);
  return { ...draft, layers } as unknown as NetworkJson;
}

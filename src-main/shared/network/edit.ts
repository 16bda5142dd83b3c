/**
 * A network while it is being edited. Unlike `Network` its fields may hold anything, because a half-typed number is kept
 * and saved too. Every operation returns a new draft and keeps what `from` means: names follow renames, and what used a
 * removed layer uses that layer's inputs instead.
 */
import { layerKinds } from './spec.ts';
import type { LayerKind } from './spec.ts';

export interface DraftLayer {
  readonly name: string;
  readonly kind: LayerKind;
  readonly from?: readonly string[];
  readonly [field: string]: unknown;
}

export interface Draft {
  readonly input: { readonly size: unknown; readonly channels: unknown };
  readonly layers: readonly DraftLayer[];
}

/** An edit's result: the draft and the layer to select in it; -1 is the input. */
export interface Edited {
  draft: Draft;
  selected: number;
  /** All layers to select, `selected` among them, where they are several. */
  picked?: readonly number[];
}

export const emptyDraft: Draft = { input: { size: [64, 64], channels: 3 }, layers: [] };

/** What a new layer is called, before its number. */
const prefixes: Record<LayerKind, string> = {
  conv2d: 'conv',
  depthwiseConv2d: 'dw',
  separableConv2d: 'sep',
  conv2dTranspose: 'up-conv',
  upSampling2d: 'up',
  zeroPadding2d: 'zeros',
  cropping2d: 'crop',
  batchNorm: 'bn',
  layerNorm: 'ln',
  groupNorm: 'gn',
  activation: 'act',
  maxPool: 'pool',
  avgPool: 'pool',
  globalAvgPool: 'gap',
  globalMaxPool: 'gmp',
  flatten: 'flatten',
  dense: 'dense',
  dropout: 'drop',
  add: 'add',
  concat: 'concat',
};

/** What a new layer starts with, beside the format's own defaults. */
const starts: Record<LayerKind, Record<string, unknown>> = {
  conv2d: { filters: 16, kernelSize: 3, padding: 'same' },
  depthwiseConv2d: { kernelSize: 3, padding: 'same' },
  separableConv2d: { filters: 16, kernelSize: 3, padding: 'same' },
  conv2dTranspose: { filters: 16, kernelSize: 2, strides: 2 },
  upSampling2d: {},
  zeroPadding2d: {},
  cropping2d: { cropping: 1 },
  batchNorm: {},
  layerNorm: {},
  groupNorm: { groups: 8 },
  activation: { function: 'relu' },
  maxPool: { poolSize: 2 },
  avgPool: { poolSize: 2 },
  globalAvgPool: {},
  globalMaxPool: {},
  flatten: {},
  dense: { units: 'classes' },
  dropout: { rate: 0.5 },
  add: {},
  concat: {},
};

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Reads stored JSON back into a draft. Null when it is so far from a network that there is nothing to edit. */
export function toDraft(json: unknown): Draft | null {
  if (!isRecord(json) || !isRecord(json.input) || !Array.isArray(json.layers)) return null;
  const layers: DraftLayer[] = [];
  for (const layer of json.layers as unknown[]) {
    if (!isRecord(layer) || typeof layer.name !== 'string') return null;
    if (!layerKinds.includes(layer.kind as LayerKind)) return null;
    layers.push(layer as unknown as DraftLayer);
  }
  return { input: { size: json.input.size, channels: json.input.channels }, layers };
}

/** The stem with the first number that no layer's name has yet: "conv" -> "conv3". */
export function freeName(draft: Draft, stem: string): string {
  const taken = new Set(draft.layers.map((layer) => layer.name));
  let number = 1;
  while (taken.has(`${stem}${number}`)) number++;
  return `${stem}${number}`;
}

/** Names that a layer takes its input from: as written, else the layer above, else "input". */
export function sourcesOf(draft: Draft, index: number): readonly string[] {
  const layer = draft.layers[index];
  return layer?.from ?? [draft.layers[index - 1]?.name ?? 'input'];
}

const withLayers = (draft: Draft, layers: readonly DraftLayer[]): Draft => ({ ...draft, layers });

/** A new layer of that kind, under a name that is free, fed by nothing in particular. */
export const newLayer = (draft: Draft, kind: LayerKind): DraftLayer => ({
  name: freeName(draft, prefixes[kind]),
  kind,
  ...starts[kind],
});

/** Puts that layer in the place of the one at `index`. */
export const withLayer = (draft: Draft, index: number, layer: DraftLayer): Draft =>
  withLayers(draft, draft.layers.with(index, layer));

/**
 * Puts a new layer between the layer at `index` and one of its inputs, `source` (the first when left out): it takes that
 * input, and the layer takes its output in that input's place.
 */
export function insertBefore(
  draft: Draft,
  index: number,
  kind: LayerKind,
  fields: Record<string, unknown> = {},
  source = sourcesOf(draft, index)[0] ?? 'input',
): Draft {
  const layer: DraftLayer = { name: freeName(draft, prefixes[kind]), kind, ...starts[kind], ...fields };
  const before = draft.layers[index - 1]?.name ?? 'input';
  const placed = source === before ? layer : { ...layer, from: [source] };
  const target = draft.layers[index]!;
  const joined = sourcesOf(draft, index).map((name) => (name === source ? layer.name : name));
  const fed = target.from === undefined && source === before ? target : { ...target, from: joined };
  return withLayers(draft, draft.layers.toSpliced(index, 1, placed, fed));
}

/** Puts a layer behind the one of that name: whatever took that one's output takes the new layer's. */
export function insertAfter(draft: Draft, name: string, layer: DraftLayer): Draft {
  const at = draft.layers.findIndex((other) => other.name === name);
  const moved = draft.layers.map((other, index) => {
    if (!sourcesOf(draft, index).includes(name)) return other;
    if (other.from === undefined) return other;
    return { ...other, from: other.from.map((source) => (source === name ? layer.name : source)) };
  });
  return withLayers(draft, moved.toSpliced(at + 1, 0, layer));
}

/** Moves a layer by one place; at either end it stays. */
export function moveLayer(draft: Draft, index: number, by: 1 | -1): Edited {
  const to = index + by;
  const layer = draft.layers[index];
  if (!layer || to < 0 || to >= draft.layers.length) return { draft, selected: index };
  return { draft: withLayers(draft, draft.layers.toSpliced(index, 1).toSpliced(to, 0, layer)), selected: to };
}

/** Renames a layer, also where others name it in `from`. */
export function renameLayer(draft: Draft, index: number, name: string): Draft {
  const old = draft.layers[index]?.name;
  const unique = draft.layers.filter((layer) => layer.name === old).length === 1;
  return withLayers(
    draft,
    draft.layers.map((layer, at) => {
      const from = unique ? layer.from?.map((source) => (source === old ? name : source)) : layer.from;
      return { ...layer, ...(from ? { from } : {}), ...(at === index ? { name } : {}) };
    }),
  );
}

/** Sets one field of a layer; `undefined` takes it out, so that the format's default holds. */
export function setField(draft: Draft, index: number, field: string, value: unknown): Draft {
  return withLayers(
    draft,
    draft.layers.map((layer, at) => {
      if (at !== index) return layer;
      if (value !== undefined) return { ...layer, [field]: value };
      return Object.fromEntries(Object.entries(layer).filter(([key]) => key !== field)) as unknown as DraftLayer;
    }),
  );
}

/** Sets the input's size ([height, width] or one number) or its channels. */
export const setInput = (draft: Draft, field: 'size' | 'channels', value: unknown): Draft => ({
  ...draft,
  input: { ...draft.input, [field]: value },
});

/** The title itself, or with the first number that makes it unlike all others: "net" -> "net 2". */
export function freeTitle(title: string, taken: readonly string[]): string {
  if (!taken.includes(title)) return title;
  let number = 2;
  while (taken.includes(`${title} ${number}`)) number++;
  return `${title} ${number}`;
}

/** Two networks side by side: which layers they share, which differ in what, which only one of them has. */
import { describeNetwork } from './describe.ts';
import type { LayerDescription, Totals } from './describe.ts';
import type { Layer, Network } from './spec.ts';

export interface ComparedLayer {
  status: 'same' | 'changed' | 'onlyFirst' | 'onlySecond';
  first: LayerDescription | null;
  second: LayerDescription | null;
  /** Fields of the JSON whose values differ, with both values; a layer that takes other inputs differs in "from". */
  fields: { field: string; first: unknown; second: unknown }[];
}

export interface Comparison {
  layers: ComparedLayer[];
  first: Totals;
  second: Totals;
}

/** Layers are paired in the order of their lists, as many as possible: by kind and name, else by kind and fields. */
export function compareNetworks(first: Network, second: Network, classes: number): Comparison {
  const figures = [describeNetwork(first, classes), describeNetwork(second, classes)] as const;
  const layers = pairsOf(first.layers, second.layers).map(([at, other]): ComparedLayer => {
    const rows = { first: figures[0].layers[at] ?? null, second: figures[1].layers[other] ?? null };
    if (rows.second === null) return { status: 'onlyFirst', ...rows, fields: [] };
    if (rows.first === null) return { status: 'onlySecond', ...rows, fields: [] };
    const fields = differencesOf(first.layers[at]!, second.layers[other]!);
    return { status: fields.length === 0 ? 'same' : 'changed', ...rows, fields };
  });
  return { layers, first: figures[0].totals, second: figures[1].totals };
}

/** Indices of layers that stand beside each other; -1 where one side has none. */
function pairsOf(first: readonly Layer[], second: readonly Layer[]): [number, number][] {
  const [ones, others] = [first.map(signatureOf), second.map(signatureOf)];
  const width = second.length + 1;
  // best[i * width + j]: the weight of the best pairing of what follows i in the one and j in the other.
  const best = new Uint32Array((first.length + 1) * width);
  for (let i = first.length - 1; i >= 0; i--) {
    for (let j = second.length - 1; j >= 0; j--) {
      const paired = likeness(ones[i]!, others[j]!);
      const skip = Math.max(best[(i + 1) * width + j]!, best[i * width + j + 1]!);
      best[i * width + j] = paired === 0 ? skip : Math.max(skip, paired + best[(i + 1) * width + j + 1]!);
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < first.length || j < second.length;) {
    const here = best[i * width + j]!;
    const alike = i < first.length && j < second.length ? likeness(ones[i]!, others[j]!) : 0;
    if (alike > 0 && here === alike + best[(i + 1) * width + j + 1]!) pairs.push([i++, j++]);
    else if (i < first.length && here === best[(i + 1) * width + j]!) pairs.push([i++, -1]);
    else pairs.push([-1, j++]);
  }
  return pairs;
}

interface Signature {
  kind: string;
  name: string;
  /** All fields but the name and where the input comes from. */
  fields: string;
}

function signatureOf({ name, kind, from: _from, ...fields }: Layer): Signature {
  return { kind, name, fields: JSON.stringify(fields) };
}

/** 0: not the same layer. A shared name counts for more than shared fields. */
function likeness(a: Signature, b: Signature): number {
  if (a.kind !== b.kind) return 0;
  if (a.name === b.name) return 3;
  return a.fields === b.fields ? 2 : 1;
}

function differencesOf(a: Layer, b: Layer): ComparedLayer['fields'] {
  const fields = new Set([...Object.keys(a), ...Object.keys(b)]);
  const valueOf = (layer: Layer, field: string): unknown => (layer as unknown as Record<string, unknown>)[field];
  return [...fields].flatMap((field) => {
    const [first, second] = [valueOf(a, field), valueOf(b, field)];
    return JSON.stringify(first) === JSON.stringify(second) ? [] : [{ field, first, second }];
  });
}

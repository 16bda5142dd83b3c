/**
 * Edits of a draft as a graph: connections are made and cut by name, whatever the order of the list. In the result a
 * layer names its input in `from` only where that is not the layer above.
 */
import { freeName, newLayer, sourcesOf } from './edit.ts';
import type { Draft, DraftLayer, Edited } from './edit.ts';
import { inputName } from './graph.ts';
import type { LayerKind } from './spec.ts';

/** A connection: the output of `source` (a layer's name, or "input") goes into the layer `target`. */
export interface Wire {
  source: string;
  target: string;
}

/** A layer with its inputs written out. */
export type WiredLayer = DraftLayer & { readonly from: readonly string[] };

/** Kinds that take several inputs. */
export const merges = (kind: LayerKind): boolean => kind === 'add' || kind === 'concat';

export const indexOf = (draft: Draft, name: string): number => draft.layers.findIndex((layer) => layer.name === name);

/** All layers with their inputs written out, so that they can be moved about. */
export const wired = (draft: Draft): WiredLayer[] =>
  draft.layers.map((layer, index) => ({ ...layer, from: sourcesOf(draft, index) }));

/** Back to a draft: `from` goes where it says "the layer above" and the layer did not say so before. */
export function unwired(before: Draft, layers: readonly WiredLayer[]): Draft {
  const written = new Set(before.layers.filter(({ from }) => from !== undefined).map(({ name }) => name));
  return {
    ...before,
    layers: layers.map((layer, index) => {
      const above = layers[index - 1]?.name ?? inputName;
      const isAbove = layer.from.length === 1 && layer.from[0] === above;
      if (!isAbove || merges(layer.kind) || written.has(layer.name)) return layer;
      const { from: _, ...rest } = layer;
      return rest as DraftLayer;
    }),
  };
}

/** Every connection of the draft, also those from names that no layer has. */
export const wiresOf = (draft: Draft): Wire[] =>
  wired(draft).flatMap(({ name, from }) => from.map((source) => ({ source, target: name })));

/** Whether the connection would lead a layer's output back into itself. */
export function wouldLoop(draft: Draft, { source, target }: Wire): boolean {
  const sources = new Map(wired(draft).map(({ name, from }) => [name, from]));
  const seen = new Set<string>();
  const open = [source];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === target) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    open.push(...(sources.get(name) ?? []));
  }
  return false;
}

/** A layer that takes several inputs gets one more; any other gets this one in place of its own. */
export function connect(draft: Draft, { source, target }: Wire): Draft {
  return rewired(draft, target, (layer) => (merges(layer.kind) ? [...new Set([...layer.from, source])] : [source]));
}

/** The layer loses that input; without any other it is left loose, which its problem says. */
export function disconnect(draft: Draft, { source, target }: Wire): Draft {
  return rewired(draft, target, (layer) => layer.from.filter((name) => name !== source));
}

function rewired(draft: Draft, target: string, from: (layer: WiredLayer) => readonly string[]): Draft {
  const at = indexOf(draft, target);
  const layers = wired(draft);
  const layer = layers[at];
  return layer ? unwired(draft, layers.with(at, { ...layer, from: from(layer) })) : draft;
}

/** Puts a new layer of that kind into a connection. */
export function insertBetween(draft: Draft, { source, target }: Wire, kind: LayerKind): Edited {
  const layers = wired(draft);
  const made = { ...newLayer(draft, kind), from: [source] };
  const at = indexOf(draft, target);
  const fed = layers.map((layer) =>
    layer.name === target ? { ...layer, from: layer.from.map((name) => (name === source ? made.name : name)) } : layer,
  );
  return { draft: unwired(draft, fed.toSpliced(at, 0, made)), selected: at };
}

/** Puts a new layer of that kind behind the one at `index` (-1: the input): whatever took its output takes the new one's. */
export function addAfter(draft: Draft, index: number, kind: LayerKind): Edited {
  return putAfter(draft, index, [{ ...newLayer(draft, kind), from: [nameAt(draft, index)] }]);
}

/** Puts layers behind the one at `index`; whatever took its output takes the last one's. They are the new selection. */
export function putAfter(draft: Draft, index: number, added: readonly WiredLayer[]): Edited {
  const last = added.at(-1);
  if (!last) return { draft, selected: index };
  const name = nameAt(draft, index);
  const moved: WiredLayer[] = wired(draft).map((layer) => ({
    ...layer,
    from: layer.from.map((source) => (source === name ? last.name : source)),
  }));
  const at = index + 1;
  return {
    draft: unwired(draft, moved.toSpliced(at, 0, ...added)),
    selected: at + added.length - 1,
    picked: added.map((_, offset) => at + offset),
  };
}

const nameAt = (draft: Draft, index: number): string => draft.layers[index]?.name ?? inputName;

/** Takes layers out; what used one of them gets that one's inputs, of which a layer that takes one keeps the first. */
export function removeLayers(draft: Draft, indices: readonly number[]): Edited {
  const layers = wired(draft);
  const removed = new Map(
    indices.flatMap((index) => (layers[index] ? [[layers[index].name, layers[index].from]] : [])),
  );
  const resolve = (name: string, through: readonly string[]): readonly string[] => {
    const from = through.includes(name) ? undefined : removed.get(name);
    return from?.flatMap((source) => resolve(source, [...through, name])) ?? (through.includes(name) ? [] : [name]);
  };
  const kept = layers.flatMap((layer, index) => {
    if (indices.includes(index)) return [];
    if (!layer.from.some((name) => removed.has(name))) return [layer];
    const from = [...new Set(layer.from.flatMap((name) => resolve(name, [])))];
    return [{ ...layer, from: merges(layer.kind) ? from : from.slice(0, 1) }];
  });
  return {
    draft: unwired(draft, kept),
    selected: Math.min(Math.max(-1, Math.min(...indices)), kept.length - 1),
  };
}

/** New names for layers that join a draft: the stem of each with the next number that is free. */
export function freeNames(draft: Draft, names: readonly string[]): Map<string, string> {
  const fresh = new Map<string, string>();
  let taken: Draft = draft;
  for (const name of names) {
    const free = indexOf(taken, name) < 0 ? name : freeName(taken, name.replace(/\d+$/, '') || name);
    fresh.set(name, free);
    taken = { ...taken, layers: [...taken.layers, { name: free, kind: 'flatten' }] };
  }
  return fresh;
}

/** Several layers at once: copied as JSON, put in again, repeated as a block. */
import { ReceptiveError } from '../errors.ts';
import { sourcesOf, toDraft } from './edit.ts';
import type { Draft, Edited } from './edit.ts';
import { isRecord } from './fields.ts';
import { inputName } from './graph.ts';
import { parseNetwork } from './parse.ts';
import { freeNames, indexOf, merges, putAfter, unwired, wired } from './wiring.ts';
import type { WiredLayer } from './wiring.ts';

/** Layers that are pasted at once, at most; a larger network is a file to be loaded. */
const mostPasted = 5000;

/**
 * The layers at these indices as a network JSON of their own: what fed them from outside is its "input". Pasting it
 * anywhere puts what is there in that place.
 */
export function copyLayers(draft: Draft, indices: readonly number[]): string {
  const layers = pickLayers(draft, indices);
  const inside = new Set(layers.map(({ name }) => name));
  const copied = layers.map((layer) => ({
    ...layer,
    from: [...new Set(layer.from.map((name) => (inside.has(name) ? name : inputName)))],
  }));
  return JSON.stringify(unwired({ input: draft.input, layers: [] }, copied), null, 2);
}

const pickLayers = (draft: Draft, indices: readonly number[]): WiredLayer[] =>
  wired(draft).filter((_, index) => indices.includes(index));

/**
 * Puts copied layers behind the one at `index` (-1: the input), under free names.
 * @param text what `copyLayers` gave, or any network's JSON
 * @returns null when the text holds no layers
 */
export function pasteLayers(draft: Draft, index: number, text: string): Edited | null {
  const pasted = readLayers(text);
  if (!pasted || pasted.layers.length === 0 || pasted.layers.length > mostPasted) return null;
  const names = freeNames(
    draft,
    pasted.layers.map(({ name }) => name),
  );
  const above = draft.layers[index]?.name ?? inputName;
  const layers = wired(pasted).map((layer) => ({
    ...layer,
    name: names.get(layer.name)!,
    from: layer.from.map((name) => (name === inputName ? above : (names.get(name) ?? name))),
  }));
  return putAfter(draft, index, layers);
}

/** What a network's JSON that cannot be pasted is refused for, with the place; null for a text that is none. */
export function pasteProblem(text: string): string | null {
  try {
    const json: unknown = JSON.parse(text);
    if (isRecord(json)) parseNetwork(json);
  } catch (error) {
    if (error instanceof ReceptiveError) return error.message;
  }
  return null;
}

function readLayers(text: string): Draft | null {
  try {
    return toDraft(JSON.parse(text));
  } catch {
    return null;
  }
}

/**
 * Blocks by their names, outer ones first, with the indices of their layers: "a1.conv" and "a1.b.conv" are in the block
 * "a1", and so is a layer that is itself called "a1". One layer alone makes no block.
 */
export function blocksOf({ layers }: Draft): Map<string, number[]> {
  const blocks = new Map<string, number[]>();
  layers.forEach(({ name }, index) => {
    for (let dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1)) {
      const block = name.slice(0, dot);
      blocks.set(block, [...(blocks.get(block) ?? []), index]);
    }
  });
  layers.forEach(({ name }, index) => blocks.get(name)?.push(index));
  return new Map([...blocks].filter(([, members]) => members.length > 1));
}

/** The innermost block that the layer at `index` is in, with its layers; null where it is in none. */
export function blockAround(draft: Draft, index: number): { name: string; layers: readonly number[] } | null {
  const around = [...blocksOf(draft)].filter(([, layers]) => layers.includes(index));
  const [innermost] = around.sort(([, a], [, b]) => a.length - b.length);
  return innermost ? { name: innermost[0], layers: innermost[1] } : null;
}

/**
 * Repeats the layers at these indices, so that there are `times` of them in a chain: each copy takes the output of the
 * one before it where the original took what first fed it, and what used the block uses the last copy. With a block
 * name the layers are called `name1.conv1`, `name2.conv1`; without, copies get free names.
 * @param times 1 or more; 1 only names the block
 */
export function repeatBlock(draft: Draft, indices: readonly number[], times: number, block = ''): Edited {
  const original = pickLayers(draft, indices);
  if (original.length === 0) return { draft, selected: Math.min(...indices) };
  const copies = namedCopies(
    draft,
    original.map(({ name }) => indexOf(draft, name)),
    times,
    block,
  );
  const inside = new Set(original.map(({ name }) => name));
  const entry = original.flatMap(({ from }) => from).find((name) => !inside.has(name));
  const exit = exitOf(draft, original);
  const members = copies.map((names, copy) =>
    original.map((layer) => ({
      ...layer,
      name: names.get(layer.name)!,
      from: layer.from.map((name) => {
        if (copy > 0 && name === entry) return copies[copy - 1]!.get(exit)!;
        return names.get(name) ?? name;
      }),
    })),
  );
  const renamed = (name: string): string =>
    name === exit ? copies.at(-1)!.get(exit)! : (copies[0]!.get(name) ?? name);
  const at = indexOf(draft, original.at(-1)!.name);
  const others = wired(draft).flatMap((layer, index) => {
    const place = original.findIndex(({ name }) => name === layer.name);
    const kept = place >= 0 ? members[0]![place]! : { ...layer, from: layer.from.map(renamed) };
    return index === at ? [kept, ...members.slice(1).flat()] : [kept];
  });
  const picked = members.flat().map(({ name }) => others.findIndex((layer) => layer.name === name));
  return { draft: unwired(draft, others), selected: picked.at(-1)!, picked };
}

/** The layer whose output leaves the block: the last that another uses, or that none uses. */
function exitOf(draft: Draft, block: readonly WiredLayer[]): string {
  const inside = new Set(block.map(({ name }) => name));
  const used = new Set(
    wired(draft).flatMap(({ name, from }) => (inside.has(name) ? [] : from.filter((source) => inside.has(source)))),
  );
  const usedInside = new Set(block.flatMap(({ from }) => from));
  const last = block.findLast(({ name }) => used.has(name)) ?? block.findLast(({ name }) => !usedInside.has(name));
  return (last ?? block.at(-1)!).name;
}

/** For each copy the new name of every layer of the block, the original first. */
function namedCopies(draft: Draft, indices: readonly number[], times: number, block: string): Map<string, string>[] {
  const stems = indices.map((index) => draft.layers[index]!.name);
  const inBlock = block === '' ? null : blockNaming(draft, indices, block);
  let taken: Draft = inBlock
    ? { ...draft, layers: draft.layers.filter((_, index) => !indices.includes(index)) }
    : draft;
  return Array.from({ length: times }, (_, copy) => {
    if (copy === 0 && !inBlock) return new Map(stems.map((stem) => [stem, stem]));
    const wanted = inBlock ? inBlock(taken, stems) : stems;
    const free = freeNames(taken, wanted);
    const names = wanted.map((name) => free.get(name)!);
    taken = { ...taken, layers: [...taken.layers, ...names.map((name) => ({ name, kind: 'add' as const }))] };
    return new Map(stems.map((stem, place) => [stem, names[place]!]));
  });
}

/**
 * What layers are called in the next copy of a block. Layers of one block stay within it ("a1.conv" -> "a1.b1.conv"); if
 * they are all of it, the new name takes the old one's place ("a1.conv" -> "b1.conv").
 */
function blockNaming(draft: Draft, indices: readonly number[], block: string) {
  const around = [...blocksOf(draft)].filter(([, members]) => indices.every((index) => members.includes(index)));
  const [old = '', members = []] = around.at(-1) ?? [];
  const isWhole = members.length === indices.length;
  const outer = isWhole ? old.slice(0, old.lastIndexOf('.') + 1) : old && `${old}.`;
  const inner = isWhole ? `${old}.` : outer;
  return (taken: Draft, stems: readonly string[]): string[] => {
    const isTaken = (name: string) => taken.layers.some((layer) => `${layer.name}.`.startsWith(`${name}.`));
    let number = 1;
    while (isTaken(`${outer}${block}${number}`)) number++;
    const own = `${outer}${block}${number}`;
    return stems.map((stem) => {
      if (isWhole && stem === old) return own;
      return `${own}.${stem.startsWith(inner) ? stem.slice(inner.length) : stem}`;
    });
  };
}

/** A copy of each of these layers behind them; of one that joins several, beside it, since it takes the same ones. */
export function duplicateLayers(draft: Draft, indices: readonly number[]): Edited {
  const [only, ...more] = indices;
  if (more.length > 0 || only === undefined || !merges(draft.layers[only]!.kind)) {
    const { draft: after, selected, picked = [] } = repeatBlock(draft, indices, 2);
    return { draft: after, selected, picked: picked.slice(picked.length / 2) };
  }
  const layer = { ...draft.layers[only]!, from: sourcesOf(draft, only) };
  const name = freeNames(draft, [layer.name]).get(layer.name)!;
  return { draft: unwired(draft, wired(draft).toSpliced(only + 1, 0, { ...layer, name })), selected: only + 1 };
}

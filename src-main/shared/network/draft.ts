/** A network as it is being written: layers that cannot be read yet keep their place, name and connections. */
import { isRecord, layerLabel, readLayer } from './fields.ts';
import type { Problem } from './problem.ts';
import { layerKinds } from './spec.ts';
import type { Layer, LayerKind, Pair } from './spec.ts';

export interface Draft {
  name: string;
  /** null when the JSON names no kind that exists. */
  kind: LayerKind | null;
  from?: string[] | undefined;
  /** null when a field is wrong; `problem` then says which. */
  layer: Layer | null;
  problem: Problem | null;
}

/** What takes the place of the file's own input. */
export interface Overrides {
  size?: Pair | undefined;
  channels?: number | undefined;
}

export function draftOf(layer: Layer): Draft {
  return { name: layer.name, kind: layer.kind, from: layer.from, layer, problem: null };
}

/** `layers[index]` of a network's JSON, whatever it is. */
export function readDraft(json: unknown, index: number): Draft {
  const { value, problem } = readLayer(json, index);
  if (problem === null) return draftOf(value);
  const fields = isRecord(json) ? json : {};
  const kind = layerKinds.find((known) => known === fields.kind) ?? null;
  const from = isNames(fields.from) ? fields.from : undefined;
  return { name: layerLabel(json, index), kind, from, layer: null, problem };
}

/** `input` of a network's JSON with the overrides in place; only an object, or nothing, can be overridden. */
export function overriddenInput(input: unknown, overrides: Overrides): unknown {
  const given = Object.entries(overrides).filter(([, value]) => value !== undefined);
  if (given.length === 0 || (input !== undefined && !isRecord(input))) return input;
  return { ...input, ...Object.fromEntries(given) };
}

function isNames(json: unknown): json is string[] {
  return Array.isArray(json) && json.every((name) => typeof name === 'string');
}

/** Reads one layer, or the input, out of JSON; what is wrong becomes one sentence that names the layer and the field. */
import { z } from 'zod';
import { activationFunctions, inputSchema, interpolations, layerKinds, layerSchemas } from './spec.ts';
import type { Layer, LayerKind, Network } from './spec.ts';
import { didYouMean, listText } from './problem.ts';
import type { Problem } from './problem.ts';

const wholeNumber = 'a whole number of 1 or more';
const sizePair = `${wholeNumber}, or a pair [height, width] of them`;

/** What each field must be, as the end of a sentence. */
const rules: Record<string, string> = {
  name: 'made of letters, digits, "_", "-" and ".", starting with a letter or a digit',
  kind: `one of ${listText(layerKinds, 'or')}`,
  from: 'a list with the names of the layers it takes its input from',
  filters: wholeNumber,
  kernelSize: sizePair,
  strides: sizePair,
  dilationRate: sizePair,
  poolSize: sizePair,
  padding: '"valid", "same", or the number of zeros on each side, 0 or more, as a number or a pair [height, width]',
  useBias: 'true or false',
  depthMultiplier: wholeNumber,
  momentum: 'a number from 0 to below 1',
  epsilon: 'a number above 0',
  function: `one of ${listText(activationFunctions, 'or')}`,
  units: `${wholeNumber}, or "classes"`,
  rate: 'a number from 0 to below 1',
  size: sizePair,
  channels: wholeNumber,
  groups: wholeNumber,
  interpolation: `one of ${listText(interpolations, 'or')}`,
  cropping: cellsAtSides('cells cut off'),
};

/** What a field of one kind must be, where that is not what it is elsewhere. */
const kindRules: Partial<Record<LayerKind, Record<string, string>>> = {
  zeroPadding2d: { padding: cellsAtSides('zeros') },
};

function cellsAtSides(what: string): string {
  return `the number of ${what}, 0 or more: for all sides, a pair [height, width], or [[top, bottom], [left, right]]`;
}

export type Reading<T> = { value: T; problem: null } | { value: null; problem: Problem };

export function isRecord(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** How a layer is called in messages: its name, or its place in the list when it has none. */
export function layerLabel(json: unknown, index: number): string {
  const name = isRecord(json) ? json.name : undefined;
  return typeof name === 'string' && name !== '' ? name : `layer ${index + 1}`;
}

/** `layers[index]` of a network's JSON with its defaults filled in, or what is wrong with it. */
export function readLayer(json: unknown, index: number): Reading<Layer> {
  const label = layerLabel(json, index);
  if (!isRecord(json)) return wrong(`${label}: must be an object with "name" and "kind", not ${valueText(json)}`);
  const { kind } = json;
  if (kind === undefined) return wrong(`${label}: "kind" is missing`, `It must be ${rules.kind}.`, 'kind');
  if (!isLayerKind(kind)) {
    const guess = typeof kind === 'string' ? didYouMean(kind, layerKinds) : '';
    return wrong(`${label}: unknown kind ${valueText(kind)}${guess}`, `It must be ${rules.kind}.`, 'kind');
  }
  return read<Layer>(layerSchemas[kind], json, label);
}

/** The network's `input`. */
export function readInput(json: unknown): Reading<Network['input']> {
  if (json === undefined) {
    return wrong('the network: "input" is missing', 'It must hold "size" [height, width] and "channels".', 'input');
  }
  if (!isRecord(json)) return wrong(`input: must hold "size" and "channels", not ${valueText(json)}`);
  return read(inputSchema, json, 'input');
}

function isLayerKind(kind: unknown): kind is LayerKind {
  return typeof kind === 'string' && Object.hasOwn(layerSchemas, kind);
}

function read<T>(
  schema: z.ZodType<T> & { shape: Record<string, unknown> },
  json: Record<string, unknown>,
  label: string,
): Reading<T> {
  const result = schema.safeParse(json);
  if (result.success) return { value: result.data, problem: null };
  const fields = Object.keys(schema.shape);
  const unknown = Object.keys(json).find((field) => !fields.includes(field));
  if (unknown !== undefined) {
    const where = typeof json.kind === 'string' ? json.kind : 'input';
    const message = `${label}: unknown field "${unknown}"${didYouMean(unknown, fields)}`;
    return wrong(message, `The fields of ${where} are ${listText(fields)}.`, unknown);
  }
  const field = String(result.error.issues[0]?.path[0] ?? '');
  const rule = kindRules[json.kind as LayerKind]?.[field] ?? rules[field] ?? 'something else';
  if (json[field] === undefined) return wrong(`${label}: "${field}" is missing`, `It must be ${rule}.`, field);
  if (field === 'from' && Array.isArray(json.from) && json.from.length > 1) {
    const message = `${label}: "from" names ${json.from.length} layers, but ${String(json.kind)} takes one`;
    return wrong(message, 'Join several layers with add or concat first.', field);
  }
  const guess = typeof json[field] === 'string' ? didYouMean(json[field], optionsOf(field)) : '';
  const message = `${label}: "${field}" must be ${rule}, not ${valueText(json[field])}${guess}`;
  return wrong(message, hintFor(json[field], schema.shape[field]), field);
}

/** A number in quotation marks is meant as one; a field with a default can be left out. */
function hintFor(value: unknown, field: unknown): string {
  if (!(field instanceof z.ZodType)) return 'Change it.';
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
  if (field.safeParse(number).success) return `Write ${number}, without quotation marks.`;
  const left = field.safeParse(undefined);
  return left.success && left.data !== undefined
    ? `Change it, or leave it out for ${valueText(left.data)}.`
    : 'Change it.';
}

function optionsOf(field: string): readonly string[] {
  if (field === 'function') return activationFunctions;
  if (field === 'padding') return ['valid', 'same'];
  if (field === 'interpolation') return interpolations;
  return field === 'units' ? ['classes'] : [];
}

function wrong(message: string, hint = '', field?: string): { value: null; problem: Problem } {
  return { value: null, problem: field === undefined ? { message, hint } : { message, hint, field } };
}

/** A value as JSON, kept short enough for a sentence. */
function valueText(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

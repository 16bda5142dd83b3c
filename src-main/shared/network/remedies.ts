/**
 * What would put a wrong layer right, as edits that can be made at a press. Candidates come from the kind of layer and
 * what stands around it; each is tried, and only those are offered after which that layer is no longer wrong.
 */
import { describeDraft } from './describe.ts';
import type { NetworkDescription } from './describe.ts';
import { freeName, insertBefore, setField, sourcesOf, withLayer } from './edit.ts';
import type { Draft, DraftLayer } from './edit.ts';
import { layerSchemas } from './spec.ts';
import type { LayerKind, Shape } from './spec.ts';
import { removeLayers } from './wiring.ts';
import { closest } from './problem.ts';

export interface Remedy {
  /** On the button: "Remove pool2". */
  label: string;
  draft: Draft;
}

/** Remedies for the layer at `index`, the most likely first; none for a layer that is right or that waits. */
export function remediesFor(draft: Draft, index: number, classes: number): Remedy[] {
  const description = describeDraft(draft, classes);
  const problem = description.layers[index]?.problem;
  if (!problem) return [];
  const wrong = countWrong(description);
  const working = candidatesFor({ draft, index, classes, description }).filter((remedy) => {
    const after = describeDraft(remedy.draft, classes);
    return countWrong(after) < wrong || !stillWrong(after, draft.layers[index]!.name, problem.message);
  });
  return working.filter((remedy, at) => working.findIndex((other) => other.label === remedy.label) === at);
}

const countWrong = ({ layers }: NetworkDescription): number => layers.filter((row) => row.problem).length;

const stillWrong = ({ layers }: NetworkDescription, name: string, message: string): boolean =>
  layers.some((row) => row.problem && (row.name === name || row.problem.message === message));

interface Place {
  draft: Draft;
  index: number;
  classes: number;
  description: NetworkDescription;
}

function candidatesFor(place: Place): Remedy[] {
  return [
    ...fieldRemedies(place),
    ...nameRemedies(place),
    ...roomRemedies(place),
    ...flatRemedies(place),
    ...joinRemedies(place),
    ...endRemedies(place),
    ...lastResort(place),
  ];
}

const set = (draft: Draft, index: number, field: string, value: unknown): Draft => setField(draft, index, field, value);

/** The field that is wrong, set to what usually helps. */
function fieldRemedies({ draft, index, description }: Place): Remedy[] {
  const layer = draft.layers[index]!;
  const field = description.layers[index]?.problem?.field;
  const remedies: Remedy[] = [];
  const add = (label: string, changed: Draft): void => void remedies.push({ label, draft: changed });
  if (field === 'dilationRate') {
    add('Set dilation to 1', set(draft, index, 'dilationRate', undefined));
    add('Set strides to 1', set(draft, index, 'strides', undefined));
  }
  if (field === 'groups') {
    const channels = (description.layers.find(({ name }) => name === sourcesOf(draft, index)[0])?.outputShape ?? []).at(
      -1,
    );
    const groups = [32, 16, 8, 4, 2, 1].find((count) => channels !== undefined && channels % count === 0);
    if (groups !== undefined) add(`Set groups to ${groups}`, set(draft, index, 'groups', groups));
  }
  if (field === undefined || !(layer.kind in layerSchemas)) return remedies;
  const known = Object.keys(layerSchemas[layer.kind].shape);
  if (!known.includes(field)) {
    const meant = closest(field, known);
    if (meant !== undefined && layer[meant] === undefined) {
      add(`Rename "${field}" to "${meant}"`, set(set(draft, index, meant, layer[field]), index, field, undefined));
    }
    add(`Remove "${field}"`, set(draft, index, field, undefined));
  } else if (field !== 'from' && field !== 'name' && layer[field] !== undefined) {
    const number = typeof layer[field] === 'string' ? Number(layer[field]) : NaN;
    if (Number.isFinite(number)) add(`Set ${field} to ${number}`, set(draft, index, field, number));
    add(`Use the usual ${field}`, set(draft, index, field, undefined));
  }
  return remedies;
}

/** Names that are taken, lead nowhere or in a circle. */
function nameRemedies({ draft, index }: Place): Remedy[] {
  const layer = draft.layers[index]!;
  const remedies: Remedy[] = [];
  const names = draft.layers.map(({ name }) => name);
  if (names.indexOf(layer.name) !== index || layer.name === 'input') {
    const name = freeName(draft, layer.name.replace(/\d+$/, '') || layer.name);
    remedies.push({ label: `Rename it to ${name}`, draft: withLayer(draft, index, { ...layer, name }) });
  }
  const missing = layer.from?.find((name) => name !== 'input' && !names.includes(name));
  if (missing !== undefined) {
    const meant = closest(missing, ['input', ...names.slice(0, index)]);
    if (meant !== undefined) {
      const from = layer.from!.map((name) => (name === missing ? meant : name));
      remedies.push({ label: `Connect it to ${meant}`, draft: set(draft, index, 'from', from) });
    }
  }
  const above = names[index - 1] ?? 'input';
  if (layer.from) remedies.push({ label: `Connect it to ${above}`, draft: set(draft, index, 'from', [above]) });
  return remedies;
}

/** More room for a window that does not fit. */
function roomRemedies({ draft, index }: Place): Remedy[] {
  const layer = draft.layers[index]!;
  const remedies: Remedy[] = [];
  if ('kernelSize' in layer || 'poolSize' in layer) {
    if (layer['padding'] !== 'same')
      remedies.push({ label: 'Use same padding', draft: set(draft, index, 'padding', 'same') });
  }
  for (const at of upstream(draft, index)) {
    const above = draft.layers[at]!;
    if (above.kind === 'maxPool' || above.kind === 'avgPool') {
      remedies.push({ label: `Remove ${above.name}`, draft: removeLayers(draft, [at]).draft });
    } else if (above['strides'] !== undefined && above['strides'] !== 1) {
      remedies.push({ label: `Set the strides of ${above.name} to 1`, draft: set(draft, at, 'strides', undefined) });
    }
  }
  return remedies;
}

/** Maps where a vector is wanted, or a vector where maps are. */
function flatRemedies({ draft, index }: Place): Remedy[] {
  const layer = draft.layers[index]!;
  const before = (kind: LayerKind): Draft => insertBefore(draft, index, kind);
  if (layer.kind === 'dense') {
    return [
      { label: 'Add global average pooling before it', draft: before('globalAvgPool') },
      { label: 'Add flatten before it', draft: before('flatten') },
    ];
  }
  return upstream(draft, index)
    .filter((at) => ['flatten', 'globalAvgPool', 'globalMaxPool'].includes(draft.layers[at]!.kind))
    .map((at) => ({ label: `Remove ${draft.layers[at]!.name}`, draft: removeLayers(draft, [at]).draft }));
}

/** A 1x1 convolution, with strides where the maps are larger too, that brings one input of `add` to another's shape. */
function joinRemedies({ draft, index, description }: Place): Remedy[] {
  const layer = draft.layers[index]!;
  if (layer.kind !== 'add' && layer.kind !== 'concat') return [];
  const shapes = sourcesOf(draft, index).map((name) => ({ name, shape: shapeOf(description, draft, name) }));
  return shapes.flatMap((target) =>
    shapes.flatMap((source) => {
      const conv = source === target ? null : matching(source.shape, target.shape);
      if (!conv) return [];
      const name = freeName(draft, `${source.name}-match`);
      const matched = insertBefore(draft, index, 'conv2d', { name, ...conv }, source.name);
      const size = conv.strides.some((stride) => stride > 1) ? `, strides ${conv.strides.join(' × ')}` : '';
      return [
        { label: `Match ${source.name} by a 1 × 1 convolution to ${conv.filters} channels${size}`, draft: matched },
      ];
    }),
  );
}

function shapeOf(description: NetworkDescription, { input }: Draft, name: string): Shape | null {
  if (name !== 'input') return description.layers.find((row) => row.name === name)?.outputShape ?? null;
  const [height, width] = Array.isArray(input.size) ? input.size : [input.size, input.size];
  return [Number(height), Number(width), Number(input.channels)];
}

function matching(source: Shape | null, target: Shape | null) {
  if (source?.length !== 3 || target?.length !== 3) return null;
  const strides = [Math.round(source[0] / target[0]), Math.round(source[1] / target[1])];
  if (strides.some((stride, axis) => stride < 1 || Math.ceil(source[axis]! / stride) !== target[axis])) return null;
  return { filters: target[2], kernelSize: 1, strides, padding: 'same', useBias: false };
}

/** A last layer that does not give one number a class. */
function endRemedies({ draft, index }: Place): Remedy[] {
  if (index !== draft.layers.length - 1) return [];
  const layer = draft.layers[index]!;
  if (layer.kind === 'dense')
    return [{ label: 'Give it one unit for each class', draft: set(draft, index, 'units', 'classes') }];
  const logits = (to: Draft): Draft => append(to, { name: freeName(to, 'logits'), kind: 'dense', units: 'classes' });
  const pooled = append(draft, { name: freeName(draft, 'gap'), kind: 'globalAvgPool' });
  return [
    { label: 'Add a dense layer for the classes after it', draft: logits(draft) },
    { label: 'Add global average pooling and a dense layer for the classes after it', draft: logits(pooled) },
  ];
}

const append = (draft: Draft, layer: DraftLayer): Draft => ({ ...draft, layers: [...draft.layers, layer] });

function lastResort({ draft, index }: Place): Remedy[] {
  return [{ label: `Remove ${draft.layers[index]!.name}`, draft: removeLayers(draft, [index]).draft }];
}

/** Indices of the layers above one, nearest first. */
function upstream(draft: Draft, index: number): number[] {
  const seen = new Set<number>();
  const open = [index];
  for (let at = open.shift(); at !== undefined; at = open.shift()) {
    for (const name of sourcesOf(draft, at)) {
      const source = draft.layers.findIndex((layer) => layer.name === name);
      if (source < 0 || source === index || seen.has(source)) continue;
      seen.add(source);
      open.push(source);
    }
  }
  return [...seen];
}

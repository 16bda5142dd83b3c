/**
 * Receptive fields: the smallest box that holds every input pixel that can influence one output cell, borders not
 * clipped (a window over padding counts as if the map went on there). Exact on branching graphs.
 *
 * Along one axis, cell i of a layer sees the pixels from `first(i)` to `last(i)`. In a chain both are straight lines in i
 * (Araujo, Norris, Sim: Computing Receptive Fields of Convolutional Neural Networks, 2019). Where branches meet, the
 * first is the lowest of their lines and the last the highest; all lines rise, so a window over such a layer again
 * sees lines: those of its first tap and those of its last. Hence sets of lines are all that is needed.
 *
 * Example: 5x5 valid, 2x2 pooling, 3x3 valid: sizes 5, 6 and 6 + 2 * 2 = 10, strides 1, 2 and 2.
 */
import { kernelExtents, resolvePadding, windowOf } from './shapes.ts';
import type { Layer, Pair, Shape } from './spec.ts';

export interface ReceptiveField {
  /** Pixels of the box; where it differs between cells (branches of unequal stride meet), the largest. */
  size: Pair;
  /** Pixels from one cell's box to the next; where branches of unequal stride meet, the largest. */
  stride: Pair;
}

/** Pixel `at + step * i` for cell i. Of lines with one step only the outermost matters, hence a map by step. */
type Lines = Map<number, number>;
interface Axis {
  first: Lines;
  last: Lines;
}

/**
 * What the cells of a layer see. `grid` is the shape of the layer's map, or of the map that a vector was flattened from:
 * each unit sees what that one element saw. Global pooling and dense see "everything".
 */
export type Field = 'everything' | { rows: Axis; columns: Axis; grid: Shape };

/** Each pixel of the input sees itself. */
export function inputField(input: Shape): Field {
  const itself = (): Axis => ({ first: new Map([[1, 0]]), last: new Map([[1, 0]]) });
  return { rows: itself(), columns: itself(), grid: input };
}

/** What a layer's cells see, given what those of its inputs see, and the shapes. */
export function fieldOf(layer: Layer, inputs: readonly Field[], inputShapes: readonly Shape[], output: Shape): Field {
  const input = inputs[0] ?? 'everything';
  const window = windowOf(layer);
  if (window !== null) {
    const shape = inputShapes[0] ?? [0];
    if (input === 'everything' || shape.length === 1) return 'everything';
    const padding = resolvePadding(window, [shape[0], shape[1]]);
    const extents = kernelExtents(window);
    return {
      rows: slide(input.rows, window.strides[0], padding[0][0], extents[0]),
      columns: slide(input.columns, window.strides[1], padding[1][0], extents[1]),
      grid: output,
    };
  }
  switch (layer.kind) {
    case 'globalAvgPool':
    case 'globalMaxPool':
    case 'dense':
      return 'everything';
    case 'add':
      return join(inputs, output);
    case 'concat':
      return output.length === 1 ? stack(inputs, output) : join(inputs, output);
    case 'flatten':
    case 'batchNorm':
    case 'activation':
    case 'dropout':
      return input;
    default:
      return 'everything';
  }
}

/** What sees everything has the input's size, and as its stride too: one cell, one step over the whole picture. */
export function receptiveFieldOf(field: Field, input: Pair): ReceptiveField {
  if (field === 'everything') return { size: [input[0], input[1]], stride: [input[0], input[1]] };
  const [height, width] = field.grid.length === 1 ? [1, 1] : field.grid;
  return {
    size: [largestBox(field.rows, height), largestBox(field.columns, width)],
    stride: [largestStep(field.rows), largestStep(field.columns)],
  };
}

/** Cell o of the output takes cells o * stride - before to o * stride - before + extent - 1 of the input. */
function slide(axis: Axis, stride: number, before: number, extent: number): Axis {
  const from = (lines: Lines, tap: number): Lines =>
    new Map([...lines].map(([step, at]) => [step * stride, at + step * (tap - before)]));
  return { first: from(axis.first, 0), last: from(axis.last, extent - 1) };
}

/**
 * A cell where maps are added or stacked sees what any of their cells there sees. Flattened maps of one shape are added
 * the same way; where their shapes differ a unit's cells lie anywhere, and the whole input is taken.
 */
function join(inputs: readonly Field[], output: Shape): Field {
  const fields = inputs.filter((field) => field !== 'everything');
  const [one] = fields;
  if (one === undefined || fields.length < inputs.length || !fields.every((field) => samePlace(field, one))) {
    return 'everything';
  }
  return {
    rows: hull(fields.map((field) => field.rows)),
    columns: hull(fields.map((field) => field.columns)),
    grid: output.length === 1 ? one.grid : output,
  };
}

function samePlace(a: Exclude<Field, 'everything'>, b: Exclude<Field, 'everything'>): boolean {
  return a.grid.length === 3 && b.grid.length === 3 && a.grid[0] === b.grid[0] && a.grid[1] === b.grid[1];
}

/** Vectors in a row: a unit sees only what its own input's unit sees, so the largest of their boxes stands for all. */
function stack(inputs: readonly Field[], output: Shape): Field {
  const fields = inputs.filter((field) => field !== 'everything');
  if (fields.length < inputs.length) return 'everything';
  const all = fields.map((field) => receptiveFieldOf(field, [0, 0]));
  const axis = (i: 0 | 1): Axis => {
    const step = Math.max(...all.map((field) => field.stride[i]));
    const size = Math.max(...all.map((field) => field.size[i]));
    return { first: new Map([[step, 0]]), last: new Map([[step, size - 1]]) };
  };
  return { rows: axis(0), columns: axis(1), grid: output };
}

function hull(axes: readonly Axis[]): Axis {
  const joined: Axis = { first: new Map(), last: new Map() };
  for (const axis of axes) {
    for (const [step, at] of axis.first) joined.first.set(step, Math.min(at, joined.first.get(step) ?? at));
    for (const [step, at] of axis.last) joined.last.set(step, Math.max(at, joined.last.get(step) ?? at));
  }
  return joined;
}

/** The highest line less the lowest is convex in i, so its largest value is at the first or the last cell. */
function largestBox(axis: Axis, cells: number): number {
  const boxAt = (i: number): number => {
    const first = Math.min(...[...axis.first].map(([step, at]) => at + step * i));
    const last = Math.max(...[...axis.last].map(([step, at]) => at + step * i));
    return last - first + 1;
  };
  return Math.max(boxAt(0), boxAt(Math.max(cells - 1, 0)));
}

function largestStep(axis: Axis): number {
  return Math.max(...axis.first.keys(), ...axis.last.keys());
}

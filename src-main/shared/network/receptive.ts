/**
 * Receptive fields: the smallest box that holds every input pixel that can influence one output cell, borders not
 * clipped (a window over padding counts as if the map went on there). Exact on branching graphs and after upsampling.
 *
 * Along one axis, cell i of a layer sees the pixels from `first(i)` to `last(i)`. In a chain both are straight lines in i
 * (Araujo, Norris, Sim: Computing Receptive Fields of Convolutional Neural Networks, 2019). Where branches meet, the
 * first is the lowest of their lines and the last the highest; all lines rise, so a window over such a layer again
 * sees lines: those of its first tap and those of its last. Upsampling by n makes n kinds of cells, its phases, each
 * with lines of its own. Hence sets of lines, one set a phase, are all that is needed.
 *
 * Example: 5x5 valid, 2x2 pooling, 3x3 valid: sizes 5, 6 and 6 + 2 * 2 = 10, strides 1, 2 and 2.
 * After upsampling by 2 a 3x3 window sees 2 cells of the map before: the third tap always lies on the same cell as one of
 * the others.
 */
import { kernelExtents, resolvePadding, transposedCut, windowOf } from './shapes.ts';
import type { Layer, Pair, Shape } from './spec.ts';

export interface ReceptiveField {
  /** Pixels of the box; where it differs between cells (branches of unequal stride meet, upsampling), the largest. */
  size: Pair;
  /** Pixels from one cell's box to the next, below 1 after upsampling; where branches of unequal stride meet, the largest. */
  stride: Pair;
  /** Row and column of the first pixel that cell (0, 0) sees, from 0; below 0 in the padding. */
  start: Pair;
}

/** Pixel `at + step * q`, at by step: of lines with one step only the outermost matters. */
type Lines = ReadonlyMap<number, number>;
/** Cell i = phases * q + phase sees from the lowest of `first[phase]` to the highest of `last[phase]`; empty: nothing. */
interface Axis {
  first: readonly Lines[];
  last: readonly Lines[];
}

/**
 * What the cells of a layer see. `grid` is the shape of the layer's map, or of the map that a vector was flattened from:
 * each unit sees what that one element saw. Global pooling, dense and group norm see "everything".
 */
export type Field = 'everything' | { rows: Axis; columns: Axis; grid: Shape };

/** Each pixel of the input sees itself. */
export function inputField(input: Shape): Field {
  const itself: Axis = { first: [new Map([[1, 0]])], last: [new Map([[1, 0]])] };
  return { rows: itself, columns: itself, grid: input };
}

/**
 * How a layer's cells take those of its input along one axis: cell `taps.length` * j + phase takes the cells
 * `advance` * j + tap for each of `taps[phase]`.
 */
interface Taking {
  taps: readonly (readonly number[])[];
  advance: number;
}

/** What a layer's cells see, given what those of its inputs see, and the shapes. */
export function fieldOf(layer: Layer, inputs: readonly Field[], inputShapes: readonly Shape[], output: Shape): Field {
  const input = inputs[0] ?? 'everything';
  switch (layer.kind) {
    case 'globalAvgPool':
    case 'globalMaxPool':
    case 'dense':
    case 'groupNorm':
      return 'everything';
    case 'add':
      return join(inputs, output);
    case 'concat':
      return output.length === 1 ? stack(inputs, output) : join(inputs, output);
    case 'flatten':
    case 'batchNorm':
    case 'layerNorm':
    case 'activation':
    case 'dropout':
      return input;
    default: {
      const shape = inputShapes[0] ?? [0];
      if (input === 'everything' || shape.length === 1) return 'everything';
      const size: Pair = [shape[0], shape[1]];
      return {
        rows: take(input.rows, takingOf(layer, 0, size)),
        columns: take(input.columns, takingOf(layer, 1, size)),
        grid: output,
      };
    }
  }
}

/** What sees everything has the input's size, and as its stride too: one cell, one step over the whole picture. */
export function receptiveFieldOf(field: Field, input: Pair): ReceptiveField {
  if (field === 'everything') return { size: [input[0], input[1]], stride: [input[0], input[1]], start: [0, 0] };
  const { rows, columns, grid } = field;
  const [height, width] = grid.length === 1 ? [1, 1] : grid;
  return {
    size: [largestBox(rows, height), largestBox(columns, width)],
    stride: [largestStep(rows), largestStep(columns)],
    start: [startOf(rows), startOf(columns)],
  };
}

function takingOf(layer: Layer, axis: 0 | 1, input: Pair): Taking {
  switch (layer.kind) {
    case 'zeroPadding2d':
      return { taps: [[-layer.padding[axis][0]]], advance: 1 };
    case 'cropping2d':
      return { taps: [[layer.cropping[axis][0]]], advance: 1 };
    case 'upSampling2d':
      return { taps: upSamplingTaps(layer.size[axis], layer.interpolation === 'bilinear'), advance: 1 };
    case 'conv2dTranspose':
      return {
        taps: transposedTaps(layer.kernelSize[axis], layer.strides[axis], transposedCut(layer, axis)),
        advance: 1,
      };
    default:
      return windowTaking(layer, axis, input);
  }
}

/** Cell o takes o * stride - before + dilation * (0 to kernel - 1). */
function windowTaking(layer: Layer, axis: 0 | 1, input: Pair): Taking {
  const window = windowOf(layer);
  if (window === null) return { taps: [[0]], advance: 1 };
  const before = resolvePadding(window, input)[axis][0];
  const dilation = window.dilation[axis];
  const count = (kernelExtents(window)[axis] - 1) / dilation + 1;
  return {
    taps: [Array.from({ length: count }, (_, tap) => tap * dilation - before)],
    advance: window.strides[axis],
  };
}

/**
 * Nearest: cell o takes cell floor(o / n). Bilinear takes the cells on either side of (o + 1/2) / n - 1/2, and one cell
 * alone where that is a whole number.
 */
function upSamplingTaps(n: number, bilinear: boolean): number[][] {
  return Array.from({ length: n }, (_, phase) => {
    if (!bilinear) return [0];
    // In units of 1 / 2n, so that whole numbers stay whole.
    const place = 2 * phase + 1 - n;
    return place % (2 * n) === 0 ? [place / (2 * n)] : [Math.floor(place / (2 * n)), Math.ceil(place / (2 * n))];
  });
}

/** Cell o takes every cell i with o + cut = i * stride + tap, tap from 0 to kernel - 1; none where the strides leave gaps. */
function transposedTaps(kernel: number, stride: number, cut: number): number[][] {
  return Array.from({ length: stride }, (_, phase) => {
    const first = Math.ceil((phase + cut - kernel + 1) / stride);
    const last = Math.floor((phase + cut) / stride);
    return Array.from({ length: Math.max(last - first + 1, 0) }, (_, i) => first + i);
  });
}

function take(axis: Axis, { taps, advance }: Taking): Axis {
  const before = axis.first.length;
  // So many turns of the taps until the input's phases come round again.
  const turns = before / gcd(before, advance);
  const cells = Array.from({ length: taps.length * turns }, (_, phase) => {
    const turn = Math.floor(phase / taps.length);
    return (taps[phase % taps.length] ?? []).map((tap) => tap + advance * turn);
  });
  const periods = (advance * turns) / before;
  const through = (lines: readonly Lines[], outermost: typeof Math.min): Lines[] =>
    cells.map((taken) =>
      outline(
        taken.map((cell) => lineAt(lines, cell, periods)),
        outermost,
      ),
    );
  return { first: through(axis.first, Math.min), last: through(axis.last, Math.max) };
}

/** The lines of the cell `cell` + phases * `periods` * q. */
function lineAt(lines: readonly Lines[], cell: number, periods: number): Lines {
  const phase = ((cell % lines.length) + lines.length) % lines.length;
  const period = (cell - phase) / lines.length;
  return new Map([...(lines[phase] ?? [])].map(([step, at]) => [step * periods, at + step * period]));
}

function outline(all: readonly Lines[], outermost: typeof Math.min): Lines {
  const joined = new Map<number, number>();
  for (const lines of all) for (const [step, at] of lines) joined.set(step, outermost(at, joined.get(step) ?? at));
  return joined;
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
    const start = Math.min(...all.map((field) => field.start[i]));
    const size = Math.max(...all.map((field) => field.size[i]));
    return { first: [new Map([[step, start]])], last: [new Map([[step, start + size - 1]])] };
  };
  return { rows: axis(0), columns: axis(1), grid: output };
}

function hull(axes: readonly Axis[]): Axis {
  const phases = axes.map((axis) => axis.first.length).reduce((a, b) => (a * b) / gcd(a, b), 1);
  const joined = (side: 'first' | 'last', outermost: typeof Math.min): Lines[] =>
    Array.from({ length: phases }, (_, phase) =>
      outline(
        axes.map((axis) => lineAt(axis[side], phase, phases / axis[side].length)),
        outermost,
      ),
    );
  return { first: joined('first', Math.min), last: joined('last', Math.max) };
}

/**
 * The first and the last pixel along one axis that a cell sees, the padding included; null when it sees none.
 * 5x5 same: cell 0 sees -2 to 2.
 */
export function spanAt({ first, last }: Axis, cell: number): [number, number] | null {
  const lows = [...lineAt(first, cell, 1).values()];
  const highs = [...lineAt(last, cell, 1).values()];
  return lows.length === 0 ? null : [Math.min(...lows), Math.max(...highs)];
}

/** In each phase the highest line less the lowest is convex in q, so its largest value is at the first or the last cell. */
function largestBox(axis: Axis, cells: number): number {
  const phases = axis.first.length;
  let largest = 0;
  for (let phase = 0; phase < Math.min(phases, Math.max(cells, 1)); phase++) {
    const [first = new Map(), last = new Map()] = [axis.first[phase], axis.last[phase]];
    if (first.size === 0) continue;
    for (const q of [0, Math.max(Math.floor((cells - 1 - phase) / phases), 0)]) {
      const low = Math.min(...[...first].map(([step, at]) => at + step * q));
      const high = Math.max(...[...last].map(([step, at]) => at + step * q));
      largest = Math.max(largest, high - low + 1);
    }
  }
  return largest;
}

function largestStep({ first, last }: Axis): number {
  return Math.max(...[...first, ...last].flatMap((lines) => [...lines.keys()])) / first.length;
}

/** Of cell 0, or of the first cell that sees anything. */
function startOf({ first }: Axis): number {
  const lines = first.find(({ size }) => size > 0) ?? new Map<number, number>();
  return Math.min(...lines.values());
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

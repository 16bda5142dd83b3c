/** What a layer demands of the shapes it is given. */
import { channelCount, kernelExtents, resolvePadding, transposedLength, windowOf, windowOutput } from './shapes.ts';
import type { SlidingWindow } from './shapes.ts';
import { listText, pairText, shapeText } from './problem.ts';
import type { Problem } from './problem.ts';
import type { Layer, LayerKind, Pair, Shape } from './spec.ts';

/** One input of a layer: where it comes from and its shape. */
export interface Source {
  name: string;
  shape: Shape;
}

/** A layer above another, with the shape of its (first) input and of its output. */
export interface Above {
  layer: Layer;
  input: Shape;
  output: Shape;
}

/** Kinds that work on maps, [height, width, channels]. */
const onMaps: readonly LayerKind[] = [
  'conv2d',
  'depthwiseConv2d',
  'separableConv2d',
  'conv2dTranspose',
  'upSampling2d',
  'zeroPadding2d',
  'cropping2d',
  'groupNorm',
  'maxPool',
  'avgPool',
  'globalAvgPool',
  'globalMaxPool',
  'flatten',
];

/**
 * Why the layer cannot work on these inputs, or null when it can.
 * `upstream` are the layers above it, nearest first: the hint may say which of them to change.
 */
export function inputProblem(layer: Layer, sources: readonly Source[], upstream: Iterable<Above>): Problem | null {
  if (layer.kind === 'add' || layer.kind === 'concat') return joinProblem(layer, sources);
  const [source] = sources;
  if (source === undefined) return null;
  if (onMaps.includes(layer.kind) && source.shape.length === 1) return vectorProblem(layer, source, upstream);
  if (layer.kind === 'dense' && source.shape.length === 3) {
    const message = `${layer.name}: dense takes a vector, but ${source.name} gives maps of ${shapeText(source.shape)}`;
    return { message, hint: 'Put a flatten or globalAvgPool layer before it.' };
  }
  if (source.shape.length === 1) return null;
  const own = kindProblem(layer, source.shape);
  if (own !== null) return own;
  const window = windowOf(layer);
  if (window === null) return null;
  const input: Pair = [source.shape[0], source.shape[1]];
  return dilationProblem(layer, window) ?? fitProblem(layer, window, input, upstream) ?? emptyWindow(layer, window);
}

/** Why the last layer's output is not one number a class, or null. */
export function outputProblem(layer: Layer, output: Shape, classes: number): Problem | null {
  if (output.length === 1 && channelCount(output) === classes) return null;
  const gives = output.length === 1 ? shapeText(output) : `maps of ${shapeText(output)}`;
  const message = `${layer.name}: the last layer must give ${shapeText([classes])}, one a class, but gives ${gives}`;
  if (layer.kind === 'dense') return { message, hint: 'Set its units to "classes".', field: 'units' };
  const before = output.length === 1 ? '' : 'globalAvgPool or flatten, then ';
  return { message, hint: `End the network with ${before}a dense layer whose units are "classes".` };
}

function vectorProblem(layer: Layer, source: Source, upstream: Iterable<Above>): Problem {
  const message = `${layer.name}: ${layer.kind} takes maps, but ${source.name} gives a vector of ${shapeText(source.shape)}`;
  if (layer.kind === 'flatten') return { message, hint: `Remove ${layer.name}: its input is flat already.` };
  const flattener = [...upstream].find(({ layer: { kind } }) =>
    ['flatten', 'globalAvgPool', 'globalMaxPool'].includes(kind),
  );
  return { message, hint: flattener ? `Move it before ${flattener.layer.name}, or remove it.` : 'Remove it.' };
}

/** What a single kind demands of its input's size. */
function kindProblem(layer: Layer, [height, width, channels]: [number, number, number]): Problem | null {
  switch (layer.kind) {
    case 'separableConv2d':
      if (layer.strides[0] === layer.strides[1]) return null;
      return {
        message: `${layer.name}: strides ${pairText(layer.strides)} must be equal, as TensorFlow's layer demands`,
        hint: 'Use the same stride in both directions, or a depthwiseConv2d and a 1x1 conv2d.',
        field: 'strides',
      };
    case 'groupNorm': {
      if (channels % layer.groups === 0) return null;
      const fitting = [32, 16, 8, 4, 2, 1].find((groups) => channels % groups === 0);
      const message = `${layer.name}: ${layer.groups} groups do not divide its ${channels} channels evenly`;
      return { message, hint: `Set groups to ${fitting}.`, field: 'groups' };
    }
    case 'cropping2d': {
      const [[top, bottom], [left, right]] = layer.cropping;
      if (top + bottom < height && left + right < width) return null;
      const cut = pairText([top + bottom, left + right]);
      return {
        message: `${layer.name}: cutting off ${cut} leaves nothing of its ${pairText([height, width])} input`,
        hint: 'Cut off less.',
        field: 'cropping',
      };
    }
    case 'conv2dTranspose': {
      const { padding, kernelSize } = layer;
      if (typeof padding === 'string') return null;
      const output: Pair = [transposedLength(height, layer, 0), transposedLength(width, layer, 1)];
      const small = padding[0] < kernelSize[0] && padding[1] < kernelSize[1];
      if (small && output[0] > 0 && output[1] > 0) return null;
      const why = small ? `leaves ${pairText(output)} cells` : `is not smaller than its ${pairText(kernelSize)} kernel`;
      return {
        message: `${layer.name}: padding ${pairText(padding)} ${why}`,
        hint: "Use less padding, or 'same'.",
        field: 'padding',
      };
    }
    default:
      return null;
  }
}

/** TensorFlow's layers refuse strides together with dilation. */
function dilationProblem(layer: Layer, window: SlidingWindow): Problem | null {
  if (Math.max(...window.strides) === 1 || Math.max(...window.dilation) === 1) return null;
  const values = `strides ${pairText(window.strides)} and dilationRate ${pairText(window.dilation)}`;
  const message = `${layer.name}: ${values} cannot be combined; one of them must be 1`;
  return { message, hint: 'Set strides or dilationRate to 1.', field: 'dilationRate' };
}

function fitProblem(layer: Layer, window: SlidingWindow, input: Pair, upstream: Iterable<Above>): Problem | null {
  const extents = kernelExtents(window);
  const padding = resolvePadding(window, input);
  const padded: Pair = [input[0] + padding[0][0] + padding[0][1], input[1] + padding[1][0] + padding[1][1]];
  if (extents[0] <= padded[0] && extents[1] <= padded[1]) return null;
  const pool = layer.kind === 'maxPool' || layer.kind === 'avgPool';
  const dilated = pairText(extents) === pairText(window.kernel) ? '' : ` (${pairText(extents)} with its dilation)`;
  const isPadded = pairText(padded) === pairText(input) ? '' : ` (${pairText(padded)} with its padding)`;
  const what = `${pairText(window.kernel)} ${pool ? 'window' : 'kernel'}${dilated}`;
  const message = `${layer.name}: ${what} does not fit its ${pairText(input)} input${isPadded}`;
  const lacking: Pair = [extents[0] - padded[0], extents[1] - padded[1]];
  const hint = `Use 'same' padding or ${makeRoom(upstream, lacking)}.`;
  return { message, hint, field: pool ? 'poolSize' : 'kernelSize' };
}

/**
 * How the input could be larger by the cells it lacks on each axis: without the strides of the nearest layer that has
 * some, where that alone is enough and no other branch has to fit what comes of it; otherwise with larger images.
 */
function makeRoom(upstream: Iterable<Above>, lacking: Pair): string {
  for (const { layer, input, output } of upstream) {
    if (layer.kind === 'add' || layer.kind === 'concat') break;
    const window = windowOf(layer);
    if (window === null || Math.max(...window.strides) === 1 || input.length === 1 || output.length === 1) continue;
    const isPool = layer.kind === 'maxPool' || layer.kind === 'avgPool';
    const without = isPool ? input : windowOutput({ ...window, strides: [1, 1] }, [input[0], input[1]]);
    if (without[0]! - output[0] < lacking[0] || without[1]! - output[1] < lacking[1]) break;
    return isPool ? `remove ${layer.name}` : `set the strides of ${layer.name} to 1`;
  }
  return 'use a larger input';
}

/** A pooling window that lies in the padding alone would have no value at all. */
function emptyWindow(layer: Layer, window: SlidingWindow): Problem | null {
  if (layer.kind !== 'maxPool' && layer.kind !== 'avgPool') return null;
  const { padding, kernel } = window;
  if (typeof padding === 'string' || (padding[0] < kernel[0] && padding[1] < kernel[1])) return null;
  const message = `${layer.name}: padding ${pairText(padding)} must be smaller than the ${pairText(kernel)} window`;
  return { message, hint: "Use less padding, or 'same'.", field: 'padding' };
}

function joinProblem(layer: Layer, sources: readonly Source[]): Problem | null {
  if (sources.length < 2) {
    const message = `${layer.name}: ${layer.kind} joins two layers or more, but "from" names ${sources.length}`;
    return { message, hint: 'Name all the layers to join in "from".', field: 'from' };
  }
  const fits = layer.kind === 'add' ? sameShape : samePlaces;
  const [first] = sources;
  if (first === undefined || sources.every((source) => fits(source.shape, first.shape))) return null;
  const given = listText(sources.map((source) => `${source.name} ${shapeText(source.shape)}`));
  const rule = layer.kind === 'add' ? 'equal shapes' : 'maps of equal height and width, or vectors,';
  const message = `${layer.name}: ${layer.kind} needs ${rule} but gets ${given}`;
  return { message, hint: joinHint(layer.kind, sources), field: 'from' };
}

function joinHint(kind: LayerKind, sources: readonly Source[]): string {
  const maps = sources.filter((source) => source.shape.length === 3);
  if (maps.length < sources.length) return maps.length === 0 ? 'Give them equal units.' : 'Flatten the maps first.';
  if (kind === 'add' && sources.every((source) => samePlaces(source.shape, maps[0]?.shape ?? [0]))) {
    return 'Give them equal channels, for example by a 1x1 conv2d on one of them.';
  }
  return "Bring them to equal height and width, for example by 'same' padding and equal strides.";
}

function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

function samePlaces(a: Shape, b: Shape): boolean {
  return a.length === b.length && (a.length === 1 || (a[0] === b[0] && a[1] === b[1]));
}

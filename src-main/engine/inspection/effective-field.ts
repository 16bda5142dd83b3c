/**
 * What a cell does see of the image, against what it can see (Luo et al. 2016: Understanding the effective receptive field
 * in deep convolutional neural networks): the size of the gradient of the middle cell by each pixel, meaned over images.
 */
import { ReceptiveError } from '../../shared/errors.ts';
import { effectiveShare } from '../../shared/inspect/drives.ts';
import type { EffectiveField, FieldSizes } from '../../shared/inspect/drives.ts';
import { boxAt, fieldsOf, unitBox } from '../../shared/inspect/field-box.ts';
import type { Box } from '../../shared/inspect/field-box.ts';
import { smallestBox } from '../../shared/inspect/smallest-box.ts';
import { topologicalOrder } from '../../shared/network/index.ts';
import type { Field } from '../../shared/network/receptive.ts';
import type { Network, Shape } from '../../shared/network/spec.ts';
import type { Model } from '../graph/model.ts';
import { throwIfInterrupted } from '../images/interrupted.ts';
import type { Watch } from './attribution.ts';
import { shapeOfLayer } from './layer-shape.ts';
import { outputOf } from './maps.ts';
import type { UseModel } from './use-model.ts';

/** Images that are computed at once. */
const batchSize = 8;
const inputs = outputOf('input');

/**
 * Of the middle cell of a layer: of one map, or with `map` null of the sum of all. Of a flattened map's units the same; of
 * other vectors one unit, or all. `pixels`: uint8 [images, height, width, channels].
 * @throws ReceptiveError `usage` for a layer or map that there is not, `interrupted` when the signal aborts
 */
export async function effectiveField(
  use: UseModel,
  pixels: Uint8Array,
  { layer, map }: { layer: string; map: number | null },
  { signal, progress }: Watch,
): Promise<EffectiveField> {
  const { height, width, channels, asked } = await use((model, network) => ({
    height: network.input.size[0],
    width: network.input.size[1],
    channels: network.input.channels,
    asked: middle(model, network, layer, map),
  }));
  const imageSize = height * width * channels;
  const images = pixels.length / imageSize;
  const sums = new Float64Array(height * width);
  progress(0, images);
  for (let from = 0; from < images; from += batchSize) {
    throwIfInterrupted(signal);
    const some = pixels.subarray(from * imageSize, (from + batchSize) * imageSize);
    const gradient = await use((model) => gradientOf(model, layer, asked, some));
    gradient.forEach((slope, at) => (sums[Math.floor((at % imageSize) / channels)]! += Math.abs(slope)));
    progress(Math.min(from + batchSize, images), images);
  }
  const heat = Float32Array.from(sums, (sum) => sum / images);
  return {
    layer,
    kind: asked.kind,
    theoretical: asked.box,
    effective: smallestBox(heat, height, width, effectiveShare),
    broken: !heat.every(Number.isFinite),
    ...{ map, images, height, width, heat },
  };
}

/**
 * The same sizes for every layer, all maps together, in the order in which they are computed; `onRows` sees them come.
 * @throws ReceptiveError `interrupted` when the signal aborts
 */
export async function fieldGrowth(
  use: UseModel,
  pixels: Uint8Array,
  { signal, progress, onRows }: Watch & { onRows: (so: FieldSizes[]) => void },
): Promise<FieldSizes[]> {
  const layers = await use((_, network) => topologicalOrder(network).map((index) => network.layers[index]!.name));
  const rows: FieldSizes[] = [];
  progress(0, layers.length);
  for (const layer of layers) {
    const quiet = { signal, progress: () => undefined };
    const { kind, theoretical, effective, broken } = await effectiveField(use, pixels, { layer, map: null }, quiet);
    rows.push({ layer, kind, theoretical, effective, broken });
    progress(rows.length, layers.length);
    onRows([...rows]);
  }
  return rows;
}

/** What is asked about: the layer's numbers that are summed up, and the pixels that can influence them. */
interface Asked {
  kind: FieldSizes['kind'];
  /** Numbers of the layer for one image. */
  length: number;
  /** Indices among them. */
  numbers: number[];
  box: Box | null;
}

function middle(model: Model, network: Network, layer: string, map: number | null): Asked {
  const shape = shapeOfLayer(model, network, layer);
  const { kind } = network.layers.find(({ name }) => name === layer)!;
  const length = shape.reduce((product, side) => product * side, 1);
  const maps = shape.at(-1)!;
  if (map !== null && map >= maps) throw new ReceptiveError('usage', `${layer} has no map ${map}; it has ${maps}.`);
  const field = fieldsOf(network, model.classes).get(layer);
  const [height, width] = network.input.size;
  const whole = field === 'everything' ? { top: 0, left: 0, height, width } : null;
  if (shape.length === 1 && map !== null) return { kind, length, numbers: [map], box: whole ?? unitBox(field, map) };
  const grid = gridOf(shape, field);
  if (!grid) {
    return {
      kind,
      length,
      numbers: Array.from({ length }, (_, unit) => unit),
      box: { top: 0, left: 0, height, width },
    };
  }
  const [row, column] = [Math.floor((grid[0] - 1) / 2), Math.floor((grid[1] - 1) / 2)];
  const first = (row * grid[1] + column) * grid[2];
  const numbers = map === null ? Array.from({ length: grid[2] }, (_, one) => first + one) : [first + map];
  return { kind, length, numbers, box: whole ?? boxAt(field, row, column) };
}

/** Maps, and a vector of which it is known what map it was flattened from; null for others. */
function gridOf(shape: Shape, field: Field | undefined): [number, number, number] | null {
  if (shape.length === 3) return shape;
  return field && field !== 'everything' && field.grid.length === 3 ? field.grid : null;
}

/** By what the first layers see, [images, height, width, channels]. */
function gradientOf(model: Model, layer: string, { length, numbers }: Asked, pixels: Uint8Array): Float32Array {
  const seen = model.fetch(pixels, [inputs])[inputs]!;
  const weights = new Float32Array(seen.shape[0]! * length);
  for (let image = 0; image < weights.length; image += length) for (const at of numbers) weights[image + at] = 1;
  const gradient = `${inputs}/gradient`;
  return model.explain(seen.values, weights, [gradient], layer)[gradient]!.values;
}

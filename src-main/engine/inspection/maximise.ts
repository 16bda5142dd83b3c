/**
 * The picture that maximises a map, found by gradient ascent on its pixels (Erhan et al. 2009: Visualizing higher-layer
 * features of a deep network; Simonyan et al. 2014: Deep inside convolutional networks, whose pull towards grey `decay`
 * is; blur: Yosinski et al. 2015; jitter: Mordvintsev et al. 2015).
 */
import { ReceptiveError } from '../../shared/errors.ts';
import { unitMaps } from '../../shared/inspect/drives.ts';
import type { Ascent, AscentOutcome, MaximisedImage } from '../../shared/inspect/drives.ts';
import type { Network, Pair, Shape } from '../../shared/network/spec.ts';
import type { PixelImage } from '../../shared/pictures.ts';
import { createRandom } from '../../shared/random.ts';
import type { Random } from '../../shared/random.ts';
import { topPredictions } from '../evaluation/classify.ts';
import { names } from '../graph/compile.ts';
import type { Model } from '../graph/model.ts';
import { throwIfInterrupted } from '../images/interrupted.ts';
import { blur, roll } from './ascent-steps.ts';
import type { PictureShape } from './ascent-steps.ts';
import type { Watch } from './attribution.ts';
import { shapeOfLayer } from './layer-shape.ts';
import { outputOf } from './maps.ts';
import type { UseModel } from './use-model.ts';

/** Standard deviation of the noise that ascent may begin with, around middle grey; white is 1. */
const noise = 0.1;
const inputs = outputOf('input');

/** What does not change from step to step. */
interface Known {
  ascent: Ascent;
  shape: PictureShape;
  /** What the value is of the layer's output: 1 / cells for a mean. */
  weights: Float32Array;
  /** What the first layers see of black and of white, one number a channel. */
  black: Float32Array;
  white: Float32Array;
}

/**
 * Each step adds the value's gradient by the pixels (0 to 1), made as long as `stepSize` says, then takes away what the
 * regularisers do. `image`: uint8 [height, width, channels], where it begins with one; `classes`: what the network knows.
 * The same ascent gives the same picture.
 * @throws ReceptiveError `usage` for a layer, map or cell that there is not, `interrupted` when the signal aborts
 */
export async function maximise(
  use: UseModel,
  ascent: Ascent,
  { image, classes }: { image: Uint8Array | null; classes: string[] },
  { signal, progress, onPicture }: Watch & { onPicture: (so: MaximisedImage) => void },
): Promise<MaximisedImage> {
  const known = await use((model, network) => prepare(model, network, ascent));
  const random = createRandom(ascent.seed, 'gradient ascent');
  const first = beginning(known, image, random);
  const curve: number[] = [];
  let [pixels, moved, broken] = [first, false, false];
  const { steps, jitter } = ascent;

  progress(0, steps);
  for (let step = 0; step < steps && !broken; step++) {
    throwIfInterrupted(signal);
    const shift: Pair = [random.int(2 * jitter + 1) - jitter, random.int(2 * jitter + 1) - jitter];
    const before = pixels;
    const { value, gradient, size } = await use((model) => climb(model, known, before, shift));
    curve.push(value);
    broken = !Number.isFinite(value) || !Number.isFinite(size);
    // Without jitter every step would be as this one.
    if (broken || (size === 0 && jitter === 0)) break;
    moved ||= size > 0;
    pixels = regularised(known, size > 0 ? added(before, gradient, ascent.stepSize / 255 / size) : before);
    progress(step + 1, steps);
    onPicture({ picture: picture(known, pixels), curve: Float32Array.from(curve), ends: null });
  }

  const last = picture(known, pixels);
  const [from, to] = await use((model) => [
    measure(model, known, picture(known, first).pixels),
    measure(model, known, last.pixels),
  ]);
  const outcome = outcomeOf({ broken: broken || !Number.isFinite(to.value), moved, rose: to.value > from.value });
  const [prediction] = topPredictions(to.probabilities, classes, 1);
  const ends = { from: from.value, to: to.value, outcome, prediction: prediction! };
  return { picture: last, curve: Float32Array.from(curve), ends };
}

function outcomeOf({ broken, moved, rose }: Record<'broken' | 'moved' | 'rose', boolean>): AscentOutcome {
  if (broken) return 'broken';
  if (!moved) return 'flat';
  return rose ? 'risen' : 'lower';
}

function prepare(model: Model, network: Network, ascent: Ascent): Known {
  const { size, channels } = network.input;
  const shape: PictureShape = [size[0], size[1], channels];
  const length = size[0] * size[1] * channels;
  const seen = (shade: number) => model.fetch(new Uint8Array(length).fill(shade), [inputs])[inputs]!.values;
  return {
    ascent,
    shape,
    weights: weightsOf(shapeOfLayer(model, network, ascent.layer), ascent),
    black: seen(0).slice(0, channels),
    white: seen(255).slice(0, channels),
  };
}

function weightsOf(shape: Shape, { layer, map, cell }: Ascent): Float32Array {
  const [height, width, maps] = unitMaps(shape);
  if (map >= maps) throw new ReceptiveError('usage', `${layer} has no map ${map}; it has ${maps}.`);
  if (cell && (cell[0] >= height || cell[1] >= width)) {
    throw new ReceptiveError('usage', `${layer} has no cell (${cell.join(', ')}); its maps are ${height} x ${width}.`);
  }
  const weights = new Float32Array(height * width * maps);
  if (cell) weights[(cell[0] * width + cell[1]) * maps + map] = 1;
  else for (let at = map; at < weights.length; at += maps) weights[at] = 1 / (height * width);
  return weights;
}

/** Pixels from 0 to 1. */
function beginning({ ascent, shape }: Known, image: Uint8Array | null, random: Random): Float32Array {
  const length = shape[0] * shape[1] * shape[2];
  if (ascent.start === 'image') {
    if (image?.length !== length) throw new ReceptiveError('usage', 'There is no image to begin with.');
    return Float32Array.from(image, (value) => value / 255);
  }
  const amount = ascent.start === 'noise' ? noise : 0;
  return Float32Array.from({ length }, () => within(0.5 + amount * random.normal()));
}

/** The value of the shifted picture, and its gradient by the pixels with its root mean square. */
function climb(model: Model, { ascent, shape, weights, black, white }: Known, pixels: Float32Array, shift: Pair) {
  const channels = shape[2];
  const scale = white.map((value, channel) => value - black[channel]!);
  const seen = roll(pixels, shape, shift).map((value, at) => black[at % channels]! + value * scale[at % channels]!);
  const output = outputOf(ascent.layer);
  const found = model.explain(seen, weights, [output, `${inputs}/gradient`], ascent.layer);
  const byInput = found[`${inputs}/gradient`]!.values.map((slope, at) => slope * scale[at % channels]!);
  const gradient = roll(byInput, shape, [-shift[0], -shift[1]]);
  const squares = gradient.reduce((sum, slope) => sum + slope * slope, 0);
  return { value: weighted(found[output]!.values, weights), gradient, size: Math.sqrt(squares / gradient.length) };
}

const added = (pixels: Float32Array, gradient: Float32Array, factor: number): Float32Array =>
  pixels.map((value, at) => value + factor * gradient[at]!);

function regularised({ ascent: { decay, blur: deviation }, shape }: Known, pixels: Float32Array): Float32Array {
  const nearer = pixels.map((value) => 0.5 + (value - 0.5) * (1 - decay));
  return blur(nearer, shape, deviation).map(within);
}

const within = (value: number): number => Math.min(Math.max(value, 0), 1);

function picture({ shape: [height, width, channels] }: Known, pixels: Float32Array): PixelImage {
  return {
    height,
    width,
    channels: channels as 1 | 3,
    pixels: Uint8Array.from(pixels, (value) => Math.round(value * 255)),
  };
}

/** Of a picture as it is shown. */
function measure(model: Model, { ascent, weights }: Known, pixels: Uint8Array) {
  const output = outputOf(ascent.layer);
  const found = model.fetch(pixels, [output, names.probabilities]);
  return { value: weighted(found[output]!.values, weights), probabilities: found[names.probabilities]!.values };
}

/** What has no weight does not count, not even NaN. */
const weighted = (values: Float32Array, weights: Float32Array): number =>
  values.reduce((sum, value, at) => (weights[at] === 0 ? sum : sum + value * weights[at]!), 0);

/** Why a class: Grad-CAM, occlusion and integrated gradients, in inference mode. */
import { ReceptiveError } from '../../shared/errors.ts';
import { fills, patchStarts } from '../../shared/inspect/attribution.ts';
import type { Attribution, AttributionMethod, Fill, Patch } from '../../shared/inspect/attribution.ts';
import { layersInUse } from '../../shared/network/index.ts';
import type { Network } from '../../shared/network/spec.ts';
import type { Model } from '../graph/model.ts';
import { throwIfInterrupted } from '../images/interrupted.ts';
import { outputOf } from './maps.ts';
import type { UseModel } from './use-model.ts';

export interface Watch {
  signal: AbortSignal;
  progress: (done: number, total: number) => void;
}

/** One image and the class that is asked about. */
export interface Question {
  /** uint8 [1, height, width, channels] */
  pixels: Uint8Array;
  classIndex: number;
}

/** Images that are computed at once. */
const batchSize = 8;
const inputs = outputOf('input');

/**
 * Selvaraju et al. 2017: each map of `layer` weighted by the mean over its cells of the logit's gradient, summed, and cut off
 * below 0; then brought to the size of the input, bilinearly.
 * @throws ReceptiveError `usage` for a layer that gives no maps or does not reach the output
 */
export async function gradCam(use: UseModel, question: Question, layer: string): Promise<Attribution> {
  return use((model, network) => {
    if (!layersInUse(network).has(layer)) {
      throw new ReceptiveError('usage', `${layer} does not reach the output, so no class depends on it.`);
    }
    const [output, gradient] = [outputOf(layer), `${outputOf(layer)}/gradient`];
    const image = model.fetch(question.pixels, [inputs])[inputs]!.values;
    const found = model.explain(image, onlyClass(model, question, 1), [output, gradient]);
    const { shape, values } = found[output]!;
    const [, rows, columns, channels] = shape as [number, number, number, number];
    if (shape.length !== 4) {
      throw new ReceptiveError('usage', `${layer} gives a vector; Grad-CAM needs maps.`, 'Choose a layer before it.');
    }
    const cells = rows * columns;
    const weights = new Float64Array(channels);
    found[gradient]!.values.forEach((value, at) => (weights[at % channels]! += value / cells));
    const coarse = Float32Array.from({ length: cells }, (_, cell) => {
      let sum = 0;
      for (let channel = 0; channel < channels; channel++)
        sum += weights[channel]! * values[cell * channels + channel]!;
      return Math.max(sum, 0);
    });
    const [height, width] = network.input.size;
    return {
      ...describe(model, network, question, 'gradCam'),
      layer,
      heat: enlarge(coarse, [rows, columns], [height, width]),
    };
  });
}

/** The values at the middles of pixels that lie over coarser cells, interpolated; beyond the outermost middles the same. */
function enlarge(values: Float32Array, [rows, columns]: [number, number], [height, width]: [number, number]) {
  const across = (at: number, from: number, to: number): [number, number, number] => {
    const place = Math.min(Math.max(((at + 0.5) * from) / to - 0.5, 0), from - 1);
    const first = Math.floor(place);
    return [first, Math.min(first + 1, from - 1), place - first];
  };
  const heat = new Float32Array(height * width);
  for (let y = 0; y < height; y++) {
    const [top, bottom, down] = across(y, rows, height);
    for (let x = 0; x < width; x++) {
      const [left, right, along] = across(x, columns, width);
      const upper = values[top * columns + left]! * (1 - along) + values[top * columns + right]! * along;
      const lower = values[bottom * columns + left]! * (1 - along) + values[bottom * columns + right]! * along;
      heat[y * width + x] = upper * (1 - down) + lower * down;
    }
  }
  return heat;
}

/**
 * Zeiler and Fergus 2014: the patch covers one part of the image after another; each pixel's heat is the mean fall of the
 * class's probability over the patches that cover it. `onHeat` sees it grow.
 */
export async function occlusion(
  use: UseModel,
  question: Question,
  { patch, fill }: { patch: Patch; fill: Fill },
  { signal, progress, onHeat }: Watch & { onHeat: (so: Attribution) => void },
): Promise<Attribution> {
  const known = await use((model, network) => ({
    ...describe(model, network, question, 'occlusion'),
    classes: model.classes,
    channels: network.input.channels,
  }));
  const { classes, channels, ...about } = known;
  const { height, width, probability } = about;
  const places = patchStarts(height, patch).flatMap((top) =>
    patchStarts(width, patch).map((left) => [top, left] as const),
  );
  const falls = new Float64Array(height * width);
  const covers = new Uint16Array(height * width);
  const heat = () => Float32Array.from(falls, (fall, at) => (covers[at] === 0 ? NaN : fall / covers[at]!));
  const forEachCovered = ([top, left]: readonly [number, number], work: (pixel: number) => void) => {
    for (let y = top; y < Math.min(top + patch.size, height); y++) {
      for (let x = left; x < Math.min(left + patch.size, width); x++) work(y * width + x);
    }
  };

  progress(0, places.length);
  for (let from = 0; from < places.length; from += batchSize) {
    throwIfInterrupted(signal);
    const some = places.slice(from, from + batchSize);
    const images = new Uint8Array(some.length * question.pixels.length);
    some.forEach((place, i) => {
      const image = images.subarray(i * question.pixels.length, (i + 1) * question.pixels.length);
      image.set(question.pixels);
      forEachCovered(place, (pixel) => image.fill(fills[fill], pixel * channels, (pixel + 1) * channels));
    });
    const probabilities = await use((model) => model.predict(images));
    some.forEach((place, i) => {
      const fall = probability - probabilities[i * classes + question.classIndex]!;
      forEachCovered(place, (pixel) => {
        falls[pixel]! += fall;
        covers[pixel]!++;
      });
    });
    progress(from + some.length, places.length);
    onHeat({ ...about, heat: heat() });
  }
  return { ...about, heat: heat() };
}

/**
 * Sundararajan et al. 2017: the logit's gradient, meaned along the straight way from an image of one shade to this one (the
 * midpoint rule in `steps` steps), times the difference of the two; summed over the channels of a pixel.
 */
export async function integratedGradients(
  use: UseModel,
  question: Question,
  { baseline, steps }: { baseline: Fill; steps: number },
  { signal, progress }: Watch,
): Promise<Attribution> {
  const known = await use((model, network) => {
    const shade = new Uint8Array(question.pixels.length).fill(fills[baseline]);
    const output = outputOf(network.layers.at(-1)!.name);
    const start = model.fetch(shade, [inputs, output]);
    return {
      about: describe(model, network, question, 'integratedGradients'),
      from: start[inputs]!.values,
      to: model.fetch(question.pixels, [inputs])[inputs]!.values,
      logitOfShade: start[output]!.values[question.classIndex]!,
      channels: network.input.channels,
    };
  });
  const { about, from, to, channels } = known;
  const sums = new Float64Array(from.length);
  progress(0, steps);
  for (let step = 0; step < steps; step += batchSize) {
    throwIfInterrupted(signal);
    const count = Math.min(batchSize, steps - step);
    const way = Float32Array.from({ length: count * from.length }, (_, at) => {
      const share = (step + Math.floor(at / from.length) + 0.5) / steps;
      const place = at % from.length;
      return from[place]! + share * (to[place]! - from[place]!);
    });
    const gradient = `${inputs}/gradient`;
    const found = await use((model) => model.explain(way, onlyClass(model, question, count), [gradient]));
    found[gradient]!.values.forEach((value, at) => (sums[at % from.length]! += value / steps));
    progress(step + count, steps);
  }
  const heat = new Float32Array(about.height * about.width);
  let sum = 0;
  sums.forEach((mean, at) => {
    const share = mean * (to[at]! - from[at]!);
    heat[Math.floor(at / channels)]! += share;
    sum += share;
  });
  return { ...about, heat, completeness: { sum, difference: about.logit - known.logitOfShade } };
}

function describe(
  model: Model,
  network: Network,
  { pixels, classIndex }: Question,
  method: AttributionMethod,
): Omit<Attribution, 'heat'> {
  const output = outputOf(network.layers.at(-1)!.name);
  const [height, width] = network.input.size;
  if (classIndex >= model.classes) {
    throw new ReceptiveError('usage', `The network knows ${model.classes} classes; there is no class ${classIndex}.`);
  }
  return {
    method,
    classIndex,
    height,
    width,
    logit: model.fetch(pixels, [output])[output]!.values[classIndex]!,
    probability: model.predict(pixels)[classIndex]!,
    layer: null,
    completeness: null,
  };
}

/** 1 for the logit of the class in each of `count` images. */
function onlyClass({ classes }: Model, { classIndex }: Question, count: number): Float32Array {
  const weights = new Float32Array(count * classes);
  for (let image = 0; image < count; image++) weights[image * classes + classIndex] = 1;
  return weights;
}

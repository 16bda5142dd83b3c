import { ReceptiveError } from '../../shared/errors.ts';
import type { PooledMaps, PoolingComparison } from '../../shared/inspection.ts';
import { energiesOf } from '../../shared/inspect/frequencies.ts';
import { channelsOf, middleOf } from '../../shared/inspect/maps.ts';
import type { Maps } from '../../shared/inspect/maps.ts';
import { pool, poolingMethods } from '../../shared/inspect/pooling.ts';
import type { Pooled, PoolingMethod } from '../../shared/inspect/pooling.ts';
import type { PoolingKept, PoolingReport, PoolingWindow } from '../../shared/inspect/pooling-report.ts';
import { describeNetwork, inputsOf, resolvePadding, windowOf, windowOutput } from '../../shared/network/index.ts';
import type { SlidingWindow } from '../../shared/network/index.ts';
import type { Network } from '../../shared/network/spec.ts';
import { createRandom } from '../../shared/random.ts';
import type { Model } from '../graph/model.ts';
import { outputOf } from './maps.ts';
import { statisticsOf } from './statistics.ts';

/** Channels that are shown and measured at once, and cells of them all together. */
const mostChannels = 16;
const mostCells = 2_000_000;
/** What is measured is measured on the middle of larger maps, so that it takes no longer. */
export const measuredSide = 128;
const draws = 16;
/** Noise as a share of the maps' standard deviation. */
const noiseShare = 0.1;

/** Max and mean pooling of what enters `layer` (a pooling layer), with its own window, and max minus mean. */
export function comparePooling(model: Model, network: Network, pixels: Uint8Array, layer: string): PoolingComparison {
  const spec = network.layers.find(({ name }) => name === layer);
  if (spec?.kind !== 'maxPool' && spec?.kind !== 'avgPool') {
    const found = spec ? `is ${spec.kind}` : 'is not in the network';
    throw new ReceptiveError('usage', `${layer} ${found}; pooling is compared at maxPool and avgPool layers.`);
  }
  return { layer, ...comparePooledMaps(mapsOf(model, pixels, sourceOf(network, layer)), windowOf(spec)!) };
}

/** The same of maps at hand. */
export function comparePooledMaps(input: Maps, window: SlidingWindow): Omit<PoolingComparison, 'layer'> {
  const [max, avg] = [pool(input, window, 'max'), pool(input, window, 'mean')];
  const difference = { shape: max.shape, values: max.values.map((value, at) => value - avg.values[at]!) };
  return {
    input: withStatistics(input),
    max: withStatistics(max),
    avg: withStatistics(avg),
    difference: withStatistics(difference),
  };
}

/**
 * What enters `layer` (a pooling layer) or leaves it (any other that gives maps), pooled by every method: with the layer's
 * own window, or with `window`. Of up to 16 channels from `from` on.
 * @throws ReceptiveError `usage` for a layer without maps, or a window that does not fit
 */
export function poolingReport(
  model: Model,
  network: Network,
  pixels: Uint8Array,
  { layer, window: wanted, from }: PoolingChoice,
): PoolingReport {
  const { source, window, uses } = pooledAt(model, network, layer, wanted);
  const all = mapsOf(model, pixels, source);
  const [height, width, channels] = all.shape;
  requireFit(layer, window, [height, width]);
  const count = Math.min(channels - from, mostChannels, Math.max(1, Math.floor(mostCells / (height * width))));
  if (count < 1)
    throw new ReceptiveError('usage', `${source} has ${channels} channels; there is none from ${from} on.`);
  const input = channelsOf(all, from, count);
  const byMethod = <T>(work: (method: PoolingMethod) => T) =>
    Object.fromEntries(poolingMethods.map((method) => [method, work(method)])) as Record<PoolingMethod, T>;
  const { kernel, strides } = window;
  const [[above], [aside]] = resolvePadding(window, [height, width]);
  const padding = window.padding === 'valid' || window.padding === 'same' ? window.padding : ('own' as const);
  return {
    layer,
    source,
    window: { kernel, strides, padding },
    before: [above, aside],
    uses: wanted ? null : uses,
    channels: { from, count, all: channels },
    input: withStatistics(input),
    pooled: byMethod((method) => {
      const pooled = pool(input, window, method);
      return { ...withStatistics(pooled), winners: pooled.winners };
    }),
    ...keptBy(middleOf(input, measuredSide), window),
  };
}

export interface PoolingChoice {
  layer: string;
  window?: PoolingWindow | undefined;
  from: number;
}

/** Whose output is pooled at a layer, and how. A layer that does not pool gets 2x2 windows side by side where they fit. */
export function pooledAt(
  model: Model,
  network: Network,
  layer: string,
  wanted?: PoolingWindow,
): { source: string; window: SlidingWindow; uses: 'max' | 'mean' | null } {
  const spec = network.layers.find(({ name }) => name === layer);
  if (!spec) throw new ReceptiveError('usage', `${layer} is not in the network.`);
  const pools = spec.kind === 'maxPool' || spec.kind === 'avgPool';
  const usual = (): SlidingWindow => {
    const shape = describeNetwork(network, model.classes).layers.find(({ name }) => name === layer)!.outputShape!;
    const fitting: [number, number] = [Math.min(2, shape[0]!), Math.min(2, shape[1] ?? 1)];
    return { kernel: fitting, strides: fitting, dilation: [1, 1], padding: 'valid' };
  };
  const own = pools ? windowOf(spec)! : usual();
  return {
    source: pools ? sourceOf(network, layer) : layer,
    window: wanted
      ? { ...wanted, padding: wanted.padding === 'own' ? own.padding : wanted.padding, dilation: [1, 1] }
      : own,
    uses: pools ? (spec.kind === 'maxPool' ? 'max' : 'mean') : null,
  };
}

export function requireFit(layer: string, window: SlidingWindow, size: [number, number]): void {
  if (Math.min(...windowOutput(window, size)) >= 1) return;
  throw new ReceptiveError(
    'usage',
    `${layer}: a window of ${window.kernel.join(' x ')} does not fit into maps of ${size.join(' x ')} cells.`,
    'Choose a smaller window, or padding "same".',
  );
}

/** What each method keeps of the maps, and the maps' own figures under `none`. */
export function keptBy(maps: Maps, window: SlidingWindow): Pick<PoolingReport, 'kept' | 'measuredOn'> {
  const { strides } = window;
  // A quarter of a cycle a pooled cell, whatever grid it is measured on.
  const cutoffOfInput = [1 / (4 * strides[0]), 1 / (4 * strides[1])] as const;
  const { std } = statisticsOf(maps.values);
  const noisy = noisyCopies(maps, std > 0 ? std * noiseShare : noiseShare);
  const measure = (poolBy: (maps: Maps) => Maps, cutoff: readonly [number, number]): PoolingKept => {
    const clean = poolBy(maps);
    return { ...energiesOf(clean, cutoff), ...passedNoise(clean, noisy.copies, noisy.deviation, poolBy) };
  };
  const methods = poolingMethods.map((method) => [method, measure((one) => pool(one, window, method), [1 / 4, 1 / 4])]);
  return {
    kept: { none: measure((one) => one, cutoffOfInput), ...Object.fromEntries(methods) } as PoolingReport['kept'],
    measuredOn: [maps.shape[0], maps.shape[1]],
  };
}

function noisyCopies(maps: Maps, deviation: number): { copies: Maps[]; deviation: number } {
  const random = createRandom(1, 'pooling noise');
  const copy = () => ({ ...maps, values: maps.values.map((value) => value + deviation * random.normal()) });
  return { copies: Array.from({ length: draws }, copy), deviation };
}

/** The variance of the pooled values as a share of the noise's, and their mean change in its standard deviations. */
function passedNoise(
  clean: Maps,
  noisy: Maps[],
  deviation: number,
  poolBy: (maps: Maps) => Maps,
): { noise: number; bias: number } {
  const count = clean.values.length;
  const [sums, squares] = [new Float64Array(count), new Float64Array(count)];
  for (const maps of noisy) {
    poolBy(maps).values.forEach((value, at) => {
      const change = (value - clean.values[at]!) / deviation;
      sums[at]! += change;
      squares[at]! += change * change;
    });
  }
  let [variance, bias] = [0, 0];
  for (let at = 0; at < count; at++) {
    variance += (squares[at]! - sums[at]! ** 2 / draws) / (draws - 1) / count;
    bias += sums[at]! / draws / count;
  }
  return { noise: variance, bias };
}

/** The output of a layer for one image. */
export function mapsOf(model: Model, pixels: Uint8Array, layer: string): Maps {
  const name = outputOf(layer);
  const { shape, values } = model.fetch(pixels, [name])[name]!;
  if (shape.length !== 4) throw new ReceptiveError('usage', `${layer} gives a vector; only maps can be pooled.`);
  return { shape: shape.slice(1) as Maps['shape'], values };
}

const sourceOf = (network: Network, layer: string): string =>
  inputsOf(network)[network.layers.findIndex(({ name }) => name === layer)]![0]!;

function withStatistics(maps: Maps | Pooled): PooledMaps {
  const { mean, std } = statisticsOf(maps.values);
  return { shape: maps.shape, values: maps.values, mean, std };
}

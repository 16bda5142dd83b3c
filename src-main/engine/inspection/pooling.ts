import { ReceptiveError } from '../../shared/errors.ts';
import type { PooledMaps, PoolingComparison } from '../../shared/inspection.ts';
import { inputsOf, resolvePadding, windowOf, windowOutput } from '../../shared/network/index.ts';
import type { SlidingWindow } from '../../shared/network/index.ts';
import type { Network } from '../../shared/network/spec.ts';
import type { Model } from '../graph/model.ts';
import { outputOf } from './maps.ts';
import { statisticsOf } from './statistics.ts';

interface Maps {
  shape: [height: number, width: number, channels: number];
  values: Float32Array;
}

/** Max and mean pooling of what enters `layer` (a pooling layer), with its own window, and max minus mean. */
export function comparePooling(model: Model, network: Network, pixels: Uint8Array, layer: string): PoolingComparison {
  const index = network.layers.findIndex(({ name }) => name === layer);
  const spec = network.layers[index];
  if (spec?.kind !== 'maxPool' && spec?.kind !== 'avgPool') {
    const found = spec ? `is ${spec.kind}` : 'is not in the network';
    throw new ReceptiveError('usage', `${layer} ${found}; pooling is compared at maxPool and avgPool layers.`);
  }
  const source = outputOf(inputsOf(network)[index]![0]!);
  const { shape, values } = model.fetch(pixels, [source])[source]!;
  return { layer, ...comparePooledMaps({ shape: shape.slice(1) as Maps['shape'], values }, windowOf(spec)!) };
}

/** The same of maps at hand. */
export function comparePooledMaps(input: Maps, window: SlidingWindow): Omit<PoolingComparison, 'layer'> {
  const max = pool(input, window, (cells) => cells.reduce((a, b) => Math.max(a, b)));
  const avg = pool(input, window, (cells) => cells.reduce((a, b) => a + b) / cells.length);
  const difference = { shape: max.shape, values: max.values.map((value, at) => value - avg.values[at]!) };
  return {
    input: withStatistics(input),
    max: withStatistics(max),
    avg: withStatistics(avg),
    difference: withStatistics(difference),
  };
}

/** Slides the window over every channel; cells of padding are left out, so they never win and never count. */
function pool(input: Maps, window: SlidingWindow, reduce: (cells: number[]) => number): Maps {
  const { kernel, strides } = window;
  const [height, width, channels] = input.shape;
  const [[top], [left]] = resolvePadding(window, [height, width]);
  const [rows, columns] = windowOutput(window, [height, width]);
  const values = new Float32Array(rows * columns * channels);
  for (let row = 0; row < rows; row++) {
    const ys = range(row * strides[0] - top, kernel[0], height);
    for (let column = 0; column < columns; column++) {
      const xs = range(column * strides[1] - left, kernel[1], width);
      for (let channel = 0; channel < channels; channel++) {
        const cells = ys.flatMap((y) => xs.map((x) => input.values[(y * width + x) * channels + channel]!));
        values[(row * columns + column) * channels + channel] = reduce(cells);
      }
    }
  }
  return { shape: [rows, columns, channels], values };
}

/** Indices from `start`, `length` of them, without those outside 0 to `limit` - 1. */
function range(start: number, length: number, limit: number): number[] {
  return Array.from({ length }, (_, at) => start + at).filter((index) => index >= 0 && index < limit);
}

function withStatistics(maps: Maps): PooledMaps {
  const { mean, std } = statisticsOf(maps.values);
  return { ...maps, mean, std };
}

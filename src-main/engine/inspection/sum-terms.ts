/** What the sums of one map are made of, for every kind of layer that sums: an input, a kernel, and how it slides. */
import { turned } from '../../shared/inspect/convolution.ts';
import type { Kernel, Sliding } from '../../shared/inspect/convolution.ts';
import { channelsOf } from '../../shared/inspect/maps.ts';
import type { Maps } from '../../shared/inspect/maps.ts';
import type { SumOfMap } from '../../shared/inspect/sum.ts';
import { resolvePadding, transposedCut, windowOf } from '../../shared/network/index.ts';
import type { Layer, LayerKind, LayerOf, Pair, Sides } from '../../shared/network/spec.ts';

const summing = ['conv2d', 'depthwiseConv2d', 'separableConv2d', 'conv2dTranspose', 'dense'] as const;
export type Summing = LayerOf<(typeof summing)[number]>;
export const isSumming = (layer: Layer): layer is Summing => (summing as readonly LayerKind[]).includes(layer.kind);

export type Terms = Pick<SumOfMap, 'input' | 'firstChannel' | 'kernel' | 'sliding'>;

/** Of map `map` of `maps`, `size` cells high and wide; `weights` gives a variable of the layer by its name. */
export function termsOf(
  layer: Summing,
  input: Maps,
  { map, maps, size }: { map: number; maps: number; size: Pair },
  weights: (name: string) => Float32Array,
): Terms {
  const [height, width, channels] = input.shape;
  switch (layer.kind) {
    case 'dense':
      return {
        ...{ input, firstChannel: 0 },
        kernel: { size: [1, 1], channels, values: every(weights('kernel'), maps, map) },
        sliding: { strides: [1, 1], dilation: [1, 1], padding: nothing },
      };
    case 'conv2d':
      return {
        ...{ input, firstChannel: 0 },
        kernel: { size: layer.kernelSize, channels, values: every(weights('kernel'), maps, map) },
        sliding: slidingOf(layer, [height, width]),
      };
    case 'depthwiseConv2d': {
      const firstChannel = Math.floor(map / layer.depthMultiplier);
      return {
        ...{ input: channelsOf(input, firstChannel, 1), firstChannel },
        kernel: { size: layer.kernelSize, channels: 1, values: every(weights('depthwiseKernel'), maps, map) },
        sliding: slidingOf(layer, [height, width]),
      };
    }
    case 'separableConv2d': {
      const pointwise = every(weights('pointwiseKernel'), maps, map);
      return {
        ...{ input, firstChannel: 0 },
        kernel: { size: layer.kernelSize, channels, values: mixed(weights('depthwiseKernel'), pointwise, channels) },
        sliding: slidingOf(layer, [height, width]),
      };
    }
    case 'conv2dTranspose':
      return transposed(layer, input, { map, maps, size }, weights('kernel'));
  }
}

const nothing: Sides = [
  [0, 0],
  [0, 0],
];

function slidingOf(layer: Summing, size: Pair): Sliding {
  const window = windowOf(layer)!;
  return { strides: window.strides, dilation: window.dilation, padding: resolvePadding(window, size) };
}

/** The numbers of one of `count` maps, where the last axes of the weights count the maps. */
const every = (all: Float32Array, count: number, map: number): Float32Array =>
  Float32Array.from({ length: all.length / count }, (_, at) => all[at * count + map]!);

/**
 * Nothing lies between a separable convolution's two, so that they are one with kernel k(y, x, c), the sum over m of
 * d(y, x, c, m) p(c, m): `depthwise` is [height, width, channels, multiplier], `pointwise` [channels, multiplier].
 */
function mixed(depthwise: Float32Array, pointwise: Float32Array, channels: number): Float64Array {
  const multiplier = pointwise.length / channels;
  const kernel = new Float64Array(depthwise.length / multiplier);
  depthwise.forEach((value, at) => {
    kernel[Math.floor(at / multiplier)]! += value * pointwise[at % pointwise.length]!;
  });
  return kernel;
}

/**
 * A transposed convolution cross-correlates its input, with zeros between the cells, with its kernel turned by 180 degrees
 * (Dumoulin and Visin 2016, section 4). `all` is [height, width, filters, channels].
 */
function transposed(
  layer: LayerOf<'conv2dTranspose'>,
  input: Maps,
  { map, maps, size }: { map: number; maps: number; size: Pair },
  all: Float32Array,
): Terms {
  const channels = input.shape[2];
  const own = Float32Array.from(
    { length: all.length / maps },
    (_, at) => all[(Math.floor(at / channels) * maps + map) * channels + (at % channels)]!,
  );
  const kernel: Kernel = turned({ size: layer.kernelSize, channels, values: own });
  const apart = between(input, layer.strides);
  const around = (axis: 0 | 1): Pair => {
    const before = layer.kernelSize[axis] - 1 - transposedCut(layer, axis);
    return [before, size[axis] + layer.kernelSize[axis] - 1 - apart.shape[axis] - before];
  };
  return {
    ...{ input: apart, firstChannel: 0, kernel },
    sliding: { strides: [1, 1], dilation: [1, 1], padding: [around(0), around(1)] },
  };
}

/** The cells `down` and `across` apart, zeros between them. */
function between({ shape: [height, width, channels], values }: Maps, [down, across]: Pair): Maps {
  const [rows, columns] = [(height - 1) * down + 1, (width - 1) * across + 1];
  const wide = new Float32Array(rows * columns * channels);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const from = (row * width + column) * channels;
      wide.set(values.subarray(from, from + channels), (row * down * columns + column * across) * channels);
    }
  }
  return { shape: [rows, columns, channels], values: wide };
}

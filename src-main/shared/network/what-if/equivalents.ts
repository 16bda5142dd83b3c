/**
 * The same job by other means: what a convolution would cost as a fully connected layer or as a depthwise separable one,
 * how sparse its connections are, and how often each weight is used.
 */
import { channelCount, elementCount, resolvePadding, windowOf, windowOutput } from '../shapes.ts';
import type { LayerOf, Pair } from '../spec.ts';

export interface Cost {
  /** Weights, and biases where the convolution has one. */
  params: number;
  /** Multiply-accumulates of one image. */
  macs: number;
}

type Maps = [height: number, width: number, channels: number];

function outputOf(layer: LayerOf<'conv2d'>, input: Maps): Maps {
  return [...windowOutput(windowOf(layer)!, [input[0], input[1]]), layer.filters];
}

/** 32x32x1, 6 filters of 5x5 valid: 156 parameters, 117,600 multiply-accumulates. */
export function convolutionCost(layer: LayerOf<'conv2d'>, input: Maps): Cost {
  const weights = input[2] * layer.filters * layer.kernelSize[0] * layer.kernelSize[1];
  const [height, width] = outputOf(layer, input);
  return { params: weights + (layer.useBias ? layer.filters : 0), macs: weights * height * width };
}

/**
 * Every output joined to every input: in x out weights, and a bias for each output.
 * 32x32x1 to 28x28x6: 1,024 x 4,704 = 4,816,896 multiply-accumulates, 4,821,600 parameters with biases.
 */
export function denseCost(layer: LayerOf<'conv2d'>, input: Maps): Cost {
  const outputs = elementCount(outputOf(layer, input));
  const macs = elementCount(input) * outputs;
  return { params: macs + (layer.useBias ? outputs : 0), macs };
}

/**
 * One kernel a channel, then a 1x1 convolution that mixes the channels (Howard et al. 2017, section 3.1): c_in (k_h k_w +
 * c_out) weights, 1 / c_out + 1 / (k_h k_w) of the convolution's.
 */
export function separableCost(layer: LayerOf<'conv2d'>, input: Maps): Cost {
  const weights = input[2] * (layer.kernelSize[0] * layer.kernelSize[1] + layer.filters);
  const [height, width] = outputOf(layer, input);
  return { params: weights + (layer.useBias ? layer.filters : 0), macs: weights * height * width };
}

/** The three side by side over square images of these edges, px; edges that the kernel does not fit are left out. */
export function costsByImageSize(
  layer: LayerOf<'conv2d'>,
  channels: number,
  edges: readonly number[],
): { edge: number; convolution: Cost; dense: Cost; separable: Cost }[] {
  return edges.flatMap((edge) => {
    const input: Maps = [edge, edge, channels];
    const [height, width] = outputOf(layer, input);
    if (height < 1 || width < 1) return [];
    const costs = { convolution: convolutionCost(layer, input), dense: denseCost(layer, input) };
    return [{ edge, ...costs, separable: separableCost(layer, input) }];
  });
}

export interface Connections {
  /** Pairs of one input and one output number: what a fully connected layer joins. */
  possible: number;
  /** Pairs that the convolution joins; taps that fall on padding join nothing. */
  made: number;
  /** Share of the dense weights that are zero: 1 - made / possible (sparse interactions, Goodfellow et al. 2016, 9.2). */
  zeroShare: number;
  /** Different numbers that the made connections have (parameter sharing), and the times each is used on average. */
  weights: number;
  usesPerWeight: number;
}

/** 5x5x1, one 3x3 filter valid: 225 possible, 9 cells of 9 taps = 81 made, 9 weights, 9 uses each. */
export function connectionsOf(layer: LayerOf<'conv2d'>, input: Maps): Connections {
  const output = outputOf(layer, input);
  const taps = tapsInside(layer, [input[0], input[1]], [output[0], output[1]]);
  const made = taps * input[2] * output[2];
  const possible = elementCount(input) * elementCount(output);
  const weights = channelCount(input) * layer.filters * layer.kernelSize[0] * layer.kernelSize[1];
  return { possible, made, zeroShare: 1 - made / possible, weights, usesPerWeight: made / weights };
}

/** Taps of all output cells of one channel that fall on the input and not on its padding. */
function tapsInside(layer: LayerOf<'conv2d'>, input: Pair, output: Pair): number {
  const zeros = resolvePadding(windowOf(layer)!, input);
  const along = (axis: 0 | 1): number => {
    let inside = 0;
    for (let cell = 0; cell < output[axis]; cell++) {
      for (let tap = 0; tap < layer.kernelSize[axis]; tap++) {
        const at = cell * layer.strides[axis] - zeros[axis][0] + tap * layer.dilationRate[axis];
        if (at >= 0 && at < input[axis]) inside++;
      }
    }
    return inside;
  };
  return along(0) * along(1);
}

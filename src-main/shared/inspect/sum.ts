/** How a layer makes one of its maps, with the numbers that it takes; and what becomes of it right after. */
import type { LayerOf } from '../network/spec.ts';
import { leakyReluSlope } from '../network/spec.ts';
import type { Kernel, Sliding } from './convolution.ts';
import type { Maps } from './maps.ts';

type ActivationName = LayerOf<'activation'>['function'];

/** Of what is normalised together with a map's cells: one for all of them, or one for each. */
export interface Moments {
  mean: ArrayLike<number>;
  variance: ArrayLike<number>;
}

export type Normalisation = Moments & {
  kind: 'normalisation';
  by: 'batchNorm' | 'layerNorm' | 'groupNorm';
  gamma: number;
  beta: number;
  epsilon: number;
};
export type Change = Normalisation | { kind: 'activation'; function: ActivationName };

/** A layer that changes each value where it is, before any other layer uses it. */
export type Afterwards = { layer: string; output: Float32Array } & Change;

/** What one map of a convolution, or one unit of a dense layer, is made of. */
export interface SumOfMap {
  layer: string;
  map: number;
  /** How many maps, or units, the layer has. */
  maps: number;
  /** Whose output is summed over; "input" for the image. */
  source: string;
  /**
   * The channels that the kernel takes: of a depthwise convolution one, of a dense layer every unit as a channel; of a
   * transposed convolution with zeros between the cells.
   */
  input: Maps;
  /** The number of `input`'s first channel among those of the source. */
  firstChannel: number;
  /** As it lies on the input: of a transposed convolution turned, of a separable one both of its kernels in one. */
  kernel: Kernel;
  sliding: Sliding;
  /** null where the layer has none. */
  bias: number | null;
  /** The map as the engine computed it, [height, width], row by row. */
  size: [height: number, width: number];
  output: Float32Array;
  /** Normalisation and activation that follow, in their order, with the engine's values of this map. */
  after: Afterwards[];
}

/** The mean and the variance that a cell is normalised with. */
export function momentsAt({ mean, variance }: Moments, cell: number): { mean: number; variance: number } {
  const at = mean.length === 1 ? 0 : cell;
  return { mean: mean[at]!, variance: variance[at]! };
}

/** gamma (x - mean) / sqrt(variance + epsilon) + beta, as in inference (Ioffe and Szegedy, 2015). */
function normalised(x: number, after: Normalisation, cell: number): number {
  const { mean, variance } = momentsAt(after, cell);
  return (after.gamma * (x - mean)) / Math.sqrt(variance + after.epsilon) + after.beta;
}

/** Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26: off by 1.5e-7 at most. */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const factors = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592];
  const sum = factors.reduce((total, factor) => total * t + factor, 0) * t;
  return Math.sign(x) * (1 - sum * Math.exp(-x * x));
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** The activation functions as written in a textbook. */
export const activations: Record<ActivationName, (x: number) => number> = {
  relu: (x) => Math.max(x, 0),
  relu6: (x) => Math.min(Math.max(x, 0), 6),
  leakyRelu: (x) => (x < 0 ? leakyReluSlope * x : x),
  elu: (x) => (x < 0 ? Math.exp(x) - 1 : x),
  gelu: (x) => (x * (1 + erf(x * Math.SQRT1_2))) / 2,
  silu: (x) => x * sigmoid(x),
  sigmoid,
  tanh: Math.tanh,
  linear: (x) => x,
};

/** What a following layer makes of a value of that cell. */
export const applied = (x: number, after: Afterwards, cell: number): number =>
  after.kind === 'normalisation' ? normalised(x, after, cell) : activations[after.function](x);

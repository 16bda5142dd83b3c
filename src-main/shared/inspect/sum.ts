/** How a layer makes one of its maps, with the numbers that it takes; and what becomes of it right after. */
import type { LayerOf } from '../network/spec.ts';
import { leakyReluSlope } from '../network/spec.ts';
import type { Kernel, Sliding } from './convolution.ts';
import type { Maps } from './maps.ts';

type ActivationName = LayerOf<'activation'>['function'];

/** A layer that changes each value by itself, before any other layer uses it. */
export type Afterwards = { layer: string; output: Float32Array } & (
  | { kind: 'batchNorm'; mean: number; variance: number; gamma: number; beta: number; epsilon: number }
  | { kind: 'activation'; function: ActivationName }
);

/** What one map of a convolution, or one unit of a dense layer, is made of. */
export interface SumOfMap {
  layer: string;
  map: number;
  /** How many maps, or units, the layer has. */
  maps: number;
  /** Whose output is summed over; "input" for the image. */
  source: string;
  /** The channels that the kernel takes: of a depthwise convolution one, of a dense layer every unit as a channel. */
  input: Maps;
  /** The number of `input`'s first channel among those of the source. */
  firstChannel: number;
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

/** gamma (x - mean) / sqrt(variance + epsilon) + beta, as in inference (Ioffe and Szegedy, 2015). */
export function normalised(
  x: number,
  { mean, variance, gamma, beta, epsilon }: Extract<Afterwards, { kind: 'batchNorm' }>,
): number {
  return (gamma * (x - mean)) / Math.sqrt(variance + epsilon) + beta;
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

/** What a following layer makes of a value. */
export const applied = (x: number, after: Afterwards): number =>
  after.kind === 'batchNorm' ? normalised(x, after) : activations[after.function](x);

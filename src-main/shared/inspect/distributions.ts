/** How numbers are spread in a network, and whether its gradients get through. */
import type { Histogram } from '../inspection.ts';
import type { LayerKind } from '../network/spec.ts';

export interface Spread {
  histogram: Histogram;
  /** Root mean square of the finite values. */
  size: number;
  /** Share of exact zeros. */
  zeros: number;
  /** Values that are NaN or infinite. */
  broken: number;
}

/** A variable of a layer with the gradient of the loss by it; null where the loss does not depend on it. */
export interface WeightSpread {
  /** "kernel", "gamma", ... */
  field: string;
  values: Spread;
  gradient: Spread | null;
}

export interface LayerSpread {
  name: string;
  kind: LayerKind;
  activations: Spread;
  /** Share of units at an end where the function is flat; null for functions without such an end. */
  saturated: number | null;
  /** The gradient of the loss by the layer's output; null where it does not reach the output. */
  gradient: Spread | null;
  weights: WeightSpread[];
}

export interface SpreadReport {
  /** Of the image against class `target`, in nats. */
  loss: number;
  target: number;
  /** In the order in which they are computed. */
  layers: LayerSpread[];
}

const standardBins = 40;

/** Over the finite values, in equal bins from the least to the largest; where all are one, a range one wide. */
export function spreadOf(values: ArrayLike<number>, bins = standardBins): Spread {
  let [from, to, squares, finite, zeros] = [Infinity, -Infinity, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    finite++;
    squares += value * value;
    if (value === 0) zeros++;
    if (value < from) from = value;
    if (value > to) to = value;
  }
  const broken = values.length - finite;
  const counts = new Array<number>(bins).fill(0);
  if (finite === 0) return { histogram: { from: 0, to: 1, counts }, size: NaN, zeros: 0, broken };
  if (from === to) to = from + 1;
  const scale = bins / (to - from);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isFinite(value)) counts[Math.min(bins - 1, Math.floor((value - from) * scale))]!++;
  }
  return { histogram: { from, to, counts }, size: Math.sqrt(squares / finite), zeros: zeros / values.length, broken };
}

/** How far from the end of its range a value still counts as at the end, as a share of the range. */
const nearEnd = 0.01;
/** The ends of functions that are flat there: [least, largest]. */
const flatEnds: Partial<Record<string, readonly [number, number]>> = {
  sigmoid: [0, 1],
  tanh: [-1, 1],
  relu6: [-Infinity, 6],
};

/** The share of values at a flat end of an activation function; null where it has none (zeros tell of relu). */
export function saturatedShare(activation: string, values: ArrayLike<number>): number | null {
  const ends = flatEnds[activation];
  if (!ends) return null;
  const [least, largest] = ends;
  const margin = Number.isFinite(least) ? (largest - least) * nearEnd : 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i]! <= least + margin || values[i]! >= largest - margin) count++;
  }
  return count / values.length;
}

/** What is wrong with the gradients on their way from the last layer to the first. */
export type GradientFinding =
  | { kind: 'broken'; layer: string }
  | { kind: 'none'; layer: string }
  | { kind: 'vanishing' | 'exploding'; first: string; last: string; ratio: number };

/** From here on the first layer learns so much slower, or faster, than the last that it is worth a warning. */
const farApart = 1000;

/** Whether a variable is what a layer multiplies with: "kernel", "depthwiseKernel", ... */
export const isKernel = (field: string): boolean => field.toLowerCase().endsWith('kernel');

export function gradientFindings(layers: readonly LayerSpread[]): GradientFinding[] {
  return findingsOf(
    layers.flatMap(({ name, weights }) => {
      const kernel = weights.find(({ field }) => isKernel(field));
      return kernel?.gradient ? [{ name, ...kernel.gradient }] : [];
    }),
  );
}

/** Of the gradients by the layers' kernels, in the order in which the layers are computed. */
export function findingsOf(
  kernels: readonly ({ name: string } & Pick<Spread, 'size' | 'broken'>)[],
): GradientFinding[] {
  const broken = kernels.findLast((one) => one.broken > 0);
  if (broken) return [{ kind: 'broken', layer: broken.name }];
  const none: GradientFinding[] = kernels
    .filter(({ size }) => size === 0)
    .map(({ name: layer }) => ({ kind: 'none', layer }));
  const live = kernels.filter(({ size }) => size > 0);
  const [first, last] = [live[0], live.at(-1)];
  if (!first || !last || first === last) return none;
  const ratio = first.size / last.size;
  const ends = { first: first.name, last: last.name, ratio };
  if (ratio < 1 / farApart) return [...none, { kind: 'vanishing', ...ends }];
  return ratio > farApart ? [...none, { kind: 'exploding', ...ends }] : none;
}

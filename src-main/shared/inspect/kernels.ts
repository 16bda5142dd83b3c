/** The kernels of a layer, side by side and against what they were. */
import type { Pair } from '../network/spec.ts';

/** Kernels one after another, each [height, width, channels], row by row, channels last. */
export interface Kernels {
  size: Pair;
  channels: number;
  count: number;
  values: Float32Array;
}

/** What is told of the kernels of one layer; `kernels` are those from `first` on. */
export interface KernelReport {
  layer: string;
  /** The layer's weights that are kernels; a separable convolution has two. */
  weights: string[];
  weight: string;
  first: number;
  kernels: Kernels;
  /** How many the layer has. */
  all: number;
  /** Length of each of the layer's kernels, the root of the sum of its squares. */
  norms: Float32Array;
  /** Cosines of the first `similar` kernels with each other, [similar, similar]. */
  similarity: Float32Array;
  similar: number;
  /** Against other weights of the same layer; null where nothing is compared. */
  change: {
    /** Those of `kernels` as they are there. */
    kernels: Kernels;
    /** Length of each kernel's difference, over that of the other kernel. */
    relative: Float32Array;
  } | null;
}

/** Kernel `number` by itself. */
export function kernelAt({ size, channels, values }: Kernels, number: number): Float32Array {
  const length = size[0] * size[1] * channels;
  return values.subarray(number * length, (number + 1) * length);
}

/** The root of the sum of squares. */
export function norm(values: ArrayLike<number>): number {
  let squares = 0;
  for (let at = 0; at < values.length; at++) squares += values[at]! ** 2;
  return Math.sqrt(squares);
}

/** The cosine of the angle between two kernels, from -1 (one the negative of the other) to 1; 0 where one is all zeros. */
function cosine(a: Float32Array, b: Float32Array, lengths: number): number {
  let product = 0;
  for (let at = 0; at < a.length; at++) product += a[at]! * b[at]!;
  return lengths === 0 ? 0 : product / lengths;
}

/** Cosines of the first `count` kernels with each other, [count, count]. */
export function similarities(kernels: Kernels, count: number): Float32Array {
  const each = Array.from({ length: count }, (_, number) => {
    const values = kernelAt(kernels, number);
    return { values, length: norm(values) };
  });
  const table = new Float32Array(count * count);
  for (const [a, one] of each.entries()) {
    for (const [b, other] of each.slice(0, a + 1).entries()) {
      table[a * count + b] = table[b * count + a] = cosine(one.values, other.values, one.length * other.length);
    }
  }
  return table;
}

/** How far each kernel is from what it was, over the length of what it was; infinity where that was 0 and is not now. */
export function relativeChanges(now: Kernels, before: Kernels): Float32Array {
  return Float32Array.from({ length: now.count }, (_, number) => {
    const [a, b] = [kernelAt(now, number), kernelAt(before, number)];
    const change = norm(a.map((value, at) => value - b[at]!));
    return change === 0 ? 0 : change / norm(b);
  });
}

/** The pairs of different kernels that are most alike, or most opposed, the nearest first. */
export function nearestPairs(
  { similarity, similar }: Pick<KernelReport, 'similarity' | 'similar'>,
  count: number,
): { a: number; b: number; cosine: number }[] {
  const pairs: { a: number; b: number; cosine: number }[] = [];
  for (let a = 0; a < similar; a++) {
    for (let b = a + 1; b < similar; b++) {
      const cosine = similarity[a * similar + b]!;
      if (!Number.isNaN(cosine)) pairs.push({ a, b, cosine });
    }
  }
  return pairs.toSorted((one, other) => Math.abs(other.cosine) - Math.abs(one.cosine)).slice(0, count);
}

/**
 * The sum that a convolution makes, in plain numbers of double precision: of one cell, of a whole map, and what turning
 * the kernel by 180 degrees changes. Layers cross-correlate: they lay the kernel on the input as it is. A convolution
 * turns it first (Goodfellow, Bengio, Courville: Deep Learning, 2016, section 9.1).
 */
import type { Pair, Sides } from '../network/spec.ts';
import type { Maps } from './maps.ts';

/** A kernel of one filter, [height, width, channels], row by row, channels last. */
export interface Kernel {
  size: Pair;
  channels: number;
  values: ArrayLike<number>;
}

/** How a kernel goes over its input. */
export interface Sliding {
  strides: Pair;
  dilation: Pair;
  /** Zeros around the input. */
  padding: Sides;
}

/** Row and column of the input under tap [y, x] when cell [row, column] is made; below 0 or past the end in the padding. */
export function tapPlace({ strides, dilation, padding }: Sliding, cell: Pair, tap: Pair): Pair {
  const place = (axis: 0 | 1) => cell[axis] * strides[axis] - padding[axis][0] + tap[axis] * dilation[axis];
  return [place(0), place(1)];
}

/** What lies under the kernel, laid out as the kernel is; zero in the padding. */
export function patchAt(input: Maps, kernel: Pick<Kernel, 'size'>, sliding: Sliding, cell: Pair): Float64Array {
  const [height, width, channels] = input.shape;
  const [rows, columns] = kernel.size;
  const patch = new Float64Array(rows * columns * channels);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const [row, column] = tapPlace(sliding, cell, [y, x]);
      if (row < 0 || row >= height || column < 0 || column >= width) continue;
      const from = (row * width + column) * channels;
      for (let c = 0; c < channels; c++) patch[(y * columns + x) * channels + c] = input.values[from + c]!;
    }
  }
  return patch;
}

/** What each channel gives to the sum: its taps' products, added up. */
export function channelSums(patch: ArrayLike<number>, { values, channels }: Kernel): Float64Array {
  const sums = new Float64Array(channels);
  for (let at = 0; at < patch.length; at++) sums[at % channels]! += patch[at]! * values[at]!;
  return sums;
}

/** The kernel turned by 180 degrees, each channel by itself. */
export function turned(kernel: Kernel): Kernel {
  const { values, channels } = kernel;
  const taps = values.length / channels;
  const at = (index: number) => (taps - 1 - Math.floor(index / channels)) * channels + (index % channels);
  return { ...kernel, values: Float64Array.from(values, (_, index) => values[at(index)]!) };
}

/** The part of the kernel that turning leaves as it is: the mean of both. */
export function symmetricPart(kernel: Kernel): Kernel {
  const other = turned(kernel).values;
  return { ...kernel, values: Float64Array.from(kernel.values, (value, at) => (value + other[at]!) / 2) };
}

/** Every cell of the map that the kernel makes, row by row: the sums over all taps and channels, without bias. */
export function slideKernel(input: Maps, kernel: Kernel, sliding: Sliding, [rows, columns]: Pair): Float64Array {
  const [height, width, channels] = input.shape;
  const [tapRows, tapColumns] = kernel.size;
  const made = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let y = 0; y < tapRows; y++) {
        for (let x = 0; x < tapColumns; x++) {
          const [inRow, inColumn] = tapPlace(sliding, [row, column], [y, x]);
          if (inRow < 0 || inRow >= height || inColumn < 0 || inColumn >= width) continue;
          const from = (inRow * width + inColumn) * channels;
          const tap = (y * tapColumns + x) * channels;
          for (let c = 0; c < channels; c++) sum += input.values[from + c]! * kernel.values[tap + c]!;
        }
      }
      made[row * columns + column] = sum;
    }
  }
  return made;
}

/** A plain picture or kernel of one channel. */
export interface Plane {
  size: Pair;
  values: ArrayLike<number>;
}

/** One channel by itself. */
export function planeOf(values: ArrayLike<number>, size: Pair, channels: number, channel: number): Plane {
  return {
    size,
    values: Float64Array.from({ length: size[0] * size[1] }, (_, at) => values[at * channels + channel]!),
  };
}

/**
 * All places where the two overlap at all, as the mathematicians define it: the convolution (a * b)(t), the sum over s
 * of a(s) b(t - s); [1, 2] * [1, 3] = [1, 5, 6]. It commutes.
 */
export function convolveFully(a: Plane, b: Plane): Plane {
  return overlap(a, b, (at, tap) => [at[0] + tap[0], at[1] + tap[1]]);
}

/** The cross-correlation, the sum over s of a(t + s) b(s), over all t where they overlap; [1, 2] with [1, 3] = [3, 7, 2]. */
export function correlateFully(a: Plane, b: Plane): Plane {
  return overlap(a, b, (at, tap) => [at[0] - tap[0] + b.size[0] - 1, at[1] - tap[1] + b.size[1] - 1]);
}

function overlap(a: Plane, b: Plane, place: (at: Pair, tap: Pair) => Pair): Plane {
  const size: Pair = [a.size[0] + b.size[0] - 1, a.size[1] + b.size[1] - 1];
  const values = new Float64Array(size[0] * size[1]);
  each(a, (at, value) =>
    each(b, (tap, weight) => {
      const [row, column] = place(at, tap);
      values[row * size[1] + column]! += value * weight;
    }),
  );
  return { size, values };
}

function each({ size, values }: Plane, visit: (at: Pair, value: number) => void): void {
  for (let row = 0; row < size[0]; row++) {
    for (let column = 0; column < size[1]; column++) visit([row, column], values[row * size[1] + column]!);
  }
}

/** The largest distance of two lists of numbers; NaN where one is not a number. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0;
  for (let at = 0; at < a.length; at++) {
    const difference = Math.abs(a[at]! - b[at]!);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

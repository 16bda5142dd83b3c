/** Pooling by any of the usual methods, for a window of any size. */
import { resolvePadding, windowOutput } from '../network/shapes.ts';
import type { SlidingWindow } from '../network/shapes.ts';
import { inside } from './maps.ts';
import type { Maps } from './maps.ts';

/**
 * Of the cells of a window that lie inside the map: the largest, their mean, the smallest, the root of the mean of their
 * squares, or the one in the middle (before it where the window is even).
 */
export const poolingMethods = ['max', 'mean', 'min', 'l2', 'strided'] as const;
export type PoolingMethod = (typeof poolingMethods)[number];

export interface Pooled extends Maps {
  /** The place in the input's grid, row x width + column, of the cell that each value is; null where it is of several. */
  winners: Int32Array | null;
}

/** Slides the window over every channel. Padding never wins and never counts; of equal cells the first wins. */
export function pool(input: Maps, window: SlidingWindow, method: PoolingMethod): Pooled {
  const [height, width, channels] = input.shape;
  const [rows, columns] = windowOutput(window, [height, width]);
  const values = new Float32Array(rows * columns * channels);
  const winners = method === 'mean' || method === 'l2' ? null : new Int32Array(values.length);
  forEachWindow(window, [height, width], (at, span) => {
    for (let channel = 0; channel < channels; channel++) {
      const { value, winner } = poolers[method](input, span, channel);
      values[at * channels + channel] = value;
      if (winners) winners[at * channels + channel] = winner;
    }
  });
  return { shape: [rows, columns, channels], values, winners };
}

/** How many windows each cell of the input won, in the input's shape. */
export function winCounts(input: Maps, winners: Int32Array): Maps {
  const channels = input.shape[2];
  const values = new Float32Array(input.values.length);
  winners.forEach((cell, at) => values[cell * channels + (at % channels)]!++);
  return { shape: input.shape, values };
}

/** The cells of one window inside the map: rows from `top` to `bottom` - 1, columns from `left` to `right` - 1. */
export interface Span {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

/** The cells that output cell [row, column] is made of. */
export function spanOf(window: SlidingWindow, size: [number, number], row: number, column: number): Span {
  const [[above], [before]] = resolvePadding(window, size);
  const [top, bottom] = inside(row * window.strides[0] - above, window.kernel[0], size[0]);
  const [left, right] = inside(column * window.strides[1] - before, window.kernel[1], size[1]);
  return { top, bottom, left, right };
}

function forEachWindow(window: SlidingWindow, size: [number, number], work: (at: number, span: Span) => void): void {
  const [rows, columns] = windowOutput(window, size);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) work(row * columns + column, spanOf(window, size, row, column));
  }
}

type Pooler = (input: Maps, span: Span, channel: number) => { value: number; winner: number };

function reduceSpan(
  { shape: [, width, channels], values }: Maps,
  { top, bottom, left, right }: Span,
  channel: number,
  take: (value: number, cell: number) => void,
): void {
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) take(values[(y * width + x) * channels + channel]!, y * width + x);
  }
}

const cellsIn = ({ top, bottom, left, right }: Span): number => (bottom - top) * (right - left);

/** The cell that no other beats. NaN beats all: what it touches is NaN, as in TensorFlow. */
const winnerBy =
  (beats: (a: number, b: number) => boolean): Pooler =>
  (input, span, channel) => {
    let [value, winner] = [NaN, -1];
    reduceSpan(input, span, channel, (candidate, cell) => {
      if (winner === -1 || beats(candidate, value) || (Number.isNaN(candidate) && !Number.isNaN(value))) {
        [value, winner] = [candidate, cell];
      }
    });
    return { value, winner };
  };

const poolers: Record<PoolingMethod, Pooler> = {
  max: winnerBy((a, b) => a > b),
  min: winnerBy((a, b) => a < b),
  mean: (input, span, channel) => {
    let sum = 0;
    reduceSpan(input, span, channel, (value) => (sum += value));
    return { value: sum / cellsIn(span), winner: -1 };
  },
  l2: (input, span, channel) => {
    let squares = 0;
    reduceSpan(input, span, channel, (value) => (squares += value * value));
    return { value: Math.sqrt(squares / cellsIn(span)), winner: -1 };
  },
  strided: ({ shape: [, width, channels], values }, { top, bottom, left, right }, channel) => {
    const cell = Math.floor((top + bottom - 1) / 2) * width + Math.floor((left + right - 1) / 2);
    return { value: values[cell * channels + channel]!, winner: cell };
  },
};

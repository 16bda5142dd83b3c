import type { Histogram, Statistics } from '../../shared/inspection.ts';

/** Mean, population standard deviation, extremes and share of exact zeros of all values. */
export function statisticsOf(values: Float32Array): Statistics {
  let sum = 0;
  let min = Infinity;
  let max = -Infinity;
  let zeros = 0;
  for (const value of values) {
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
    if (value === 0) zeros++;
  }
  const mean = sum / values.length;
  let squares = 0; // a second pass: the sum of squares minus the squared mean loses digits
  for (const value of values) squares += (value - mean) ** 2;
  return { mean, std: Math.sqrt(squares / values.length), min, max, zeros: zeros / values.length };
}

/**
 * One histogram a channel of values [..., channels], each over its channel's own range, in `bins` equal bins.
 * A constant channel falls into the first bin of a range one wide.
 */
export function channelHistograms(values: Float32Array, channels: number, bins = 32): Histogram[] {
  return Array.from({ length: channels }, (_, channel) => {
    let from = Infinity;
    let to = -Infinity;
    for (let at = channel; at < values.length; at += channels) {
      from = Math.min(from, values[at]!);
      to = Math.max(to, values[at]!);
    }
    if (from === to) to = from + 1;
    const counts = new Array<number>(bins).fill(0);
    const scale = bins / (to - from);
    for (let at = channel; at < values.length; at += channels) {
      counts[Math.min(bins - 1, Math.floor((values[at]! - from) * scale))]!++;
    }
    return { from, to, counts };
  });
}

import type { Statistics } from '../../shared/inspection.ts';

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

/** How much of a map varies slowly from cell to cell, and how much fast. */
import type { Maps } from './maps.ts';

export interface Energies {
  /** The mean value. */
  level: number;
  /** Mean square of what is left without the mean, at low and at high spatial frequencies; together the variance. */
  background: number;
  texture: number;
}

/**
 * Splits the variance of all channels at a frequency, in cycles a cell along each axis (at most 1/2 exists): background is
 * what both axes' frequencies are at or below, texture the rest. By projection on the discrete Fourier basis, so that the
 * two add up to the variance (Parseval).
 */
export function energiesOf(maps: Maps, cutoff: readonly [vertical: number, horizontal: number]): Energies {
  const [height, width, channels] = maps.shape;
  const cells = height * width;
  const down = lowPass(height, cutoff[0]);
  const across = lowPass(width, cutoff[1]);
  let [level, variance, background] = [0, 0, 0];
  for (let channel = 0; channel < channels; channel++) {
    const plane = Float64Array.from({ length: cells }, (_, cell) => maps.values[cell * channels + channel]!);
    const mean = plane.reduce((sum, value) => sum + value, 0) / cells;
    level += mean / channels;
    for (let i = 0; i < cells; i++) plane[i]! -= mean;
    variance += meanSquare(plane) / channels;
    background += meanSquare(project(plane, height, width, down, across)) / channels;
  }
  // Rounding may leave a trace below zero.
  return { level, background, texture: variance - background < variance * 1e-12 ? 0 : variance - background };
}

const meanSquare = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value * value, 0) / values.length;

/**
 * The first row of the circulant matrix that keeps frequencies up to `cutoff` of a signal of `length` cells:
 * 1/n times the sum of cos(2 pi k d / n) over those k, d being the distance of two cells.
 */
function lowPass(length: number, cutoff: number): Float64Array {
  const row = new Float64Array(length);
  for (let k = 0; k < length; k++) {
    if (Math.min(k, length - k) / length > cutoff + 1e-12) continue;
    for (let d = 0; d < length; d++) row[d]! += Math.cos((2 * Math.PI * k * d) / length) / length;
  }
  return row;
}

/** Columns by `down`, then rows by `across`. */
function project(
  plane: Float64Array,
  height: number,
  width: number,
  down: Float64Array,
  across: Float64Array,
): Float64Array {
  const half = new Float64Array(plane.length);
  for (let y = 0; y < height; y++) {
    for (let from = 0; from < height; from++) {
      const share = down[Math.abs(y - from)]!;
      for (let x = 0; x < width; x++) half[y * width + x]! += share * plane[from * width + x]!;
    }
  }
  const whole = new Float64Array(plane.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let from = 0; from < width; from++) sum += across[Math.abs(x - from)]! * half[y * width + from]!;
      whole[y * width + x] = sum;
    }
  }
  return whole;
}

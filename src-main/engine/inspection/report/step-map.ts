import { mapGrid } from '../map-image.ts';
import type { RgbImage } from '../map-image.ts';

/** Of a picture, px: few steps are wide, many rows are low. */
const [width, height] = [360, 480];
const largest = 8;

/** What was recorded, a row each of `rows` and a column a step, row by row; under viridis. */
export function stepMap(values: ArrayLike<number>, rows: number, steps: number): RgbImage {
  const scale = Math.max(1, Math.min(largest, Math.floor(height / rows)));
  const each = Math.max(1, Math.floor(width / (steps * scale)));
  const wide = Float32Array.from({ length: rows * steps * each }, (_, at) => values[Math.floor(at / each)]!);
  return mapGrid([rows, steps * each, 1], wide, scale);
}

/** Steps of training as columns of a picture that has a size to be looked at. */
import { expect, test } from 'vitest';
import { stepMap } from '../../../../src-main/engine/inspection/report/step-map.ts';

test.each([
  [16, 1],
  [512, 2],
  [3, 400],
  [2048, 40],
])('%d rows, %d steps', (rows, steps) => {
  const values = Float32Array.from({ length: rows * steps }, (_, at) => (at % steps) / steps + Math.floor(at / steps));
  const { height, width, pixels } = stepMap(values, rows, steps);
  expect(width).toBeGreaterThan(180);
  expect(height).toBeLessThan(Math.max(500, rows + 3));
  const scale = (height - 2) / rows;
  const each = (width - 2) / (steps * scale);
  expect([scale, each].every(Number.isInteger)).toBe(true);
  const at = (y: number, x: number) => String(pixels.subarray(3 * (y * width + x), 3 * (y * width + x) + 3));
  // The least value is in the first cell, the largest in the last; a step has one colour across, another than its neighbour's row.
  expect(at(1, 1)).toBe('68,1,84');
  expect(at(height - 2, width - 2)).toBe('253,231,37');
  expect(at(1, each * scale)).toBe(at(1, 1));
});

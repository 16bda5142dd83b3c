/** How a layer's output is laid out as pictures. */
import type { Shape } from '../../../src-main/shared/network/spec.ts';

const widest = 32;

/**
 * Maps stay as they are; the units of a vector are laid out row by row in one picture, nearly square up to 1,024 units:
 * [10] -> [3, 4, 1], [64] -> [8, 8, 1], [4096] -> [128, 32, 1].
 */
export function mapShape(shape: Shape): [number, number, number] {
  if (shape.length === 3) return shape;
  const width = Math.min(widest, Math.ceil(Math.sqrt(shape[0])));
  return [Math.ceil(shape[0] / width), width, 1];
}

/** Moving, scaling and turning pictures and maps. */
import type { Maps } from './maps.ts';

/** What is done to a picture: scaled and turned about its middle, then shifted. */
export interface Placement {
  /** Pixels down and to the right; may be fractions. */
  shift: [down: number, right: number];
  /** 1 leaves it as it is, 2 makes all twice as large. */
  scale: number;
  /** Clockwise. */
  degrees: number;
}

export const unmoved: Placement = { shift: [0, 0], scale: 1, degrees: 0 };

/**
 * The maps as `placement` leaves them, interpolated between the four cells around (bilinear); what comes in over an edge
 * repeats the cells at that edge. `stride`: pixels from one cell to the next, in which the shift is measured.
 */
export function place(maps: Maps, placement: Placement, stride: readonly [number, number] = [1, 1]): Maps {
  const [height, width, channels] = maps.shape;
  const values = new Float32Array(maps.values.length);
  const sourceOf = sources(maps.shape, placement, stride);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [fromY, fromX] = sourceOf(y, x);
      const [y0, y1, down] = between(fromY, height);
      const [x0, x1, right] = between(fromX, width);
      for (let channel = 0; channel < channels; channel++) {
        const at = (row: number, column: number) => maps.values[(row * width + column) * channels + channel]!;
        const upper = mix(at(y0, x0), at(y0, x1), right);
        const lower = mix(at(y1, x0), at(y1, x1), right);
        values[(y * width + x) * channels + channel] = mix(upper, lower, down);
      }
    }
  }
  return { shape: maps.shape, values };
}

/** The same of pixels 0 to 255. */
export function placePixels(pixels: Uint8Array, shape: Maps['shape'], placement: Placement): Uint8Array {
  const placed = place({ shape, values: Float32Array.from(pixels) }, placement);
  return Uint8Array.from(placed.values, Math.round);
}

/** Where in the unmoved maps what is then at [y, x] lies, in cells. */
export function sources(
  [height, width]: readonly number[],
  { shift, scale, degrees }: Placement,
  stride: readonly [number, number] = [1, 1],
): (y: number, x: number) => [number, number] {
  const [middleY, middleX] = [(height! - 1) / 2, (width! - 1) / 2];
  const turn = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(turn) / scale, Math.sin(turn) / scale];
  return (y, x) => {
    // In pixels, since a cell need not be as high as it is wide.
    const down = (y - middleY) * stride[0] - shift[0];
    const right = (x - middleX) * stride[1] - shift[1];
    return [middleY + (cos * down - sin * right) / stride[0], middleX + (sin * down + cos * right) / stride[1]];
  };
}

/** NaN next to a cell that does not count leaves the other as it is. */
const mix = (a: number, b: number, share: number): number => (share === 0 ? a : a + (b - a) * share);

/** The cells on either side of a place, kept inside, and how near it is to the second, 0 to 1. */
function between(place: number, length: number): [number, number, number] {
  const kept = Math.min(Math.max(place, 0), length - 1);
  // A whole number of cells is met exactly, whatever the sines and cosines have rounded.
  const near = Math.abs(kept - Math.round(kept)) < 1e-9 ? Math.round(kept) : kept;
  const first = Math.floor(near);
  return [first, Math.min(first + 1, length - 1), near - first];
}

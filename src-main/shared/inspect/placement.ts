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

/** Where the cells of maps lie on a picture, in its pixels. */
export interface Grid {
  /** From one cell to the next. */
  stride: readonly [number, number];
  /** The middle of cell (0, 0), and that of the picture, about which it is scaled and turned. */
  first: readonly [number, number];
  middle: readonly [number, number];
}

/** That of the picture itself. */
const itself = ([height, width]: readonly number[]): Grid => ({
  stride: [1, 1],
  first: [0, 0],
  middle: [(height! - 1) / 2, (width! - 1) / 2],
});

/**
 * The maps as `placement` leaves them, interpolated between the four cells around (bilinear); what comes in over an edge
 * repeats the cells at that edge.
 */
export function place(maps: Maps, placement: Placement, grid: Grid = itself(maps.shape)): Maps {
  const [height, width, channels] = maps.shape;
  const from = maps.values;
  const values = new Float32Array(from.length);
  const sourceOf = sources(placement, grid);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [fromY, fromX] = sourceOf(y, x);
      const [y0, y1, down] = between(fromY, height);
      const [x0, x1, right] = between(fromX, width);
      const [to, a, b] = [(y * width + x) * channels, (y0 * width + x0) * channels, (y0 * width + x1) * channels];
      const below = (y1 - y0) * width * channels;
      for (let channel = 0; channel < channels; channel++) {
        const upper = mix(from[a + channel]!, from[b + channel]!, right);
        const lower = mix(from[a + below + channel]!, from[b + below + channel]!, right);
        values[to + channel] = mix(upper, lower, down);
      }
    }
  }
  return { shape: maps.shape, values };
}

/** The same of pixels 0 to 255. */
export function placePixels(pixels: Uint8Array, shape: Maps['shape'], placement: Placement): Uint8Array {
  const { values } = place({ shape, values: new Float32Array(pixels) }, placement);
  for (let at = 0; at < values.length; at++) values[at] = Math.round(values[at]!);
  return new Uint8Array(values);
}

/** Where in the unmoved maps what is then at cell [y, x] lies, in cells. */
export function sources(
  { shift, scale, degrees }: Placement,
  { stride, first, middle }: Grid,
): (y: number, x: number) => [number, number] {
  const turn = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(turn) / scale, Math.sin(turn) / scale];
  return (y, x) => {
    const down = first[0] + y * stride[0] - middle[0] - shift[0];
    const right = first[1] + x * stride[1] - middle[1] - shift[1];
    return [
      whole((middle[0] + cos * down - sin * right - first[0]) / stride[0]),
      whole((middle[1] + sin * down + cos * right - first[1]) / stride[1]),
    ];
  };
}

/** A whole number of cells is met exactly, whatever the sines and cosines have rounded. */
const whole = (place: number): number => (Math.abs(place - Math.round(place)) < 1e-9 ? Math.round(place) : place);

/** NaN next to a cell that does not count leaves the other as it is. */
const mix = (a: number, b: number, share: number): number => (share === 0 ? a : a + (b - a) * share);

/** The cells on either side of a place, kept inside, and how near it is to the second, 0 to 1. */
function between(place: number, length: number): [number, number, number] {
  const kept = Math.min(Math.max(place, 0), length - 1);
  const first = Math.floor(kept);
  return [first, Math.min(first + 1, length - 1), kept - first];
}

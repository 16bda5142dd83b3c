/** What is done to a picture [height, width, channels] between two steps of gradient ascent. */
import type { Shape } from '../../shared/network/spec.ts';

export type PictureShape = Extract<Shape, [number, number, number]>;

/** Shifted by whole pixels; what goes out over an edge comes in over the other. */
export function roll(
  values: Float32Array,
  [height, width, channels]: PictureShape,
  [down, right]: readonly [number, number],
): Float32Array {
  const rolled = new Float32Array(values.length);
  for (let y = 0; y < height; y++) {
    const row = (((y - down) % height) + height) % height;
    for (let x = 0; x < width; x++) {
      const from = (row * width + ((((x - right) % width) + width) % width)) * channels;
      const to = (y * width + x) * channels;
      for (let channel = 0; channel < channels; channel++) rolled[to + channel] = values[from + channel]!;
    }
  }
  return rolled;
}

/**
 * Blurred with a Gaussian of standard deviation `deviation` in pixels, cut off at three of them and made to sum up to 1;
 * beyond the edges the pixels at them repeat. 0 leaves the picture as it is.
 */
export function blur(values: Float32Array, shape: PictureShape, deviation: number): Float32Array {
  if (deviation === 0) return values;
  const reach = Math.ceil(3 * deviation);
  const bell = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * deviation ** 2)));
  const sum = bell.reduce((a, b) => a + b);
  const kernel = bell.map((value) => value / sum);
  return slide(slide(values, shape, 0, kernel), shape, 1, kernel);
}

/** Along one axis. */
function slide(values: Float32Array, shape: PictureShape, axis: 0 | 1, kernel: readonly number[]): Float32Array {
  const [height, width, channels] = shape;
  const reach = (kernel.length - 1) / 2;
  const [length, step] = axis === 0 ? [height, width * channels] : [width, channels];
  return values.map((_, at) => {
    const place = Math.floor(at / step) % length;
    let sum = 0;
    for (let tap = -reach; tap <= reach; tap++) {
      const other = Math.min(Math.max(place + tap, 0), length - 1);
      sum += kernel[tap + reach]! * values[at + (other - place) * step]!;
    }
    return sum;
  });
}

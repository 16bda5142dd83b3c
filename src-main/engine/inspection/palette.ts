/** Numbers as colours: the palettes of pictures that are written to files. */
import { interpolateRdBu, interpolateViridis } from 'd3-scale-chromatic';

/** 256 colours, [256, 3], 0 to 255. */
export type Palette = Uint8Array;

export interface Range {
  min: number;
  max: number;
}

/** A value is the colour at its place between the ends of the range. */
export interface Colours {
  palette: Palette;
  range: Range;
}

const sampled = (interpolate: (share: number) => string): Palette =>
  Uint8Array.from({ length: 256 }, (_, at) => at).reduce(
    (palette, at) => {
      palette.set(parsed(interpolate(at / 255)), 3 * at);
      return palette;
    },
    new Uint8Array(3 * 256),
  );

/** "#440154" or "rgb(68, 1, 84)" */
function parsed(color: string): number[] {
  if (!color.startsWith('#')) return (color.match(/\d+/g) ?? []).map(Number);
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
}

/** van der Walt and Smith, 2015. */
export const viridis = sampled(interpolateViridis);
/** Blue below, white in the middle, red above: for a range that has 0 in its middle. */
export const diverging = sampled((share) => interpolateRdBu(1 - share));
/** What is no number: the vermilion of Okabe and Ito, which viridis does not have. */
const broken = Uint8Array.of(213, 94, 0);

/** The three bytes of a value. Without a range all is the lowest colour; with viridis that is dark. */
export function colourOf(value: number, { palette, range: { min, max } }: Colours): Uint8Array {
  if (!Number.isFinite(value)) return broken;
  const level = max > min ? Math.round((255 * (value - min)) / (max - min)) : 0;
  const place = 3 * Math.min(255, Math.max(0, level));
  return palette.subarray(place, place + 3);
}

/** Smallest and largest of the finite values; {0, 0} when there are none. */
export function rangeOf(values: ArrayLike<number>): Range {
  let [min, max] = [Infinity, -Infinity];
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min <= max ? { min, max } : { min: 0, max: 0 };
}

/** As far below 0 as above it; to 1 where there is nothing but 0. */
export function around0(values: ArrayLike<number>): Range {
  const { min, max } = rangeOf(values);
  const far = Math.max(-min, max) || 1;
  return { min: -far, max: far };
}

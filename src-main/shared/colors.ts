/** Numbers as colours, and the ranges between whose ends they lie. */
import { interpolateRdBu, interpolateViridis } from 'd3-scale-chromatic';

/** 256 colours, each red, green, blue, alpha (0 to 255). */
export type Palette = Uint8ClampedArray;

function parseColor(color: string): [number, number, number] {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color);
  if (hex) return [parseInt(hex[1]!, 16), parseInt(hex[2]!, 16), parseInt(hex[3]!, 16)];
  const [red = 0, green = 0, blue = 0] = (color.match(/\d+/g) ?? []).map(Number);
  return [red, green, blue];
}

function sample(interpolate: (t: number) => string): Palette {
  const palette = new Uint8ClampedArray(256 * 4);
  for (let i = 0; i < 256; i++) palette.set([...parseColor(interpolate(i / 255)), 255], i * 4);
  return palette;
}

export const viridis = sample(interpolateViridis);
/** Blue below, white in the middle, red above: for a range that has 0 in its middle. */
export const diverging = sample((t) => interpolateRdBu(1 - t));

export interface Range {
  min: number;
  max: number;
}

/** Series of a chart, from the Okabe-Ito palette so that colour-blind eyes tell them apart; darker on white, lighter on black. */
export const seriesColors = {
  light: ['#0072b2', '#d55e00', '#007a59', '#a8487f', '#8a6000', '#2b7fb0'],
  dark: ['#56b4e9', '#f0814a', '#2fc79b', '#e29ac0', '#e6b03c', '#7fa8ff'],
} as const;

/** The colour of the nth series; the palette starts again after the last. */
export function seriesColor(index: number, dark: boolean): string {
  const colors = seriesColors[dark ? 'dark' : 'light'];
  return colors[index % colors.length]!;
}

/** What is no number: the vermilion of Okabe and Ito, which neither palette has. */
export const brokenColor = Uint8ClampedArray.of(213, 94, 0, 255);

/** Red, green, blue and alpha of a value; NaN and infinity have a colour of their own. */
export function colorOf(value: number, range: Range, palette: Palette): Uint8ClampedArray {
  if (!Number.isFinite(value)) return brokenColor;
  const at = paletteIndex(value, range) * 4;
  return palette.subarray(at, at + 4);
}

/** Black on light colours, white on dark ones, by the luma of ITU-R BT.601. */
export function inkOn([red = 0, green = 0, blue = 0]: ArrayLike<number> & Iterable<number>): string {
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? '#000000' : '#ffffff';
}

/** The palette index, 0 to 255, of a finite value. A range without width takes the lowest colour. */
export function paletteIndex(value: number, range: Range): number {
  const width = range.max - range.min;
  if (!(width > 0)) return 0;
  return Math.min(255, Math.max(0, Math.round(((value - range.min) / width) * 255)));
}

/** Smallest and largest of the finite values `start`, `start + step`, ...; {0, 0} when there are none. */
export function rangeOf(values: ArrayLike<number>, start = 0, step = 1): Range {
  let min = Infinity;
  let max = -Infinity;
  for (let i = start; i < values.length; i += step) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min <= max ? { min, max } : { min: 0, max: 0 };
}

/** As far below 0 as above it; to 1 where there is nothing but 0, which so keeps the colour of the middle. */
export function around0(values: ArrayLike<number>, start = 0, step = 1): Range {
  const { min, max } = rangeOf(values, start, step);
  const far = Math.max(-min, max, 0) || 1;
  return { min: -far, max: far };
}

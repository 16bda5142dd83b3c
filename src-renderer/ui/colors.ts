/** Numbers and bytes as pixels of a canvas, and the colours of curves. */
import { brokenColor, colorOf, paletteIndex } from '../../src-main/shared/colors.ts';
import type { Palette, Range } from '../../src-main/shared/colors.ts';
import { brokenByte } from '../../src-main/shared/inspection.ts';

export { seriesColor } from '../../src-main/shared/colors.ts';

/**
 * One channel of [height, width, channels] values as RGBA pixels (height x width x 4 numbers, row by row). Cells past
 * the end of `values` are transparent, and NaN where it stands for `gaps`.
 */
export function paintChannel(
  values: ArrayLike<number>,
  shape: readonly [number, number, number],
  channel: number,
  range: Range,
  palette: Palette,
  gaps = false,
): Uint8ClampedArray<ArrayBuffer> {
  const [height, width, channels] = shape;
  // Colours as one number each: maps may have millions of cells.
  const colors = new Uint32Array(palette.slice().buffer);
  const [broken] = new Uint32Array(brokenColor.slice().buffer);
  const pixels = new Uint32Array(height * width);
  for (let cell = 0; cell < pixels.length; cell++) {
    const value = values[cell * channels + channel];
    if (value === undefined || (gaps && Number.isNaN(value))) continue;
    pixels[cell] = Number.isFinite(value) ? colors[paletteIndex(value, range)]! : broken!;
  }
  return new Uint8ClampedArray(pixels.buffer);
}

/**
 * A map's bytes, each a level from `own`'s least (0) to its largest (254) value or 255 for what is no number, as RGBA
 * pixels under the colours of `range`.
 */
export function paintLevels(
  bytes: Uint8Array,
  own: Range,
  range: Range,
  palette: Palette,
): Uint8ClampedArray<ArrayBuffer> {
  const colors = new Uint32Array(256);
  const channels = new Uint8ClampedArray(colors.buffer);
  for (let level = 0; level < 255; level++) {
    channels.set(colorOf(own.min + (level / 254) * (own.max - own.min), range, palette), level * 4);
  }
  channels.set(brokenColor, brokenByte * 4);
  const pixels = new Uint32Array(bytes.length);
  for (let cell = 0; cell < bytes.length; cell++) pixels[cell] = colors[bytes[cell]!]!;
  return new Uint8ClampedArray(pixels.buffer);
}

/** Grey or RGB bytes as RGBA pixels. */
export function paintPixels(bytes: Uint8Array, channels: 1 | 3): Uint8ClampedArray<ArrayBuffer> {
  const count = bytes.length / channels;
  const pixels = new Uint8ClampedArray(count * 4);
  for (let i = 0; i < count; i++) {
    const at = i * channels;
    pixels[i * 4] = bytes[at]!;
    pixels[i * 4 + 1] = bytes[channels === 1 ? at : at + 1]!;
    pixels[i * 4 + 2] = bytes[channels === 1 ? at : at + 2]!;
    pixels[i * 4 + 3] = 255;
  }
  return pixels;
}

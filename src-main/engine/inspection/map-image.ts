import { onImage } from '../../shared/inspect/drives.ts';
import type { Box } from '../../shared/inspect/field-box.ts';
import { mapShape } from '../../shared/inspect/maps.ts';
import type { Shape } from '../../shared/network/spec.ts';
import { colorOf, rangeOf, viridis } from '../../shared/colors.ts';
import type { Palette, Range } from '../../shared/colors.ts';

export interface RgbImage {
  height: number;
  width: number;
  /** [height, width, 3] */
  pixels: Uint8Array;
}

/** A value is the colour at its place between the ends of the range. */
export interface Colours {
  palette: Palette;
  range: Range;
}

/** Pictures side by side in a grid, each [height, width] cells. */
export interface Tiles {
  count: number;
  columns: number;
  size: readonly [height: number, width: number];
}

/** The three bytes of a value's colour. */
export const rgbOf = (value: number, { palette, range }: Colours): Uint8ClampedArray =>
  colorOf(value, range, palette).subarray(0, 3);

/** A picture's side in pixels at most; of larger ones the cells are smaller, and in the end only every nth is drawn. */
const longest = 4096;

/** Pixels a cell, at most `wanted`, and how many cells there are to one that is drawn. */
function fit({ count, columns, size: [height, width] }: Tiles, wanted: number): { scale: number; step: number } {
  const rows = Math.ceil(count / columns);
  const fits = (scale: number, step: number) =>
    rows * (Math.ceil(height / step) * scale + 1) < longest &&
    columns * (Math.ceil(width / step) * scale + 1) < longest;
  for (let scale = wanted; scale > 1; scale--) if (fits(scale, 1)) return { scale, step: 1 };
  let step = 1;
  while (!fits(1, step) && step < Math.max(height, width)) step++;
  return { scale: 1, step };
}

/**
 * A grid of tiles with white lines between, each cell up to `scale` pixels wide without smoothing; `paint` puts the three
 * bytes of a tile's cell (row x width + column) at a place of the pixels.
 */
export function paintTiles(
  tiles: Tiles,
  wanted: number,
  paint: (tile: number, cell: number, pixels: Uint8Array, at: number) => void,
): RgbImage {
  const { count, columns, size } = tiles;
  const { scale, step } = fit(tiles, wanted);
  const [rowsOfCells, cellsInRow] = [Math.ceil(size[0] / step), Math.ceil(size[1] / step)];
  const [tileHeight, tileWidth] = [rowsOfCells * scale + 1, cellsInRow * scale + 1];
  const [height, width] = [Math.ceil(count / columns) * tileHeight + 1, columns * tileWidth + 1];
  const pixels = new Uint8Array(height * width * 3).fill(255);
  for (let tile = 0; tile < count; tile++) {
    const top = Math.floor(tile / columns) * tileHeight + 1;
    const left = (tile % columns) * tileWidth + 1;
    for (let y = 0; y < rowsOfCells; y++) {
      const from = 3 * ((top + y * scale) * width + left);
      for (let x = 0; x < cellsInRow; x++) {
        const at = from + 3 * x * scale;
        paint(tile, y * step * size[1] + x * step, pixels, at);
        for (let copy = 1; copy < scale; copy++) pixels.copyWithin(at + 3 * copy, at, at + 3);
      }
      const to = from + 3 * cellsInRow * scale;
      for (let copy = 1; copy < scale; copy++) pixels.copyWithin(from + 3 * copy * width, from, to);
    }
  }
  return { height, width, pixels };
}

/**
 * All maps of a layer as one picture: a near-square grid, one scale of colours, without `colours` viridis from the layer's
 * minimum to its maximum. A vector [units] is one picture with a cell for each unit, row by row.
 */
export function mapGrid(shape: readonly number[], values: ArrayLike<number>, scale = 4, colours?: Colours): RgbImage {
  const [height, width, maps] = mapShape(shape as Shape);
  const painted = colours ?? { palette: viridis, range: rangeOf(values) };
  const tiles = { count: maps, columns: Math.ceil(Math.sqrt(maps)), size: [height, width] } as const;
  return paintTiles(tiles, scale, (map, cell, pixels, at) => {
    const value = values[cell * maps + map];
    if (value !== undefined) pixels.set(rgbOf(value, painted), at); // the last row of a vector may not be full
  });
}

/** Pixels a cell for a grid of maps that is to be about `wanted` pixels wide, 1 at least. */
export function scaleFor(shape: readonly number[], wanted: number): number {
  const [, width, maps] = mapShape(shape as Shape);
  return Math.max(1, Math.floor(wanted / (width * Math.ceil(Math.sqrt(maps)))));
}

/**
 * Draws boxes, in cells, on the picture of one map: white lines in black, so that they are seen on any colour. What lies
 * outside is cut off. Where cells are left out for want of room there are no boxes.
 */
export function framed(
  image: RgbImage,
  size: readonly [height: number, width: number],
  boxes: readonly { box: Box; dashed?: boolean }[],
): RgbImage {
  const scale = (image.width - 2) / size[1];
  if (!Number.isInteger(scale)) return image;
  const put = (x: number, y: number, level: number) => {
    if (x < 0 || y < 0 || x >= image.width || y >= image.height) return;
    image.pixels.fill(level, 3 * (y * image.width + x), 3 * (y * image.width + x) + 3);
  };
  for (const { box, dashed } of boxes) {
    const inside = onImage(box, size);
    if (!inside) continue;
    const [top, left] = [inside.top * scale, inside.left * scale];
    const [bottom, right] = [top + inside.height * scale + 1, left + inside.width * scale + 1];
    for (const [out, level] of [
      [1, 0],
      [-1, 0],
      [0, 255],
    ] as const) {
      const isDrawn = (along: number) => !dashed || along % 8 < 5;
      for (let x = left - out; x <= right + out; x++) {
        if (isDrawn(x)) [top - out, bottom + out].forEach((y) => put(x, y, level));
      }
      for (let y = top - out; y <= bottom + out; y++) {
        if (isDrawn(y)) [left - out, right + out].forEach((x) => put(x, y, level));
      }
    }
  }
  return image;
}

/** Where each map of a layer lies in the grid of all of them. Sizes in px. */
import { columnsOf } from '../../state/grid.ts';

export interface Cell {
  map: number;
  row: number;
  column: number;
}

/** The grid's geometry: equal tiles, each with a line of text under its picture. */
export interface MapTiles {
  columns: number;
  /** Of one picture. */
  width: number;
  height: number;
  /** From one tile's corner to the next. */
  across: number;
  down: number;
  /** Of all rows. */
  whole: number;
}

const gap = 8;
/** What the line under a picture takes. */
const caption = 16;
/** A picture is no thinner, however long its map. */
const thinnest = 8;

/** Tiles for `count` maps of `map` [height, width] cells, the longer side `size` px long, in a grid `room` px wide. */
export function layOut(count: number, map: readonly [number, number], size: number, room: number): MapTiles {
  const scale = size / Math.max(map[0], map[1]);
  const [height, width] = [Math.max(thinnest, map[0] * scale), Math.max(thinnest, map[1] * scale)];
  const columns = columnsOf(room, width, gap);
  const down = height + caption + gap;
  return { columns, width, height, across: width + gap, down, whole: Math.ceil(count / columns) * down };
}

/** The corner of the tile at `index`. */
export const cornerOf = (tiles: MapTiles, index: number): { x: number; y: number } => ({
  x: (index % tiles.columns) * tiles.across,
  y: Math.floor(index / tiles.columns) * tiles.down,
});

/** The cell at a point of the grid, its `map` the index of the tile; null between the pictures. */
export function cellAt(
  tiles: MapTiles,
  count: number,
  map: readonly [number, number],
  point: { x: number; y: number },
): Cell | null {
  const across = Math.floor(point.x / tiles.across);
  const index = Math.floor(point.y / tiles.down) * tiles.columns + across;
  const corner = cornerOf(tiles, index);
  const row = Math.floor(((point.y - corner.y) / tiles.height) * map[0]);
  const column = Math.floor(((point.x - corner.x) / tiles.width) * map[1]);
  const inside = across < tiles.columns && index >= 0 && index < count && row >= 0 && column >= 0;
  return inside && row < map[0] && column < map[1] ? { map: index, row, column } : null;
}

/** The arithmetic of a grid of equal tiles. Sizes in px. */

/** How many tiles stand side by side; at least one. */
export function columnsOf(width: number, tile: number, gap: number): number {
  return Math.max(1, Math.floor((width + gap) / (tile + gap)));
}

/**
 * Where a key moves to: arrows by one tile or one row, Page keys by a screenful, Home and End to the ends. Null for any
 * other key, and in an empty grid. Up from the first row and Down from the last stay there, except that Down goes to the
 * last tile when the row below is shorter.
 */
export function moveTarget(
  key: string,
  focus: number,
  grid: { count: number; columns: number; rows: number },
): number | null {
  const { count, columns, rows } = grid;
  if (count === 0) return null;
  const last = count - 1;
  const at = Math.min(Math.max(focus, 0), last);
  const lastRow = Math.floor(last / columns);
  const row = Math.floor(at / columns);
  const inRow = (target: number) => Math.min(Math.min(Math.max(target, 0), lastRow) * columns + (at % columns), last);
  switch (key) {
    case 'ArrowLeft':
      return Math.max(at - 1, 0);
    case 'ArrowRight':
      return Math.min(at + 1, last);
    case 'ArrowUp':
      return inRow(row - 1);
    case 'ArrowDown':
      return inRow(row + 1);
    case 'PageUp':
      return inRow(row - rows);
    case 'PageDown':
      return inRow(row + rows);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}

/** The tiles of the rows that are in sight, and of `spareRows` rows before and after them, in order. Sizes in px. */
export function tilesInSight(grid: {
  offset: number;
  height: number;
  rowHeight: number;
  columns: number;
  count: number;
  spareRows: number;
}): number[] {
  const { offset, height, rowHeight, columns, count, spareRows } = grid;
  const firstRow = Math.max(0, Math.floor(offset / rowHeight) - spareRows);
  const endRow = Math.ceil((offset + height) / rowHeight) + spareRows;
  const first = firstRow * columns;
  const end = Math.min(count, endRow * columns);
  return Array.from({ length: Math.max(0, end - first) }, (_, at) => first + at);
}

/** The sizes thumbnails are asked in: few, so that the cache serves the size slider. */
const thumbnailSizes = [64, 128, 256, 512, 1024];

/** The smallest thumbnail that is sharp in a tile of that many CSS px. */
export function thumbnailSize(tile: number, pixelRatio: number): number {
  return thumbnailSizes.find((size) => size >= tile * pixelRatio) ?? thumbnailSizes.at(-1)!;
}

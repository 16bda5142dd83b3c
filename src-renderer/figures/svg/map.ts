/** Maps, pixels and the scale of their colours. */
import { ink, line, textWidth, type Block } from '../../../src-main/shared/figure/drawing.ts';
import { inkOn } from '../../../src-main/shared/colors.ts';
import { paintChannel, paintPixels } from '../../ui/colors.ts';
import { formatValue } from '../../ui/numbers.ts';
import type { MapPicture, PixelPicture } from '../figure.ts';
import { pixelsAt } from './pixels.ts';

/** A map of very few or very many cells is no smaller, px on its shorter side. */
const thinnest = 8;
/** From this width on a cell has room for its number, px. */
const readable = 52;

/** Cells are squares of whole px, as large as fit into `edge` on the longer side, and one px at least. */
function extent(rows: number, columns: number, edge: number): [width: number, height: number] {
  const scale = Math.max(1, Math.floor(edge / Math.max(rows, columns)));
  return [Math.max(thinnest, columns * scale), Math.max(thinnest, rows * scale)];
}

export function mapBlock({ values, size: [rows, columns], palette, range, gaps }: MapPicture, edge: number): Block {
  const [width, height] = extent(rows, columns, edge);
  const data = paintChannel(values, [rows, columns, 1], 0, range, palette, gaps);
  const cells = pixelsAt(0, 0, [width, height], { data, rows, columns });
  const cell = width / columns;
  const written = cell < readable ? '' : numbersIn(values, [rows, columns], cell, data);
  return { width, height, markup: cells + written };
}

/** Three digits, in as few letters as they take. */
function short(value: number): string {
  return Number.isNaN(value) ? 'NaN' : formatValue(Number(value.toPrecision(3)));
}

/** The values in the middle of their cells. */
function numbersIn(
  values: ArrayLike<number>,
  [rows, columns]: readonly [number, number],
  cell: number,
  colors: Uint8ClampedArray,
): string {
  return Array.from({ length: Math.min(values.length, rows * columns) }, (_, at) => {
    const [x, y] = [((at % columns) + 0.5) * cell, (Math.floor(at / columns) + 0.5) * cell + 4];
    const fill = inkOn(colors.subarray(at * 4));
    return line(x, y, short(values[at]!), { size: 11, fill, anchor: 'middle' });
  }).join('');
}

export function pixelBlock({ image, over }: PixelPicture, edge: number): Block {
  const { height: rows, width: columns } = image;
  const [width, height] = extent(rows, columns, edge);
  const below = pixelsAt(0, 0, [width, height], { data: paintPixels(image.pixels, image.channels), rows, columns });
  if (!over) return { width, height, markup: below };
  const data = paintChannel(over.values, [rows, columns, 1], 0, over.range, over.palette, over.gaps);
  return { width, height, markup: below + pixelsAt(0, 0, [width, height], { data, rows, columns }, over.strength) };
}

const scaleWidth = 120;
const scaleHeight = 10;

/** The colours from the least to the largest value, with the numbers that the ends stand for. */
export function scaleBlock({
  palette,
  range,
  show = formatValue,
}: Pick<MapPicture, 'palette' | 'range' | 'show'>): Block {
  const [from, to] = [show(range.min), show(range.max)];
  const left = textWidth(from, 11) + 4;
  const right = left + scaleWidth + 6;
  const style = { size: 11, fill: ink.muted };
  const colors = { data: palette, rows: 1, columns: palette.length / 4 };
  return {
    width: right + textWidth(to, 11),
    height: scaleHeight + 4,
    markup: [
      line(left - 6, scaleHeight, from, { ...style, anchor: 'end' }),
      pixelsAt(left, 0, [scaleWidth, scaleHeight], colors),
      line(right, scaleHeight, to, style),
    ].join(''),
  };
}

/** Maps, pixels and the scale of their colours. */
import { paintChannel, paintPixels, type Palette, type Range } from '../../ui/colors.ts';
import { formatValue } from '../../ui/numbers.ts';
import type { MapPicture, PixelPicture } from '../figure.ts';
import { ink, line, pixelsAt, widthOf, type Block } from './parts.ts';

/** A map of very few or very many cells is no smaller, px on its shorter side. */
const thinnest = 8;

/** Cells are squares of whole px, as large as fit into `edge` on the longer side, and one px at least. */
function extent(rows: number, columns: number, edge: number): [width: number, height: number] {
  const scale = Math.max(1, Math.floor(edge / Math.max(rows, columns)));
  return [Math.max(thinnest, columns * scale), Math.max(thinnest, rows * scale)];
}

export function mapBlock({ values, size: [rows, columns], palette, range, gaps }: MapPicture, edge: number): Block {
  const [width, height] = extent(rows, columns, edge);
  const data = paintChannel(values, [rows, columns, 1], 0, range, palette, gaps);
  return { width, height, markup: pixelsAt(0, 0, [width, height], { data, rows, columns }) };
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
export function scaleBlock(palette: Palette, { min, max }: Range): Block {
  const [from, to] = [formatValue(min), formatValue(max)];
  const left = widthOf(from, 11) + 4;
  const right = left + scaleWidth + 6;
  const style = { size: 11, fill: ink.muted };
  const colors = { data: palette, rows: 1, columns: palette.length / 4 };
  return {
    width: right + widthOf(to, 11),
    height: scaleHeight + 4,
    markup: [
      line(left - 6, scaleHeight, from, { ...style, anchor: 'end' }),
      pixelsAt(left, 0, [scaleWidth, scaleHeight], colors),
      line(right, scaleHeight, to, style),
    ].join(''),
  };
}

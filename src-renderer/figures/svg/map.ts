/** Maps, pixels and the scale of their colours. */
import { ink, line, textWidth, type Block } from '../../../src-main/shared/figure/drawing.ts';
import { inkOn } from '../../../src-main/shared/colors.ts';
import { paintChannel, paintPixels } from '../../ui/colors.ts';
import { formatValue } from '../../ui/numbers.ts';
import { onImage } from '../../../src-main/shared/inspect/drives.ts';
import type { Frame, MapPicture, PixelPicture } from '../figure.ts';
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

export function mapBlock(picture: MapPicture, edge: number): Block {
  const { values, size, palette, range, gaps, frames } = picture;
  const [rows, columns] = size;
  const [width, height] = extent(rows, columns, edge);
  const data = paintChannel(values, [rows, columns, 1], 0, range, palette, gaps);
  const cells = pixelsAt(0, 0, [width, height], { data, rows, columns });
  const cell = width / columns;
  const written = cell < readable ? '' : numbersIn(values, [rows, columns], cell, data);
  return { width, height, markup: cells + written + framesOn(frames, size, [width, height]) };
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

export function pixelBlock({ image, over, frames }: PixelPicture, edge: number): Block {
  const { height: rows, width: columns } = image;
  const [width, height] = extent(rows, columns, edge);
  const below = pixelsAt(0, 0, [width, height], { data: paintPixels(image.pixels, image.channels), rows, columns });
  const above = framesOn(frames, [rows, columns], [width, height]);
  if (!over) return { width, height, markup: below + above };
  const data = paintChannel(over.values, [rows, columns, 1], 0, over.range, over.palette, over.gaps);
  const laid = pixelsAt(0, 0, [width, height], { data, rows, columns }, over.strength);
  return { width, height, markup: below + laid + above };
}

/** White in black, so that they are seen on any colour. */
function framesOn(
  frames: readonly Frame[] = [],
  size: readonly [rows: number, columns: number],
  [width, height]: readonly [number, number],
): string {
  const [down, across] = [height / size[0], width / size[1]];
  return frames
    .flatMap(({ box, dashed }) => {
      const seen = onImage(box, size);
      if (!seen) return [];
      const place = `x="${seen.left * across}" y="${seen.top * down}" width="${seen.width * across}" height="${seen.height * down}"`;
      const dash = dashed ? ' stroke-dasharray="5 4"' : '';
      return [
        `<rect ${place} fill="none" stroke="#000000" stroke-width="4"${dash}/>`,
        `<rect ${place} fill="none" stroke="#ffffff" stroke-width="2"${dash}/>`,
      ];
    })
    .join('');
}

const scaleWidth = 120;
const scaleHeight = 10;

/** The colours from the least to the largest value, with the numbers that the ends stand for, and what they measure. */
export function scaleBlock({
  palette,
  range,
  show = formatValue,
  measure,
}: Pick<MapPicture, 'palette' | 'range' | 'show' | 'measure'>): Block {
  const [from, to] = [show(range.min), [show(range.max), measure].filter(Boolean).join('  ')];
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

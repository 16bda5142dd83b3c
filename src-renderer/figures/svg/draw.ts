/** A figure as a drawing that stands alone: its title, what it is of, its panels, and the scales of its colours. */
import { barsBlock } from '../../../src-main/shared/figure/bars.ts';
import { chartBlock } from '../../../src-main/shared/figure/chart.ts';
import { ink, line, moved, textWidth, type Block } from '../../../src-main/shared/figure/drawing.ts';
import type { Figure, MapPicture, Panel, Picture } from '../figure.ts';

import { mapBlock, pixelBlock, scaleBlock } from './map.ts';
import { tableBlock } from './table.ts';

const margin = 16;
const gap = 16;
const signSize = 24;
const titleHeight = 18;
/** Panels go on in the next row where a row would become wider, px. */
const wide = 1200;
/** More panels than that stand in columns. */
const inRows = 8;

/** `about`: the lines below the title, such as the network's and the image's name. */
export function figureSvg({ title, notes = [], panels }: Figure, about: readonly string[]): string {
  const scales = scalesOf(panels);
  const shared = scales.length === 1 ? scales[0] : undefined;
  const edge = edgeFor(panels);
  const blocks = panels.map(({ sign, newRow, ...panel }) => ({
    block: panelBlock(panel, edge, shared === undefined),
    ...{ sign, newRow },
  }));
  const header = headerBlock(title, [...about, ...notes], shared && scaleBlock(shared));
  const body = flow(blocks);
  const width = Math.max(header.width, body.width) + 2 * margin;
  const height = margin + header.height + gap + body.height + margin;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif">`,
    `<rect width="${width}" height="${height}" fill="${ink.paper}"/>`,
    moved(margin, margin, header),
    moved(margin, margin + header.height + gap, body),
    '</svg>',
    '',
  ].join('\n');
}

type ColorScale = Pick<MapPicture, 'palette' | 'range' | 'show' | 'measure'>;

function scaleOf(picture: Picture): ColorScale | null {
  if (picture.kind === 'map') return picture;
  return picture.kind === 'pixels' ? (picture.over ?? null) : null;
}

/** Those that differ. */
function scalesOf(panels: readonly Panel[]): ColorScale[] {
  const found: ColorScale[] = [];
  for (const { picture } of panels) {
    const scale = scaleOf(picture);
    if (scale && !found.some((one) => isSame(one, scale))) found.push(scale);
  }
  return found;
}

const isSame = (a: ColorScale, b: ColorScale): boolean =>
  a.palette === b.palette && a.range.min === b.range.min && a.range.max === b.range.max && a.measure === b.measure;

/** Of the longer side of a map, px: a few are large, a thousand are small. */
function edgeFor(panels: readonly Panel[]): number {
  const count = panels.filter(({ picture }) => picture.kind === 'map' || picture.kind === 'pixels').length;
  if (count <= 2) return 420;
  if (count <= 8) return 256;
  return count <= 100 ? 128 : 64;
}

function headerBlock(title: string, about: readonly string[], scale: Block | undefined): Block {
  const lines = [
    line(0, 16, title, { size: 16, bold: true }),
    ...about.map((text, at) => line(0, 36 + at * 16, text, { fill: ink.muted })),
  ];
  const below = 24 + about.length * 16;
  return {
    width: Math.max(textWidth(title, 16), ...about.map((text) => textWidth(text)), scale?.width ?? 0),
    height: below + (scale ? scale.height + 6 : 0),
    markup: lines.join('') + (scale ? moved(0, below + 4, scale) : ''),
  };
}

/** Title, picture, and its scale where the figure has several. */
function panelBlock({ title, picture }: Pick<Panel, 'title' | 'picture'>, edge: number, withScale: boolean): Block {
  const drawn = pictureBlock(picture, edge);
  const scale = withScale ? scaleOf(picture) : null;
  const legend = scale && scaleBlock(scale);
  const top = title ? titleHeight : 0;
  return {
    width: Math.max(drawn.width, textWidth(title), legend?.width ?? 0),
    height: top + drawn.height + (legend ? legend.height + 8 : 0),
    markup: [title && line(0, 12, title), moved(0, top, drawn), legend && moved(0, top + drawn.height + 8, legend)]
      .filter(Boolean)
      .join(''),
  };
}

function pictureBlock(picture: Picture, edge: number): Block {
  switch (picture.kind) {
    case 'map':
      return mapBlock(picture, edge);
    case 'pixels':
      return pixelBlock(picture, edge);
    case 'chart':
      return chartBlock(picture);
    case 'bars':
      return barsBlock(picture);
    case 'table':
      return tableBlock(picture);
  }
}

interface Placed extends Pick<Panel, 'sign' | 'newRow'> {
  block: Block;
}

/** From left to right, in rows about as long as all of them are high together; many stand in columns. */
function flow(panels: readonly Placed[]): Block {
  const widest = Math.max(0, ...panels.map(({ block }) => block.width));
  const widthOf = ({ width }: Block) => (panels.length > inRows ? widest : width);
  const area = panels.reduce((sum, { block }) => sum + (widthOf(block) + gap) * (block.height + gap), 0);
  const room = Math.max(wide, Math.ceil(Math.sqrt(area)));
  let [x, y, rowHeight, width] = [0, 0, 0, 0];
  const parts = panels.map(({ block, sign, newRow }) => {
    const before = sign ? textWidth(sign, signSize) + gap : 0;
    if (x > 0 && (newRow || x + before + widthOf(block) > room)) [x, y, rowHeight] = [0, y + rowHeight + gap, 0];
    const mark = sign ? line(x, y + block.height / 2, sign, { size: signSize }) : '';
    x += before;
    const part = mark + moved(x, y, block);
    width = Math.max(width, x + block.width);
    [x, rowHeight] = [x + widthOf(block) + gap, Math.max(rowHeight, block.height)];
    return part;
  });
  return { width, height: y + rowHeight, markup: parts.join('\n') };
}

/** What drives a unit, to take along. */
import type { Chart } from '../../../../src-main/shared/figure/chart.ts';
import { labelled, numbered } from '../../../../src-main/shared/figure/numbers.ts';
import { crop, type EffectiveField, type MaximisedImage } from '../../../../src-main/shared/inspect/drives.ts';
import type { Box } from '../../../../src-main/shared/inspect/field-box.ts';
import type { PixelImage } from '../../../../src-main/shared/pictures.ts';
import { chartFigure, tableFigure } from '../../../figures/build.ts';
import type { Figure, Panel } from '../../../figures/figure.ts';
import { text } from '../../../messages/index.ts';
import { rangeOf, viridis } from '../../../../src-main/shared/colors.ts';
import { formatCount, formatPercent, formatValue } from '../../../ui/numbers.ts';
import type { Entry } from '../drives/entries.ts';
import { growthChart, type GrowthRow } from '../drives/growth.ts';

const { images, picture, field } = text.drives;

/** An image that excites a map, and what is shown of it. */
export interface ShownEntry extends Entry {
  image: PixelImage | null;
  /** What its strongest cell sees; null for the whole image. */
  box: Box | null;
  className: string;
  /** Of its file; '' where it is not known. */
  path: string;
}

/** Images in a row, each with what is inside its frame: two where they are larger than small pictures are drawn. */
const inRow = (entries: readonly ShownEntry[]): number =>
  entries.some(({ image }) => image && image.width > 128) ? 2 : 3;

/** Each image with the frame of what its strongest cell sees, and what is inside; `width` of the map, in cells. */
export function excitingFigure(
  title: string,
  entries: readonly ShownEntry[],
  width: number,
  notes: readonly string[],
): Figure {
  const each = inRow(entries);
  const panels = entries.flatMap(({ image, box, value, className }, at): Panel[] => {
    if (!image) return [];
    const whole = { kind: 'pixels' as const, image, frames: box ? [{ box }] : [] };
    const inside = box && crop(image, box);
    return [
      { title: `${at + 1}: ${formatValue(value)}, ${className}`, picture: whole, newRow: at % each === 0 },
      ...(inside ? [{ title: images.inside(at + 1), picture: { kind: 'pixels' as const, image: inside } }] : []),
    ];
  });
  const axes = [
    labelled(
      images.image,
      entries.map(({ path }, at) => (path ? `${at + 1}: ${path}` : `${at + 1}`)),
    ),
  ];
  const column = (name: string, of: (entry: Entry) => number) => ({
    name,
    axes,
    values: Float64Array.from(entries, of),
  });
  return {
    ...{ title, notes, panels },
    numbers: [
      column(images.value, ({ value }) => value),
      column(images.imageId, ({ id }) => id),
      column(images.cellRow, ({ cell }) => Math.floor(cell / width)),
      column(images.cellColumn, ({ cell }) => cell % width),
    ],
  };
}

export interface ClassRow {
  name: string;
  count: number;
  mean: number;
}

export const classFigure = (title: string, rows: readonly ClassRow[], notes: readonly string[]): Figure => ({
  ...tableFigure(
    title,
    images.class,
    rows.map(({ name }) => name),
    [
      { name: images.count, values: Float64Array.from(rows, ({ count }) => count), show: formatCount },
      { name: images.mean, values: Float64Array.from(rows, ({ mean }) => mean), show: formatValue },
    ],
  ),
  notes,
});

/** The picture, and the value over the steps. */
export function maximisedFigure(
  title: string,
  { picture: image }: MaximisedImage,
  chart: Chart,
  notes: readonly string[],
): Figure {
  const curve = chartFigure(title, [{ name: picture.curve, chart }]);
  const { height, width, channels, pixels } = image;
  const axes = [numbered('row', height), numbered('column', width), numbered('channel', channels)];
  return {
    ...{ title, notes },
    panels: [{ title: '', picture: { kind: 'pixels', image } }, ...curve.panels],
    numbers: [...curve.numbers, { name: 'pixel', axes, values: pixels }],
  };
}

/** The gradient over the image, and its boxes [top, left, height, width], the effective one last and dashed. */
export function fieldFigure(
  title: string,
  { heat, height, width, theoretical, effective }: EffectiveField,
  notes: readonly string[],
): Figure {
  const range = { min: 0, max: rangeOf(heat).max };
  const boxes = [
    { name: field.columns.theoretical, box: theoretical, dashed: false },
    { name: field.columns.effective, box: effective, dashed: true },
  ].flatMap(({ name, box, dashed }) => (box ? [{ name, box, dashed }] : []));
  const colors = { palette: viridis, range, measure: field.scale };
  const axes = [labelled('side', ['top', 'left', 'height', 'width'])];
  return {
    ...{ title, notes },
    panels: [
      { title: field.frames, picture: { kind: 'map', values: heat, size: [height, width], ...colors, frames: boxes } },
    ],
    numbers: [
      { name: 'gradient', axes: [numbered('row', height), numbered('column', width)], values: heat },
      ...boxes.map(({ name, box }) => ({
        ...{ name, unit: 'px', axes },
        values: Float64Array.of(box.top, box.left, box.height, box.width),
      })),
    ],
  };
}

/** Both curves, and the table. */
export function growthFigure(title: string, rows: readonly GrowthRow[], notes: readonly string[]): Figure {
  const { panels } = chartFigure(title, [{ name: title, chart: growthChart(rows) }]);
  const sides = (which: 'theoretical' | 'effective') => ({
    name: field.columns[which],
    unit: 'px',
    values: Float64Array.from(rows, (row) => row.sides[which]),
    show: formatValue,
  });
  const share = { name: field.columns.share, values: Float64Array.from(rows, (row) => row.share), show: formatPercent };
  const names = rows.map(({ layer }) => layer);
  const table = tableFigure(title, field.layer, names, [sides('theoretical'), sides('effective'), share]);
  return { title, notes, panels: [...panels, ...table.panels], numbers: table.numbers };
}

/** What drives a unit, to take along. */
import type { Chart } from '../../../../src-main/shared/figure/chart.ts';
import { labelled, numbered } from '../../../../src-main/shared/figure/numbers.ts';
import { crop, type EffectiveField, type MaximisedImage } from '../../../../src-main/shared/inspect/drives.ts';
import type { Box } from '../../../../src-main/shared/inspect/field-box.ts';
import type { PixelImage } from '../../../../src-main/shared/pictures.ts';
import { chartFigure, tableFigure } from '../../../figures/build.ts';
import type { Figure } from '../../../figures/figure.ts';
import { text } from '../../../messages/index.ts';
import { rangeOf, viridis } from '../../../../src-main/shared/colors.ts';
import { formatCount, formatPercent, formatValue } from '../../../ui/numbers.ts';
import type { Entry } from '../drives/entries.ts';
import { growthChart, type GrowthRow } from '../drives/growth.ts';

const { images, picture, field } = text.drives;

/** What each image's strongest cell sees, in order; the numbers say which image and which cell. */
export function excitingFigure(
  title: string,
  entries: readonly Entry[],
  width: number,
  imageOf: (id: number) => PixelImage | null,
  boxOf: (entry: Entry) => Box | null,
): Figure {
  const panels = entries.flatMap((entry, at) => {
    const [image, box] = [imageOf(entry.id), boxOf(entry)];
    const shown = image && (box ? crop(image, box) : image);
    return shown
      ? [{ title: `${at + 1}: ${formatValue(entry.value)}`, picture: { kind: 'pixels' as const, image: shown } }]
      : [];
  });
  const axes = [
    labelled(
      images.rank,
      entries.map((_, at) => at + 1),
    ),
  ];
  const column = (name: string, of: (entry: Entry) => number) => ({
    name,
    axes,
    values: Float64Array.from(entries, of),
  });
  return {
    title,
    panels,
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

export const classFigure = (title: string, rows: readonly ClassRow[]): Figure =>
  tableFigure(
    title,
    images.class,
    rows.map(({ name }) => name),
    [
      { name: images.count, values: Float64Array.from(rows, ({ count }) => count), show: formatCount },
      { name: images.mean, values: Float64Array.from(rows, ({ mean }) => mean), show: formatValue },
    ],
  );

/** The picture, and the value over the steps. */
export function maximisedFigure(title: string, { picture: image }: MaximisedImage, chart: Chart): Figure {
  const curve = chartFigure(title, [{ name: picture.curve, chart }]);
  const { height, width, channels, pixels } = image;
  const axes = [numbered('row', height), numbered('column', width), numbered('channel', channels)];
  return {
    title,
    panels: [{ title: '', picture: { kind: 'pixels', image } }, ...curve.panels],
    numbers: [...curve.numbers, { name: 'pixel', axes, values: pixels }],
  };
}

/** The gradient over the image, and its boxes [top, left, height, width], the effective one last. */
export function fieldFigure(title: string, { heat, height, width, theoretical, effective }: EffectiveField): Figure {
  const range = { min: 0, max: rangeOf(heat).max };
  const boxes = [
    { name: field.columns.theoretical, box: theoretical },
    { name: field.columns.effective, box: effective },
  ].flatMap(({ name, box }) => (box ? [{ name, box }] : []));
  const axes = [labelled('side', ['top', 'left', 'height', 'width'])];
  return {
    title,
    panels: [
      { title: field.scale, picture: { kind: 'map', values: heat, size: [height, width], palette: viridis, range } },
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
export function growthFigure(title: string, rows: readonly GrowthRow[]): Figure {
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
  return { title, panels: [...panels, ...table.panels], numbers: table.numbers };
}

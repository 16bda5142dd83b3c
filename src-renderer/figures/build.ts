/** Figures of the common kinds, whose drawing and numbers say the same. */
import { labelled, numbered, type Numbers } from '../../src-main/shared/figure/numbers.ts';
import type { Histogram } from '../../src-main/shared/inspection.ts';
import { planeOf } from '../../src-main/shared/inspect/convolution.ts';
import type { NpyValues } from '../../src-main/shared/npy.ts';
import { seriesColor, type Palette, type Range } from '../../src-main/shared/colors.ts';
import type { Chart, Curve } from '../../src-main/shared/figure/chart.ts';
import { text } from '../messages/index.ts';
import type { Figure, MapPicture, Panel, TablePicture } from './figure.ts';

/** One channel of [height, width, channels] values as it is painted. */
export interface ChannelPicture {
  name: string;
  values: NpyValues;
  shape: readonly [height: number, width: number, channels: number];
  channel: number;
  range: Range;
  palette: Palette;
}

/** Of one channel, as what its numbers are kept in. */
function channelOf({ values, shape: [height, width, channels], channel }: ChannelPicture): NpyValues {
  if (channels === 1) return values;
  const { values: plane } = planeOf(values, [height, width], channels, channel);
  return values instanceof Float32Array ? Float32Array.from(plane) : Float64Array.from(plane);
}

export function channelPanel(picture: ChannelPicture, more: Pick<MapPicture, 'frames' | 'measure'> = {}): Panel {
  const { name, shape, range, palette } = picture;
  return {
    title: name,
    picture: { kind: 'map', values: channelOf(picture), size: [shape[0], shape[1]], range, palette, ...more },
  };
}

export const channelNumbers = (picture: ChannelPicture): Numbers => ({
  name: picture.name,
  axes: [numbered('row', picture.shape[0]), numbered('column', picture.shape[1])],
  values: channelOf(picture),
});

/** Pictures side by side; each is an array [height, width]. */
export const channelsFigure = (title: string, pictures: readonly ChannelPicture[]): Figure => ({
  title,
  panels: pictures.map((picture) => channelPanel(picture)),
  numbers: pictures.map(channelNumbers),
});

export interface NamedHistogram {
  label: string;
  histogram: Histogram;
}

/** Bars; each histogram is three arrays over its bins: their two edges, and how many values are between them. */
export const histogramsFigure = (title: string, histograms: readonly NamedHistogram[], unit: string): Figure => ({
  title,
  panels: histograms.map(({ label, histogram }) => ({
    title: label,
    picture: { kind: 'bars', histogram, xLabel: text.figures.value, yLabel: unit },
  })),
  numbers: histograms.flatMap(({ label, histogram: { from, to, counts } }) => {
    const axes = [numbered('bin', counts.length)];
    const edge = (at: number) => from + ((to - from) * at) / counts.length;
    return [
      { name: `${label}, from`, axes, values: Float64Array.from(counts, (_, bin) => edge(bin)) },
      { name: `${label}, to`, axes, values: Float64Array.from(counts, (_, bin) => edge(bin + 1)) },
      { name: `${label}, count`, axes, values: Float64Array.from(counts) },
    ];
  }),
});

/** Curves; each is an array over its places on the x axis. `unit` is that of the y axis. */
export const chartFigure = (title: string, charts: readonly NamedChart[]): Figure => ({
  title,
  panels: charts.map(({ name, chart }) => ({
    title: name,
    picture: { kind: 'chart', ...chart, curves: onPaper(chart) },
  })),
  numbers: charts.flatMap(({ name, unit, chart: { xLabel, curves } }) =>
    curves.map(({ label, points }) => ({
      name: charts.length > 1 ? `${name}, ${label}` : label,
      ...(unit && { unit }),
      axes: [
        labelled(
          xLabel,
          points.map(([x]) => x),
        ),
      ],
      values: Float64Array.from(points, ([, y]) => y),
    })),
  ),
});

/** Whatever the window's colours are, the drawing is on white. */
const onPaper = ({ curves }: Chart): Curve[] =>
  curves.map((curve, index) => ({ ...curve, color: seriesColor(index, false) }));

export interface NamedChart {
  name: string;
  unit?: string;
  chart: Chart;
}

/** A table as it is shown, and its columns as arrays over the rows. */
export interface Column {
  name: string;
  unit?: string;
  values: NpyValues;
  show: (value: number) => string;
  /** A text a row where the table shows something else than the values. */
  texts?: readonly string[];
}

/** `rows` are what the rows are of, and `head` what that is: "layer". */
export function tableFigure(
  title: string,
  head: string,
  rows: readonly (string | number)[],
  columns: readonly Column[],
): Figure {
  const table: TablePicture = {
    kind: 'table',
    columns: [head, ...columns.map(({ name }) => name)],
    rows: rows.map((row, at) => [
      String(row),
      ...columns.map(({ values, show, texts }) => texts?.[at] ?? show(values[at]!)),
    ]),
  };
  const axes = [labelled(head, rows)];
  return {
    title,
    panels: [{ title: '', picture: table }],
    numbers: columns.map(({ name, unit, values }) => ({ name, ...(unit && { unit }), axes, values })),
  };
}

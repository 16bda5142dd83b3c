/** What a batch norm layer measured and learnt, to take along. */
import { labelled, numbered } from '../../../../src-main/shared/figure/numbers.ts';
import type { BatchNormReport, NormHistory } from '../../../../src-main/shared/inspection.ts';
import { heatMapOf } from '../../../../src-main/shared/inspect/norm-drift.ts';
import { channelPanel, tableFigure, type ChannelPicture } from '../../../figures/build.ts';
import type { Figure } from '../../../figures/figure.ts';
import { text } from '../../../messages/index.ts';
import { around0, diverging, rangeOf, viridis, type Range } from '../../../../src-main/shared/colors.ts';
import { formatValue } from '../../../ui/numbers.ts';

const words = text.batchNorm;

/** The columns of the table of channels. */
export const normColumns = (report: BatchNormReport) => [
  ...(['batchMean', 'batchVariance', 'runningMean', 'runningVariance', 'gamma', 'beta'] as const).map((name) => ({
    name,
    values: report[name],
  })),
  { name: 'gap' as const, values: report.gap.channels },
];

/** What it was measured on, for the lines below a title. */
export const batchText = ({ batch }: Pick<BatchNormReport, 'batch'>): string =>
  batch.length === 1 ? words.measuredAlone : words.measuredOn(batch.length);

/** A row a channel. */
export function channelTableFigure(report: BatchNormReport): Figure {
  const columns = normColumns(report).map(({ name, values }) => ({
    name: words.columns[name],
    values: Float64Array.from(values),
    show: formatValue,
  }));
  const rows = report.gamma.map((_, channel) => channel);
  const notes = [batchText(report), words.gap(formatValue(report.gap.layer))];
  return { ...tableFigure(words.table(report.layer), words.channel, rows, columns), notes };
}

/** One channel of the first image's maps in both modes, and how they differ; none of a vector. */
export function modePictures({ firstImage, gamma }: BatchNormReport, channel: number): ChannelPicture[] {
  if (firstImage.shape.length !== 3) return [];
  const shape = firstImage.shape as [number, number, number];
  const channels = gamma.length;
  const difference = firstImage.inference.map((value, at) => value - firstImage.training[at]!);
  const both = [firstImage.training, firstImage.inference].map((values) => rangeOf(values, channel, channels));
  const range = { min: Math.min(...both.map(({ min }) => min)), max: Math.max(...both.map(({ max }) => max)) };
  const shared = { shape, channel };
  return [
    { ...shared, name: words.map.training, values: firstImage.training, range, palette: viridis },
    { ...shared, name: words.map.inference, values: firstImage.inference, range, palette: viridis },
    {
      ...shared,
      name: words.map.difference,
      values: difference,
      range: around0(difference, channel, channels),
      palette: diverging,
    },
  ];
}

/** A figure of every channel at every recorded step. `values`: [steps, channels]. */
export function heatMapFigure(title: string, history: NormHistory, values: Float32Array, range: Range): Figure {
  const { steps, channels } = history;
  const cells = heatMapOf(history, values);
  const picture = { name: text.figures.stepsAndChannels, values: cells, channel: 0, range, palette: viridis };
  const axes = [labelled('step', steps), numbered('channel', channels)];
  return {
    title,
    panels: [channelPanel({ ...picture, shape: [channels, steps.length, 1] })],
    numbers: [{ name: 'value', axes, values }],
  };
}

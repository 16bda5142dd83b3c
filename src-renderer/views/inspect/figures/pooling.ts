/** Maps pooled by every method, to take along. */
import type { PoolingKept, PoolingReport, PoolingWindow } from '../../../../src-main/shared/inspect/pooling-report.ts';
import { poolingMethods, winCounts, type PoolingMethod } from '../../../../src-main/shared/inspect/pooling.ts';
import { channelsFigure, tableFigure, type ChannelPicture } from '../../../figures/build.ts';
import type { Figure } from '../../../figures/figure.ts';
import { text } from '../../../messages/index.ts';
import { around0, diverging, rangeOf, viridis, type Range } from '../../../../src-main/shared/colors.ts';
import { formatShape, formatValue } from '../../../ui/numbers.ts';

const words = text.explain.pooling;
/** For the lines below the title. */
export const windowNotes = ({ kernel, strides }: PoolingWindow): string[] => [
  text.figures.windowOf(formatShape(kernel), formatShape(strides)),
];

/** Their values, or their differences from the mean. */
export type PooledShown = 'values' | 'differences';

export interface PooledPictures {
  input: ChannelPicture;
  pooled: Record<PoolingMethod, ChannelPicture>;
  /** How many windows each cell of the input won. */
  wins: ChannelPicture;
}

/** One of the report's channels; all methods under one scale. */
export function pooledPictures(report: PoolingReport, channel: number, shown: PooledShown): PooledPictures {
  const { input, pooled } = report;
  const count = report.channels.count;
  const all = [input, ...poolingMethods.map((method) => pooled[method])];
  const ranges = all.map(({ values }) => rangeOf(values, channel, count));
  const range = { min: Math.min(...ranges.map(({ min }) => min)), max: Math.max(...ranges.map(({ max }) => max)) };
  const differenceOf = (method: PoolingMethod) =>
    pooled[method].values.map((value, at) => value - pooled.mean.values[at]!);
  const differences = poolingMethods.map(differenceOf);
  const far = Math.max(...differences.map((values) => around0(values, channel, count).max));
  const differenceRange: Range = { min: -far, max: far };
  const wins = winCounts(input, pooled.max.winners!);
  return {
    input: { name: words.input, ...input, channel, range, palette: viridis },
    pooled: Object.fromEntries(
      poolingMethods.map((method, at): [PoolingMethod, ChannelPicture] => {
        const { shape, values } = pooled[method];
        const picture = { name: text.explain.methods[method], shape, channel };
        return [
          method,
          shown === 'values'
            ? { ...picture, values, range, palette: viridis }
            : { ...picture, values: differences[at]!, range: differenceRange, palette: diverging },
        ];
      }),
    ) as Record<PoolingMethod, ChannelPicture>,
    wins: { name: words.wins, ...wins, channel, range: { min: 0, max: rangeOf(wins.values).max }, palette: viridis },
  };
}

export const pooledFigure = (
  channel: number,
  { input, pooled, wins }: PooledPictures,
  window: PoolingWindow,
): Figure => ({
  ...channelsFigure(text.figures.pooledOf(channel), [input, ...poolingMethods.map((method) => pooled[method]), wins]),
  notes: windowNotes(window),
});

export const keptMethods = ['none', ...poolingMethods] as const;
export type KeptMethod = (typeof keptMethods)[number];
export const keptColumns = [
  { key: 'level', name: words.level, note: '' },
  { key: 'background', name: words.background, note: words.backgroundNote },
  { key: 'texture', name: words.texture, note: words.textureNote },
  { key: 'noise', name: words.noise, note: words.noiseNote },
  { key: 'bias', name: words.bias, note: words.biasNote },
] as const satisfies { key: keyof PoolingKept; name: string; note: string }[];

/** What it was measured on. */
export const keptText = ({ channels: { from, count, all }, measuredOn: [rows, columns] }: PoolingReport): string =>
  words.keptOf(from, from + count - 1, all, rows, columns);

/** A row a method; the numbers are the measures themselves, where the table shows shares of what was there before. */
export function keptFigure(
  report: PoolingReport,
  show: (method: KeptMethod, key: keyof PoolingKept) => string,
): Figure {
  const { kept, window } = report;
  const columns = keptColumns.map(({ key, name }) => ({
    name,
    values: Float64Array.from(keptMethods, (method) => kept[method][key]),
    show: formatValue,
    texts: keptMethods.map((method) => show(method, key)),
  }));
  const table = tableFigure(
    words.kept,
    words.method,
    keptMethods.map((method) => text.explain.methods[method]),
    columns,
  );
  return { ...table, notes: [...windowNotes(window), keptText(report)] };
}

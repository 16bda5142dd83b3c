/** How a network's numbers are spread, to take along. */
import { labelled, numbered } from '../../../../src-main/shared/figure/numbers.ts';
import type { LayerSpread } from '../../../../src-main/shared/inspect/distributions.ts';
import {
  spreadBins,
  type SpreadFigure,
  type TensorHistory,
} from '../../../../src-main/shared/inspect/spread-history.ts';
import type { SpreadMap } from '../../../../src-main/shared/inspect/spread-map.ts';
import { tableFigure } from '../../../figures/build.ts';
import type { Figure } from '../../../figures/figure.ts';
import { text } from '../../../messages/index.ts';
import { viridis, type Range } from '../../../../src-main/shared/colors.ts';
import { formatPercent, formatValue } from '../../../ui/numbers.ts';

const words = text.explain.distribution;

/** The columns of sizes in the table of all layers. */
export const sizeColumns = [words.size, words.weightSize, words.gradientSize, words.kernelGradient];

/** Of activations, kernel, gradient and the kernel's gradient; undefined where a layer has none. */
export function sizesOf({ activations, gradient, weights }: LayerSpread): (number | undefined)[] {
  const kernel = weights.find(({ field }) => field.toLowerCase().endsWith('kernel'));
  return [activations.size, kernel?.values.size, gradient?.size, kernel?.gradient?.size];
}

/** A row a layer; NaN where it has no such number. */
export function spreadTableFigure(layers: readonly LayerSpread[]): Figure {
  const column = (
    name: string,
    of: (layer: LayerSpread) => number | null | undefined,
    show: (value: number) => string,
  ) => ({
    name,
    values: Float64Array.from(layers, (layer) => of(layer) ?? NaN),
    show: (value: number) => (Number.isNaN(value) ? '' : show(value)),
  });
  return tableFigure(
    words.all,
    words.layer,
    layers.map(({ name }) => name),
    [
      ...sizeColumns.map((name, at) => column(name, (layer) => sizesOf(layer)[at], formatValue)),
      column(words.zeros, ({ activations }) => activations.zeros, formatPercent),
      column(words.saturatedColumn, ({ saturated }) => saturated, formatPercent),
    ],
  );
}

/** A tensor's histograms over the recorded steps: colours for their shares, the numbers are the counts as recorded. */
export function courseFigure(
  title: string,
  steps: readonly number[],
  { counts, figures }: TensorHistory,
  map: SpreadMap & { cells: Float32Array; range: Range; show: (value: number) => string },
): Figure {
  const step = labelled('step', steps);
  const { rows, columns, cells, range, show } = map;
  const ends = text.figures.upAndRight(formatValue(map.from), formatValue(map.to));
  return {
    title,
    panels: [
      { title: ends, picture: { kind: 'map', values: cells, size: [rows, columns], palette: viridis, range, show } },
    ],
    numbers: [
      { name: 'count', axes: [step, numbered('bin', spreadBins)], values: counts },
      { name: 'least', axes: [step], values: figures.least },
      { name: 'largest', axes: [step], values: figures.largest },
    ],
  };
}

/** The figures of a tensor, a row a recorded step. */
export function stepsFigure(
  title: string,
  steps: readonly number[],
  { figures }: TensorHistory,
  shown: readonly SpreadFigure[],
  show: (figure: SpreadFigure, value: number) => string,
): Figure {
  const { columns } = text.spreadHistory;
  return tableFigure(
    title,
    columns.step,
    steps,
    shown.map((figure) => ({
      name: columns[figure],
      values: figures[figure],
      show: (value: number) => show(figure, value),
    })),
  );
}

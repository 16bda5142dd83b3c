/** One batch norm layer: what it measured and learnt, what it does to its values, and what became of it in training. */
import { labelled, numbered } from '../../../shared/figure/numbers.ts';
import type { Axis, Numbers } from '../../../shared/figure/numbers.ts';
import { driftCurve, heatMapOf } from '../../../shared/inspect/norm-drift.ts';
import { normFigures, verdictOf } from '../../../shared/inspection.ts';
import type { BatchNormReport, GapVerdict, Histogram, NormHistory } from '../../../shared/inspection.ts';
import { formatCount, formatValue } from '../../../shared/numbers.ts';
import { rangeOf, seriesColor } from '../../../shared/colors.ts';
import { curvesSvg, histogramSvg } from '../../report/charts.ts';
import type { ReportContext, ReportLayer } from './context.ts';
import { note, pictures, text, warning } from './page.ts';
import type { Block, Part, Picture } from './page.ts';
import { stepMap } from './step-map.ts';

const verdicts: Record<GapVerdict, string> = {
  close: 'In this layer batch and running statistics agree.',
  apart: 'In this layer batch and running statistics differ, but few images change their class.',
  hurts: 'The running statistics lag behind, and it hurts: inference is not what training was. Recalibrate the run.',
  broken: 'Statistics of this layer are not numbers: the weights are broken.',
};

export async function batchNormSection(
  context: ReportContext,
  layer: ReportLayer,
  report: BatchNormReport,
): Promise<Part> {
  const { gap, batch } = report;
  const images = batch.length;
  const verdict = verdictOf({ gap: gap.layer, classesChanged: gap.classesChanged, images });
  const history = context.historyOf(report.layer);
  const widest = gap.channels.indexOf(gap.channels.reduce((a, b) => Math.max(a, b), -Infinity));
  const channel = Math.max(0, widest);
  return {
    id: `${layer.id}-batch-norm`,
    title: 'Batch norm',
    blocks: [
      text(
        images === 1
          ? 'Measured on this image alone, as the training images are gone.'
          : `Measured on a fixed batch of ${formatCount(images)} training images; their paths are in the first file of the table.`,
      ),
      (verdict === 'hurts' ? warning : text)(
        `${verdicts[verdict]} Normalised values differ by ${formatValue(gap.layer)} standard deviations (root mean square over all channels); over the whole network ${formatCount(gap.classesChanged)} of ${formatCount(images)} images get another class in inference mode than in training mode.`,
      ),
      text(
        `y = γ (x − μ) / √(σ² + ε) + β. In inference, for channel ${channel}: y = ${formatValue(report.gamma[channel]!)} · (x − ${bracketed(report.runningMean[channel]!)}) / √(${formatValue(report.runningVariance[channel]!)} + ${formatValue(report.epsilon)}) + ${bracketed(report.beta[channel]!)}; in training the batch’s mean is ${formatValue(report.batchMean[channel]!)} and its variance ${formatValue(report.batchVariance[channel]!)}.`,
      ),
      channelTable(context, layer, report),
      pictures(...histograms(context, layer, report, channel)),
      ...(history ? [pictures(...(await drift(context, layer, history, channel)))] : [note(noDrift)]),
    ],
  };
}

const noDrift =
  'What became of these figures over the steps of training was not recorded: the run began before that was kept, or its images were gone.';
const bracketed = (value: number): string => (value < 0 ? `(${formatValue(value)})` : formatValue(value));

/** Rows of the table on the page; all channels are in the file. */
const shownChannels = 16;

function channelTable({ shelf }: ReportContext, { folder }: ReportLayer, report: BatchNormReport): Block {
  const axes = [numbered('channel', report.gamma.length)];
  const columns = {
    'batch mean': report.batchMean,
    'batch variance': report.batchVariance,
    'running mean': report.runningMean,
    'running variance': report.runningVariance,
    gamma: report.gamma,
    beta: report.beta,
    gap: report.gap.channels,
  };
  const numbers = Object.entries(columns).map(([name, values]) => ({ name, axes, values: Float64Array.from(values) }));
  const all = report.gamma.length;
  return {
    kind: 'table',
    caption: `Statistics of each channel; epsilon is ${formatValue(report.epsilon)}, the gap in standard deviations${all > shownChannels ? `. The first ${shownChannels} of ${formatCount(all)} channels; all are in the file` : ''}`,
    columns: ['Channel', ...Object.keys(columns)],
    rows: report.gamma
      .slice(0, shownChannels)
      .map((_, at) => [String(at), ...Object.values(columns).map((values) => formatValue(values[at]!))]),
    numbers: [
      shelf.write(`${folder}/batch-images.txt`, report.batch.map((path) => `${path}\n`).join('')),
      shelf.csv(`${folder}/batch-norm.csv`, numbers),
    ],
  };
}

function histograms(
  { shelf }: ReportContext,
  { folder }: ReportLayer,
  report: BatchNormReport,
  channel: number,
): Picture[] {
  const stages = [
    { name: 'before', title: 'entering the layer', all: report.before },
    { name: 'normalised', title: 'normalised by the batch', all: report.normalised },
    { name: 'after', title: 'after gamma and beta', all: report.after },
    { name: 'training', title: 'leaving the layer in training mode', all: report.modes.training },
    { name: 'inference', title: 'leaving the layer in inference mode', all: report.modes.inference },
  ];
  return stages.map(({ name, title, all }) => {
    const sentence = `Values of channel ${channel}, ${title}`;
    return {
      file: shelf.write(`${folder}/batch-norm-${name}.svg`, histogramSvg(sentence, all[channel]!)),
      alt: sentence,
      caption: `${sentence}.`,
      kind: 'chart',
      numbers: [shelf.csv(`${folder}/batch-norm-${name}.csv`, histogramNumbers(all))],
    };
  });
}

/** Of every channel: bins with their ends and counts. */
export function histogramNumbers(all: readonly Histogram[]): Numbers[] {
  const bins = all[0]?.counts.length ?? 0;
  const axes: Axis[] = [numbered('channel', all.length), numbered('bin', bins)];
  const of = (value: (one: Histogram, bin: number) => number) =>
    Float64Array.from(all.flatMap((one) => one.counts.map((_, bin) => value(one, bin))));
  const widthOf = ({ from, to }: Histogram) => (to - from) / bins;
  return [
    { name: 'from', axes, values: of((one, bin) => one.from + bin * widthOf(one)) },
    { name: 'to', axes, values: of((one, bin) => one.from + (bin + 1) * widthOf(one)) },
    { name: 'count', axes, values: of((one, bin) => one.counts[bin]!) },
  ];
}

const drifting = [
  { name: 'mean', title: 'Mean', of: ['movingMean', 'batchMean'] },
  { name: 'variance', title: 'Variance', of: ['movingVariance', 'batchVariance'] },
  { name: 'gamma', title: 'Gamma', of: ['gamma'] },
  { name: 'beta', title: 'Beta', of: ['beta'] },
] as const;
const curveNames = {
  movingMean: 'running',
  movingVariance: 'running',
  batchMean: 'batch',
  batchVariance: 'batch',
  gamma: 'gamma',
  beta: 'beta',
} satisfies Record<(typeof normFigures)[number], string>;

async function drift(
  { shelf }: ReportContext,
  { folder }: ReportLayer,
  history: NormHistory,
  channel: number,
): Promise<Picture[]> {
  const { steps, channels, figures } = history;
  const axes = [labelled('step', steps), numbered('channel', channels)];
  const numbers = [
    shelf.csv(
      `${folder}/drift.csv`,
      normFigures.map((name) => ({ name, axes, values: figures[name] })),
    ),
  ];
  const shown: Picture[] = [];
  for (const { name, title, of } of drifting) {
    const curves = of.map((figure, at) => ({
      ...{ label: curveNames[figure], color: seriesColor(at, false), dashed: at > 0 },
      points: driftCurve(history, figure, channel),
    }));
    const sentence = `${title} of channel ${channel} over the steps of training`;
    const values = figures[of[0]];
    const exact = of.map((figure) =>
      shelf.npy(`${folder}/drift-${figure}.npy`, figures[figure], [steps.length, channels]),
    );
    const heat = stepMap(heatMapOf(history, values), channels, steps.length);
    const every = `${title} of every channel (down) at every recorded step (to the right)`;
    shown.push(
      {
        ...{ alt: sentence, caption: `${sentence}.`, kind: 'chart', numbers },
        file: shelf.write(
          `${folder}/drift-${name}.svg`,
          curvesSvg(sentence, { xLabel: 'step', yLabel: title, curves, yScale: 'data' }),
        ),
      },
      {
        ...{ alt: every, caption: `${every}.`, kind: 'pixels', numbers: exact },
        file: await shelf.picture(`${folder}/drift-${name}.png`, heat),
        scale: { palette: 'viridis', range: rangeOf(values) },
      },
    );
  }
  return shown;
}

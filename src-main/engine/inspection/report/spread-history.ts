/** How a layer's numbers were spread over the steps of training, where that was recorded. */
import { labelled, numbered } from '../../../shared/figure/numbers.ts';
import { spreadBins, spreadFigures, tensorName } from '../../../shared/inspect/spread-history.ts';
import type { SpreadHistory, SpreadWarning, TensorHistory } from '../../../shared/inspect/spread-history.ts';
import { spreadMapOf } from '../../../shared/inspect/spread-map.ts';
import { formatCount, formatValue } from '../../../shared/numbers.ts';
import { rangeOf, seriesColor } from '../../../shared/colors.ts';
import { curvesSvg } from '../../report/charts.ts';
import type { ReportContext, ReportLayer } from './context.ts';
import { note, pictures, warning } from './page.ts';
import type { Block, Picture } from './page.ts';
import { stepMap } from './step-map.ts';

export async function historyBlocks(context: ReportContext, layer: ReportLayer): Promise<Block[]> {
  const history = context.spreadsOf(layer.spec.name);
  if (!history) return [note('How these numbers were spread over the steps of training was not recorded.')];
  if (history.tensors.length === 0) return [];
  const shown: Picture[] = [sizes(context, layer, history)];
  for (const tensor of history.tensors) shown.push(await overSteps(context, layer, history, tensor));
  return [pictures(...shown)];
}

const nameOf = (tensor: TensorHistory): string => tensorName(tensor).replace('/', '-');
const titleOf = ({ field, isGradient }: TensorHistory): string =>
  `${isGradient ? 'gradient by ' : ''}${field === 'output' ? 'activations' : field}`;

function sizes({ shelf }: ReportContext, { spec, folder }: ReportLayer, { steps, tensors }: SpreadHistory): Picture {
  const sentence = `Root mean squares in ${spec.name} over the steps of training`;
  const fields = [...new Set(tensors.map(({ field }) => field))];
  const curves = tensors.map((tensor) => ({
    ...{ label: titleOf(tensor), color: seriesColor(fields.indexOf(tensor.field), false), dashed: tensor.isGradient },
    points: steps.map((step, at) => [step, tensor.figures.size[at]!] as const),
  }));
  const axes = [labelled('step', steps)];
  const numbers = tensors.flatMap((tensor) =>
    spreadFigures.map((figure) => ({ name: `${nameOf(tensor)} ${figure}`, axes, values: tensor.figures[figure] })),
  );
  return {
    file: shelf.write(
      `${folder}/steps.svg`,
      curvesSvg(sentence, { xLabel: 'step', yLabel: 'root mean square', curves, yScale: 'log' }),
    ),
    ...{ alt: sentence, caption: `${sentence}.`, kind: 'chart' },
    numbers: [shelf.csv(`${folder}/steps.csv`, numbers)],
  };
}

async function overSteps(
  { shelf }: ReportContext,
  { spec, folder }: ReportLayer,
  { steps }: SpreadHistory,
  tensor: TensorHistory,
): Promise<Picture> {
  const { rows, columns, shares, from, to } = spreadMapOf(tensor);
  const base = `${folder}/steps-${nameOf(tensor)}`;
  const axes = [labelled('step', steps), numbered('bin', spreadBins)];
  return {
    file: await shelf.picture(`${base}.png`, stepMap(shares, rows, columns)),
    alt: `Histograms of ${titleOf(tensor)} of ${spec.name} over the steps of training`,
    caption: `Histograms of ${titleOf(tensor)}, a column for each of ${formatCount(steps.length)} recorded steps, from ${formatValue(from)} (bottom) to ${formatValue(to)} (top): share of the values.`,
    kind: 'pixels',
    scale: { palette: 'viridis', range: rangeOf(shares) },
    numbers: [shelf.csv(`${base}.csv`, [{ name: 'count', axes, values: tensor.counts }])],
  };
}

const troubles: Record<SpreadWarning['kind'], string> = {
  vanishing: 'the gradient vanished on its way back to',
  exploding: 'the gradient exploded on its way back to',
  broken: 'numbers were NaN or infinite in',
  none: 'no gradient got to',
  dead: 'every unit was 0 in',
};

/** What was wrong with the network while it trained. */
export function troubleBlocks({ network, spreadsOf }: ReportContext): Block[] {
  const warnings = spreadsOf(network.layers.at(-1)!.name)?.warnings ?? [];
  return warnings.map(({ kind, layer, since, until }) => {
    const when =
      until === null
        ? `from step ${formatCount(since)} on`
        : `from step ${formatCount(since)} to ${formatCount(until)}`;
    return warning(`While it trained, ${when}, ${troubles[kind]} ${layer}.`);
  });
}

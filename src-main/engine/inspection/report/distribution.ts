/** How the numbers of every layer are spread, and how the gradient gets through the network. */
import { labelled } from '../../../shared/figure/numbers.ts';
import { gradientFindings } from '../../../shared/inspect/distributions.ts';
import type { GradientFinding, LayerSpread, Spread, SpreadReport } from '../../../shared/inspect/distributions.ts';
import { formatCount, formatPercent, formatValue } from '../../../shared/numbers.ts';
import { distributions } from '../distributions.ts';
import { histogramNumbers } from './batch-norms.ts';
import { histogramSvg } from '../../report/charts.ts';
import type { ReportContext, ReportLayer } from './context.ts';
import { note, pictures, text, warning } from './page.ts';
import { historyBlocks, troubleBlocks } from './spread-history.ts';
import type { Block, Part, Picture } from './page.ts';

export const spreadsOf = ({ model, network, pixels, classIndex }: ReportContext): SpreadReport =>
  distributions(model, network, pixels, classIndex);

/** All layers in one table, with what is wrong with the gradients. */
export function spreadTable(context: ReportContext, { loss, layers, target }: SpreadReport): Part {
  const { shelf, classes } = context;
  const rows = layers.map((layer) => ({ layer, figures: figuresOf(layer) }));
  const names = Object.keys(rows[0]!.figures) as (keyof ReturnType<typeof figuresOf>)[];
  const axes = [
    labelled(
      'layer',
      layers.map(({ name }) => name),
    ),
  ];
  const findings = gradientFindings(layers);
  return {
    id: 'gradients',
    title: 'Distributions and gradients of all layers',
    blocks: [
      text(
        `Of the loss of this image against ${classes[target]!}, in inference mode: ${formatValue(loss)} nats. Sizes are root mean squares.`,
      ),
      ...(findings.length > 0
        ? findings.map((finding) => warning(findingText(finding)))
        : [text('The gradients get through: by the first kernel and by the last they are of like size.')]),
      ...troubleBlocks(context),
      {
        kind: 'table',
        caption: 'Sizes of what each layer hands on, of its kernel, and of the gradients by both',
        columns: ['Layer', ...names],
        rows: rows.map(({ layer, figures }) => [
          layer.name,
          ...names.map((name) => {
            const value = figures[name];
            if (value === null) return '';
            return name === 'zeros' || name === 'saturated' ? formatPercent(value) : formatValue(value);
          }),
        ]),
        numbers: [
          shelf.csv(
            'gradients/layers.csv',
            names.map((name) => ({
              name,
              axes,
              values: Float64Array.from(rows, ({ figures }) => figures[name] ?? NaN),
            })),
          ),
        ],
      },
    ],
  };
}

function figuresOf({ activations, gradient, weights, saturated }: LayerSpread) {
  const kernel = weights.find(({ field }) => field.toLowerCase().endsWith('kernel'));
  return {
    activations: activations.size,
    kernel: kernel?.values.size ?? null,
    'gradient by activations': gradient?.size ?? null,
    'gradient by kernel': kernel?.gradient?.size ?? null,
    zeros: activations.zeros,
    saturated,
  };
}

function findingText(finding: GradientFinding): string {
  switch (finding.kind) {
    case 'broken':
      return `The gradient by the kernel of ${finding.layer} holds NaN or infinite values: the weights or the activations are broken.`;
    case 'none':
      return `No gradient gets to the kernel of ${finding.layer}: for this image it learns nothing.`;
    case 'vanishing':
      return `The gradient vanishes: by the kernel of ${finding.first} it is ${formatValue(1 / finding.ratio)} times smaller than by that of ${finding.last}.`;
    case 'exploding':
      return `The gradient explodes: by the kernel of ${finding.first} it is ${formatValue(finding.ratio)} times larger than by that of ${finding.last}.`;
  }
}

/** Histograms of one layer's activations, weights and gradients. */
export async function spreadSection(
  context: ReportContext,
  reportLayer: ReportLayer,
  layer: LayerSpread,
): Promise<Part> {
  const { shelf } = context;
  const { folder, id } = reportLayer;
  const spreads = [
    { name: 'activations', title: 'Activations', spread: layer.activations },
    { name: 'activations-gradient', title: 'Gradient by the activations', spread: layer.gradient },
    ...layer.weights.flatMap(({ field, values, gradient }) => [
      { name: field, title: `Weights: ${field}`, spread: values },
      { name: `${field}-gradient`, title: `Gradient by ${field}`, spread: gradient },
    ]),
  ].filter((one): one is { name: string; title: string; spread: Spread } => one.spread !== null);
  const shown = spreads.map(({ name, title, spread }): Picture => {
    const sentence = `${title} of ${layer.name}`;
    const file = shelf.write(`${folder}/spread-${name}.svg`, histogramSvg(sentence, spread.histogram));
    const broken =
      spread.broken > 0 ? ` ${formatCount(spread.broken)} values are NaN or infinite; they are not drawn.` : '';
    return {
      ...{ file, alt: sentence, kind: 'chart' },
      caption: `${title}: root mean square ${formatValue(spread.size)}, ${formatPercent(spread.zeros)} exact zeros.${broken}`,
      numbers: [shelf.csv(`${folder}/spread-${name}.csv`, histogramNumbers([spread.histogram]))],
    };
  });
  const blocks: Block[] = [pictures(...shown)];
  if (layer.saturated !== null) {
    blocks.unshift(
      text(`${formatPercent(layer.saturated)} of the units are saturated: at an end where the function is flat.`),
    );
  }
  if (!layer.gradient) blocks.unshift(note('The layer does not reach the output: the loss does not depend on it.'));
  blocks.push(...(await historyBlocks(context, reportLayer)));
  return { id: `${id}-spread`, title: 'Distribution', blocks };
}

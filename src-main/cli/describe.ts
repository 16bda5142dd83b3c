/** `receptive describe`: what each layer of a network is and costs, and how two networks differ. */
import { ReceptiveError } from '../shared/errors.ts';
import { compareNetworks } from '../shared/network/compare.ts';
import type { ComparedLayer, Comparison } from '../shared/network/compare.ts';
import { toDraft } from '../shared/network/edit.ts';
import { formulasOf } from '../shared/network/formulas.ts';
import { checkNetwork, describeNetwork, pairText, shapeText } from '../shared/network/index.ts';
import type { LayerFigures, Totals } from '../shared/network/index.ts';
import { activationBytes } from '../shared/network/memory.ts';
import { graphSvg } from '../shared/network/picture/svg.ts';
import type { Network, Shape } from '../shared/network/spec.ts';
import type { DescribeOptions } from './options.ts';
import type { Output } from './output.ts';
import { readNetwork } from './network.ts';
import { asMarkdown, table } from './readable.ts';

export async function run(options: DescribeOptions, output: Output): Promise<Record<string, unknown>> {
  const { classes, format, batch } = options;
  const asTable = format === 'markdown' ? asMarkdown : table;
  const network = await readNetwork(options);
  if (format === 'svg') return drawn(network, options, output);
  if (options.compare) {
    const first = await readNetwork({ ...options, network: options.compare });
    const comparison = compareNetworks(first, network, classes);
    output.text(asTable(comparison.layers.map(comparedRow)));
    output.text(`\n${totalsText(comparison)}`);
    return { ...comparison };
  }
  const { layers, warnings, totals } = figuresOf(network, classes);
  const { params, nonTrainable, macs } = totals;
  output.text(asTable(layers.map((layer) => rowOf(layer, totals, batch))));
  output.text(`\n${count(params)} parameters, ${count(nonTrainable)} not trained; ${count(macs)} multiply-accumulates`);
  for (const message of warnings) output.warn(message);
  const byName = new Map(network.layers.map((layer) => [layer.name, layer]));
  return {
    layers: layers.map((layer) => ({
      ...layer,
      activationBytes: activationBytes(layer.outputShape, batch),
      paramsShare: shareOf(layer.params, params),
      macsShare: shareOf(layer.macs, macs),
      formulas: formulasOf(byName.get(layer.name)!, shapesOf(layer), classes).map(({ text }) => text),
    })),
    totals,
  };
}

/** The graph as a drawing; of two networks there is none. */
function drawn(network: Network, { classes, compare }: DescribeOptions, output: Output): Record<string, unknown> {
  if (compare) {
    throw new ReceptiveError('usage', '--format svg draws one network.', 'Leave out --compare, or use --format table.');
  }
  checkNetwork(network, classes);
  const svg = graphSvg(toDraft(network)!, classes);
  output.text(svg);
  return { svg };
}

const count = (value: number): string => value.toLocaleString('en');
const shareOf = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

function shapesOf({ inputShape }: LayerFigures): Shape[] {
  return (Array.isArray(inputShape[0]) ? inputShape : [inputShape]) as Shape[];
}

/** A part of a network may be described too: that its last layer does not give the classes is a warning here. */
function figuresOf(network: Network, classes: number): { layers: LayerFigures[]; warnings: string[]; totals: Totals } {
  const { layers, totals, warnings } = describeNetwork(network, classes);
  const messages = warnings.map(({ message }) => message);
  const last = layers.at(-1);
  const onlyTheEnd = layers.every((layer) => layer.outputShape !== null);
  if (!onlyTheEnd || !last?.problem) return { layers: checkNetwork(network, classes), warnings: messages, totals };
  messages.push(`${last.problem.message}; this network cannot be trained as it is`);
  return { layers: layers.map(({ problem: _, ...figures }) => figures as LayerFigures), warnings: messages, totals };
}

function rowOf(layer: LayerFigures, totals: Totals, batch: number): Record<string, unknown> {
  const { name, kind, params, macs, receptiveField } = layer;
  return {
    layer: name,
    kind,
    output: shapeText(layer.outputShape),
    parameters: params,
    'without bias': layer.paramsWithoutBias,
    share: percent(params, totals.params),
    'multiply-accumulates': macs,
    'of all': percent(macs, totals.macs),
    'receptive field': `${pairText(receptiveField.size)} px`,
    stride: `${pairText(receptiveField.stride)} px`,
    start: `${receptiveField.start.join(', ')} px`,
    [batch === 1 ? 'memory' : `memory x ${batch}`]:
      `${(activationBytes(layer.outputShape, batch) / 1000).toFixed(1)} kB`,
  };
}

const percent = (part: number, whole: number): string => `${(100 * shareOf(part, whole)).toFixed(1)} %`;

const statuses: Record<ComparedLayer['status'], string> = {
  same: 'same',
  changed: 'changed',
  onlyFirst: 'first only',
  onlySecond: 'second only',
};

function comparedRow({ status, first, second, fields }: ComparedLayer): Record<string, unknown> {
  const change = fields.map(
    ({ field, first: a, second: b }) => `${field} ${JSON.stringify(a)} to ${JSON.stringify(b)}`,
  );
  return {
    first: first?.name,
    second: second?.name,
    kind: (first ?? second)?.kind,
    layer: statuses[status],
    'first output': first?.outputShape ? shapeText(first.outputShape) : undefined,
    'second output': second?.outputShape ? shapeText(second.outputShape) : undefined,
    'first parameters': first?.params,
    'second parameters': second?.params,
    change: change.join(', '),
  };
}

function totalsText({ first, second }: Comparison): string {
  const line = (what: string, of: (totals: Totals) => number): string => {
    const [a, b] = [of(first), of(second)];
    const times = a === 0 || a === b ? '' : ` (${(b / a).toFixed(2)} times)`;
    return `${what}: ${count(a)} and ${count(b)}${times}`;
  };
  return [line('Parameters', (totals) => totals.params), line('Multiply-accumulates', (totals) => totals.macs)].join(
    '\n',
  );
}

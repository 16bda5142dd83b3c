/** `receptive describe`: what each layer of a network is and costs. */
import { checkNetwork, describeNetwork, pairText, shapeText } from '../shared/network/index.ts';
import type { LayerFigures, Totals } from '../shared/network/index.ts';
import type { Network } from '../shared/network/spec.ts';
import type { DescribeOptions } from './options.ts';
import type { Output } from './output.ts';
import { readNetwork } from './network.ts';
import { table } from './readable.ts';

export async function run(options: DescribeOptions, output: Output): Promise<Record<string, unknown>> {
  const { classes } = options;
  const network = await readNetwork(options);
  const { layers, warnings, totals } = figuresOf(network, classes);
  const { params, nonTrainable, macs } = totals;
  output.text(table(layers.map(rowOf)));
  const count = (value: number): string => value.toLocaleString('en');
  output.text(`\n${count(params)} parameters, ${count(nonTrainable)} not trained; ${count(macs)} multiply-accumulates`);
  for (const message of warnings) output.warn(message);
  return { layers, totals };
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

function rowOf(layer: LayerFigures): Record<string, unknown> {
  const { name, kind, params, macs, receptiveField } = layer;
  return {
    layer: name,
    kind,
    output: shapeText(layer.outputShape),
    parameters: params,
    'multiply-accumulates': macs,
    'receptive field': `${pairText(receptiveField.size)} px`,
    stride: `${pairText(receptiveField.stride)} px`,
  };
}

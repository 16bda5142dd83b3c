/** `receptive describe`: what each layer of a network is and costs. */
import { checkNetwork, describeNetwork, pairText, shapeText } from '../shared/network/index.ts';
import type { LayerFigures } from '../shared/network/index.ts';
import type { DescribeOptions } from './options.ts';
import type { Output } from './output.ts';
import { readNetwork } from './network.ts';
import { table } from './readable.ts';

export async function run(options: DescribeOptions, output: Output): Promise<Record<string, unknown>> {
  const { classes } = options;
  const network = await readNetwork(options);
  const layers = checkNetwork(network, classes);
  const { totals, warnings } = describeNetwork(network, classes);
  const { params, nonTrainable, macs } = totals;
  output.text(table(layers.map(rowOf)));
  const count = (value: number): string => value.toLocaleString('en');
  output.text(`\n${count(params)} parameters, ${count(nonTrainable)} not trained; ${count(macs)} multiply-accumulates`);
  for (const { message } of warnings) output.warn(message);
  return { layers, totals };
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

import { saturatedShare, spreadOf } from '../../shared/inspect/distributions.ts';
import type { LayerSpread, SpreadReport } from '../../shared/inspect/distributions.ts';
import { layersInUse, topologicalOrder } from '../../shared/network/index.ts';
import type { Network } from '../../shared/network/spec.ts';
import type { Model } from '../graph/model.ts';
import { lossGradient } from './loss-gradient.ts';
import { outputOf } from './maps.ts';

/** Activations, weights and gradients of every layer, of the loss of one image against class `target`, in inference mode. */
export function distributions(model: Model, network: Network, pixels: Uint8Array, target: number): SpreadReport {
  const { inputs, weights, loss } = lossGradient(model, pixels, target);
  const used = layersInUse(network);
  const layers = topologicalOrder(network).map((index) => network.layers[index]!);
  const variables = model.variables.filter(({ role }) => role === 'weight');
  const variablesOf = (layer: string) => variables.filter((variable) => variable.layer === layer);
  const names = layers.flatMap(({ name }) => {
    const own = variablesOf(name).map((variable) => variable.name);
    const gradients = [outputOf(name), ...own].map((tensor) => `${tensor}/gradient`);
    return [outputOf(name), ...own, ...(used.has(name) ? gradients : [])];
  });
  const found = model.explain(inputs, weights, names);
  const spread = (tensor: string) => spreadOf(found[tensor]!.values);
  const gradientOf = (tensor: string) => (found[`${tensor}/gradient`] ? spread(`${tensor}/gradient`) : null);
  return {
    loss,
    target,
    layers: layers.map((layer): LayerSpread => {
      const output = outputOf(layer.name);
      return {
        name: layer.name,
        kind: layer.kind,
        activations: spread(output),
        saturated: layer.kind === 'activation' ? saturatedShare(layer.function, found[output]!.values) : null,
        gradient: gradientOf(output),
        weights: variablesOf(layer.name).map(({ name }) => ({
          field: name.slice(layer.name.length + 1),
          values: spread(name),
          gradient: gradientOf(name),
        })),
      };
    }),
  };
}

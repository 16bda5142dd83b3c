import type { LayerActivation } from '../../shared/inspection.ts';
import type { Network, Shape } from '../../shared/network/spec.ts';
import type { Model } from '../graph/model.ts';
import { statisticsOf } from './statistics.ts';

/** Every layer's output for one image, pixels uint8 [1, height, width, channels], in inference mode, in one pass. */
export function layerActivations(model: Model, network: Network, pixels: Uint8Array): LayerActivation[] {
  const fetched = model.fetch(
    pixels,
    network.layers.map(({ name }) => outputOf(name)),
  );
  return network.layers.map(({ name, kind }) => {
    const { shape, values } = fetched[outputOf(name)]!;
    return { name, kind, shape: shape.slice(1) as Shape, values, ...statisticsOf(values) };
  });
}

/** The tensor name of a layer's output; "input" is the scaled image itself. */
export function outputOf(layer: string): string {
  return `${layer}/output`;
}

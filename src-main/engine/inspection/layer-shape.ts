import { ReceptiveError } from '../../shared/errors.ts';
import { describeNetwork } from '../../shared/network/index.ts';
import type { Network, Shape } from '../../shared/network/spec.ts';
import type { Model } from '../graph/model.ts';

/** The shape of a layer's output, without the batch. @throws ReceptiveError `usage` for a layer that there is not */
export function shapeOfLayer({ classes }: Model, network: Network, layer: string): Shape {
  const shape = describeNetwork(network, classes).layers.find(({ name }) => name === layer)?.outputShape;
  if (!shape) throw new ReceptiveError('usage', `The network has no layer called ${layer}.`);
  return shape;
}

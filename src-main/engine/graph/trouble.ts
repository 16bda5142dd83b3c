import { ReceptiveError } from '../../shared/errors.ts';
import { formatValue } from '../../shared/numbers.ts';
import { layersInUse, topologicalOrder } from '../../shared/network/graph.ts';
import type { Layer, Network } from '../../shared/network/spec.ts';
import type { Variable } from './variables.ts';

/** Outputs above it can make a loss explode: no loss is above twice the largest logit and the logarithm of the classes. */
const largeOutput = 1000;

/** The square of what is above it, as a norm or a statistic needs it, is infinite in float32. */
const largeSquare = 1e18;

/**
 * Says in which layer numbers went wrong first: forward through the outputs, back through the gradients, then in weights.
 * `read` gives a tensor of the training pass by its name.
 */
export function describeTrouble(
  network: Network,
  variables: readonly Variable[],
  read: (name: string) => ArrayLike<number>,
  highestLoss: number,
): ReceptiveError {
  const used = layersInUse(network);
  const layers = topologicalOrder(network)
    .map((index) => network.layers[index]!)
    .filter(({ name }) => used.has(name));
  const weightsOf = (layer: Layer) => variables.filter((one) => one.layer === layer.name && one.trainable);
  let large: { layer: Layer; peak: number } | null = null;
  for (const layer of layers) {
    const peak = largest(read(`${layer.name}/output`));
    if (!(peak < largeSquare)) return diverged(layer, `its outputs hold ${nameOf(peak)}, the first in the network`);
    if (peak > largeOutput) large ??= { layer, peak };
  }
  for (const layer of layers.toReversed()) {
    for (const name of [`${layer.name}/output`, ...weightsOf(layer).map((weight) => weight.name)]) {
      const peak = largest(read(`${name}/gradient`));
      if (!(peak < largeSquare))
        return diverged(layer, `its gradients hold ${nameOf(peak)}, the first on the way back`);
    }
  }
  for (const layer of layers) {
    const peak = Math.max(...weightsOf(layer).map(({ name }) => largest(read(name))));
    if (!(peak < largeSquare)) return diverged(layer, `its weights hold ${nameOf(peak)}`);
  }
  const { layer, peak } = large ?? { layer: layers.at(-1)!, peak: largest(read(`${layers.at(-1)!.name}/output`)) };
  const nats = Math.round(highestLoss).toLocaleString('en');
  return diverged(
    layer,
    `the loss is above ${nats} nats, and it is the first whose outputs are that large (${formatValue(peak)})`,
  );
}

/** The largest absolute value; NaN as soon as there is one. */
function largest(values: ArrayLike<number>): number {
  let peak = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]!);
    if (Number.isNaN(size)) return size;
    if (size > peak) peak = size;
  }
  return peak;
}

function nameOf(peak: number): string {
  if (Number.isNaN(peak)) return 'NaN (no number)';
  return peak === Infinity ? 'infinity' : formatValue(peak);
}

function diverged({ name, kind }: Layer, what: string): ReceptiveError {
  return new ReceptiveError('diverged', `Layer "${name}" (${kind}): ${what}.`);
}

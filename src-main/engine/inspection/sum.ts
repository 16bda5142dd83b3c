/** The numbers that go into one map of a layer. */
import { ReceptiveError } from '../../shared/errors.ts';
import type { Afterwards, SumOfMap } from '../../shared/inspect/sum.ts';
import { channelsOf } from '../../shared/inspect/maps.ts';
import type { Maps } from '../../shared/inspect/maps.ts';
import { inputsOf, resolvePadding, windowOf } from '../../shared/network/index.ts';
import type { Layer, LayerOf, Network } from '../../shared/network/spec.ts';
import type { Model } from '../graph/model.ts';
import type { Activations } from './activations.ts';

type Summing = LayerOf<'conv2d' | 'depthwiseConv2d' | 'dense'>;

/**
 * One map of a convolution or one unit of a dense layer, for the image of `activations`.
 * @throws ReceptiveError `usage` for other kinds of layers, and maps that there are not
 */
export function sumOfMap(
  model: Model,
  network: Network,
  activations: Activations,
  layer: string,
  map: number,
): SumOfMap {
  const index = network.layers.findIndex(({ name }) => name === layer);
  const spec = network.layers[index];
  if (spec?.kind !== 'conv2d' && spec?.kind !== 'depthwiseConv2d' && spec?.kind !== 'dense') {
    const found = spec ? `is ${spec.kind}` : 'is not in the network';
    throw new ReceptiveError('usage', `${layer} ${found}; sums are shown of convolutions and dense layers.`);
  }
  const output = activations.values(layer, spec.kind === 'dense' ? 0 : map);
  const { shape } = activations.output(layer);
  const maps = shape.at(-1)!;
  if (map >= maps) throw new ReceptiveError('usage', `${layer} has no unit ${map}; it has ${maps}.`);
  const source = inputsOf(network)[index]![0]!;
  const taken = inputOf(activations, source);
  const firstChannel = spec.kind === 'depthwiseConv2d' ? Math.floor(map / spec.depthMultiplier) : 0;
  const input = spec.kind === 'depthwiseConv2d' ? channelsOf(taken, firstChannel, 1) : taken;
  const window = windowOf(spec);
  const fetch = (name: string): Float32Array => activations.variable(model, `${layer}/${name}`);
  return {
    layer,
    map,
    maps,
    source,
    input,
    firstChannel,
    kernel: { size: window?.kernel ?? [1, 1], channels: input.shape[2], values: kernelOf(spec, fetch, map, maps) },
    sliding: {
      strides: window?.strides ?? [1, 1],
      dilation: window?.dilation ?? [1, 1],
      padding: window
        ? resolvePadding(window, [input.shape[0], input.shape[1]])
        : [
            [0, 0],
            [0, 0],
          ],
    },
    bias: spec.useBias ? fetch('bias')[map]! : null,
    size: shape.length === 3 ? [shape[0], shape[1]] : [1, 1],
    output: spec.kind === 'dense' ? output.slice(map, map + 1) : output,
    after: afterwards(model, network, activations, layer, map),
  };
}

/** A vector is one cell with its units as channels. */
function inputOf(activations: Activations, source: string): Maps {
  const { shape, values } = activations.output(source);
  return { shape: shape.length === 3 ? shape : [1, 1, shape[0]], values };
}

/** Of [height, width, channels, filters], of a depthwise [height, width, channels, multiplier], of a dense [channels, units]. */
function kernelOf(spec: Summing, fetch: (name: string) => Float32Array, map: number, maps: number): Float32Array {
  const all = fetch(spec.kind === 'depthwiseConv2d' ? 'depthwiseKernel' : 'kernel');
  // The last axes of every kind, taken together, count the maps.
  return Float32Array.from({ length: all.length / maps }, (_, at) => all[at * maps + map]!);
}

/** Batch norm and activation, as long as nobody else uses what comes in between. */
function afterwards(
  model: Model,
  network: Network,
  activations: Activations,
  layer: string,
  map: number,
): Afterwards[] {
  const sources = inputsOf(network);
  const users = network.layers.filter((_, at) => sources[at]!.includes(layer));
  const [next] = users;
  if (users.length !== 1 || !next) return [];
  const step = afterwardsOf(model, activations, next, map);
  return step ? [step, ...afterwards(model, network, activations, next.name, map)] : [];
}

function afterwardsOf(model: Model, activations: Activations, next: Layer, map: number): Afterwards | null {
  const { name: layer } = next;
  if (next.kind !== 'batchNorm' && next.kind !== 'activation') return null;
  const { shape } = activations.output(layer);
  const output = shape.length === 3 ? activations.values(layer, map) : activations.values(layer, 0).slice(map, map + 1);
  if (next.kind === 'activation') return { layer, output, kind: 'activation', function: next.function };
  const figure = (name: string): number => activations.variable(model, `${layer}/${name}`)[map]!;
  const [mean, variance] = [figure('movingMean'), figure('movingVariance')];
  return {
    layer,
    output,
    kind: 'batchNorm',
    mean,
    variance,
    gamma: figure('gamma'),
    beta: figure('beta'),
    epsilon: next.epsilon,
  };
}

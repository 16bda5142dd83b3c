/** The numbers that go into one map of a layer. */
import { ReceptiveError } from '../../shared/errors.ts';
import type { Afterwards, Change, Moments, SumOfMap } from '../../shared/inspect/sum.ts';
import { channelsOf } from '../../shared/inspect/maps.ts';
import type { Maps } from '../../shared/inspect/maps.ts';
import { inputsOf } from '../../shared/network/index.ts';
import type { Layer, Network, Pair } from '../../shared/network/spec.ts';
import type { Model } from '../graph/model.ts';
import type { Activations } from './activations.ts';
import { isSumming, termsOf } from './sum-terms.ts';

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
  if (!spec || !isSumming(spec)) {
    const found = spec ? `is ${spec.kind}` : 'is not in the network';
    throw new ReceptiveError('usage', `${layer} ${found}; sums are shown of convolutions and dense layers.`);
  }
  const { shape } = activations.output(layer);
  const maps = shape.at(-1)!;
  if (map >= maps) throw new ReceptiveError('usage', `${layer} has no unit ${map}; it has ${maps}.`);
  const source = inputsOf(network)[index]![0]!;
  const fetch = (name: string): Float32Array => activations.variable(model, `${layer}/${name}`);
  const size: Pair = shape.length === 3 ? [shape[0], shape[1]] : [1, 1];
  return {
    ...{ layer, map, maps, source, size },
    ...termsOf(spec, asMaps(activations, source), { map, maps, size }, fetch),
    bias: spec.useBias ? fetch('bias')[map]! : null,
    output: channelsOf(asMaps(activations, layer), map, 1).values,
    after: afterwards(model, network, activations, layer, map),
  };
}

/** A vector is one cell with its units as channels. */
function asMaps(activations: Activations, layer: string): Maps {
  const { shape, values } = activations.output(layer);
  return { shape: shape.length === 3 ? shape : [1, 1, shape[0]], values };
}

/** Normalisation and activation, as long as nobody else uses what comes in between. Dropout does nothing in inference. */
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
  const rest = () => afterwards(model, network, activations, next.name, map);
  if (next.kind === 'dropout') return rest();
  const change = changeBy(model, activations, { layer: next, source: layer }, map);
  if (!change) return [];
  return [
    { layer: next.name, output: channelsOf(asMaps(activations, next.name), map, 1).values, ...change },
    ...rest(),
  ];
}

function changeBy(
  model: Model,
  activations: Activations,
  { layer, source }: { layer: Layer; source: string },
  map: number,
): Change | null {
  if (layer.kind === 'activation') return { kind: 'activation', function: layer.function };
  const figure = (name: string): Float32Array =>
    activations.variable(model, `${layer.name}/${name}`).slice(map, map + 1);
  const moments = (): Moments | null => {
    if (layer.kind === 'batchNorm') return { mean: figure('movingMean'), variance: figure('movingVariance') };
    if (layer.kind === 'layerNorm') return cellMoments(asMaps(activations, source));
    if (layer.kind === 'groupNorm') return groupMoments(asMaps(activations, source), layer.groups, map);
    return null;
  };
  const found = moments();
  if (!found || !('epsilon' in layer)) return null;
  const [gamma, beta] = [figure('gamma')[0]!, figure('beta')[0]!];
  return { kind: 'normalisation', by: layer.kind, ...found, gamma, beta, epsilon: layer.epsilon };
}

/** Of all channels of each cell (Ba, Kiros, Hinton 2016). */
function cellMoments({ shape: [height, width, channels], values }: Maps): Moments {
  const [mean, variance] = [new Float64Array(height * width), new Float64Array(height * width)];
  for (let cell = 0; cell < mean.length; cell++) {
    const own = momentsOf(values.subarray(cell * channels, (cell + 1) * channels));
    [mean[cell], variance[cell]] = [own.mean, own.variance];
  }
  return { mean, variance };
}

/** Of all cells of the channels in the map's group (Wu and He 2018). */
function groupMoments(maps: Maps, groups: number, map: number): Moments {
  const channels = maps.shape[2] / groups;
  const { mean, variance } = momentsOf(channelsOf(maps, Math.floor(map / channels) * channels, channels).values);
  return { mean: [mean], variance: [variance] };
}

function momentsOf(values: Float32Array): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
}

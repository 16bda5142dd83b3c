import { ReceptiveError } from '../../shared/errors.ts';
import { gridOf, innerCells, relativeError } from '../../shared/inspect/equivariance.ts';
import type { EquivarianceReport, LayerEquivariance } from '../../shared/inspect/equivariance.ts';
import { channelsOf, spreadChannels } from '../../shared/inspect/maps.ts';
import type { Maps } from '../../shared/inspect/maps.ts';
import { place, placePixels } from '../../shared/inspect/placement.ts';
import type { Placement } from '../../shared/inspect/placement.ts';
import { describeNetwork, topologicalOrder } from '../../shared/network/index.ts';
import type { Network, Shape } from '../../shared/network/spec.ts';
import type { Model } from '../graph/model.ts';
import { outputOf } from './maps.ts';

/** Values of a layer that are compared, so that the maps follow the slider: of larger maps fewer channels. */
const mostValues = 300_000;
/** Channels of the chosen layer that are shown. */
const shownChannels = 16;

export interface EquivarianceChoice {
  layer: string;
  placement: Placement;
  /** First of the channels that are shown. */
  from: number;
}

/**
 * The image moved and each layer run, against each layer run and its maps moved, in inference mode. What comes in over an
 * edge repeats the pixels, or the cells, at that edge.
 */
export function equivariance(
  model: Model,
  network: Network,
  pixels: Uint8Array,
  { layer, placement, from }: EquivarianceChoice,
): EquivarianceReport {
  if (!network.layers.some(({ name }) => name === layer)) {
    throw new ReceptiveError('usage', `${layer} is not in the network.`);
  }
  const { size, channels } = network.input;
  const moved = placePixels(pixels, [size[0], size[1], channels], placement);
  const both = new Uint8Array(2 * pixels.length);
  both.set(pixels);
  both.set(moved, pixels.length);
  const names = network.layers.map(({ name }) => outputOf(name));
  const found = model.fetch(both, names);
  const described = new Map(describeNetwork(network, model.classes).layers.map((one) => [one.name, one]));

  const twoOf = (name: string): [Maps, Maps] => {
    const { shape, values } = found[outputOf(name)]!;
    const maps = (shape.length === 4 ? shape.slice(1) : [1, 1, shape[1]!]) as Maps['shape'];
    const half = values.length / 2;
    return [
      { shape: maps, values: values.subarray(0, half) },
      { shape: maps, values: values.subarray(half) },
    ];
  };
  const compare = (index: number): LayerEquivariance => {
    const { name, kind } = network.layers[index]!;
    const { receptiveField: sight, outputShape } = described.get(name)!;
    const about = { name, kind, shape: outputShape as Shape };
    const [still, after] = twoOf(name);
    if (outputShape?.length !== 3 || !sight) {
      return {
        ...about,
        compared: still.shape[2],
        error: relativeError(after, still, null)!,
        inner: null,
        stride: null,
      };
    }
    const [height, width, all] = still.shape;
    const count = Math.max(1, Math.min(all, Math.floor(mostValues / (height * width))));
    const movedMaps = place(spreadChannels(still, count), placement, gridOf(sight, size));
    const compared = spreadChannels(after, count);
    return {
      ...about,
      compared: count,
      error: relativeError(compared, movedMaps, null)!,
      inner: relativeError(compared, movedMaps, innerCells(still.shape, sight, size, placement)),
      stride: sight.stride,
    };
  };

  const { outputShape, receptiveField: sight } = described.get(layer)!;
  let maps: EquivarianceReport['maps'] = null;
  if (outputShape?.length === 3 && sight) {
    const [still, after] = twoOf(layer);
    const all = still.shape[2];
    const first = Math.min(from, all - 1);
    const count = Math.min(shownChannels, all - first);
    const chosen = channelsOf(still, first, count);
    maps = {
      from: first,
      all,
      layerThenMove: place(chosen, placement, gridOf(sight, size)),
      moveThenLayer: channelsOf(after, first, count),
    };
  }
  return { moved, layers: topologicalOrder(network).map(compare), maps };
}

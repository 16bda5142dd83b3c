/** Every layer's output for the image under the lens, kept while its model is: a tab asks for one layer after another. */
import { ReceptiveError } from '../../shared/errors.ts';
import { mapsOf } from '../../shared/inspection.ts';
import type { LayerSummary, MapBytes, MapStatistics } from '../../shared/inspection.ts';
import type { Network, Shape } from '../../shared/network/spec.ts';
import { names } from '../graph/compile.ts';
import type { Model } from '../graph/model.ts';
import { mapBytes, mapStatistics, preview } from './map-bytes.ts';
import { outputOf } from './maps.ts';

interface Output {
  shape: Shape;
  values: Float32Array;
  statistics: MapStatistics;
}

export class Activations {
  /** [classes], of the same pass. */
  readonly probabilities: Float32Array;
  readonly #network: Network;
  readonly #pixels: Uint8Array;
  readonly #outputs: ReadonlyMap<string, Output>;

  /** One pass in inference mode over one image, uint8 [1, height, width, channels]. */
  constructor(model: Model, network: Network, pixels: Uint8Array) {
    const layers = ['input', ...network.layers.map(({ name }) => name)];
    const tensors = [...layers.map(outputOf), names.probabilities];
    const fetched = model.fetch(pixels, tensors);
    this.probabilities = fetched[names.probabilities]!.values;
    this.#network = network;
    this.#pixels = pixels;
    this.#outputs = new Map(
      layers.map((name) => {
        const { shape: batched, values } = fetched[outputOf(name)]!;
        const shape = batched.slice(1) as Shape;
        return [name, { shape, values, statistics: mapStatistics(values, shape) }];
      }),
    );
  }

  /** Of every layer, in the network's order. */
  summaries(): LayerSummary[] {
    return this.#network.layers.map(({ name, kind }) => {
      const { shape, values, statistics } = this.output(name);
      return { name, kind, shape, statistics, preview: preview(values, shape, statistics) };
    });
  }

  /** `count` maps of a layer from `first` on, fewer where it ends. */
  maps(layer: string, first: number, count: number): MapBytes {
    const { shape, values, statistics } = this.output(layer);
    const available = mapsOf(shape)[2] - first;
    if (available < 1) throw new ReceptiveError('usage', `${layer} has no map ${first}.`);
    return mapBytes(values, shape, statistics, { first, count: Math.min(count, available) });
  }

  /** The exact values of one map, row by row, or without `map` of all, channels last; of a vector, all units. */
  values(layer: string, map?: number): Float32Array {
    const { shape, values } = this.output(layer);
    if (map === undefined) return values;
    const [height, width, maps] = mapsOf(shape);
    if (map >= maps) throw new ReceptiveError('usage', `${layer} has no map ${map}; it has ${maps}.`);
    return Float32Array.from({ length: height * width }, (_, cell) => values[cell * maps + map]!);
  }

  /** A variable of the model that computed these. */
  variable(model: Model, name: string): Float32Array {
    return model.fetch(this.#pixels, [name])[name]!.values;
  }

  /** Of a layer, or of "input", the image as the first layers see it. */
  output(layer: string): Output {
    const output = this.#outputs.get(layer);
    if (!output) throw new ReceptiveError('usage', `The network has no layer called ${layer}.`);
    return output;
  }
}

const kept = new WeakMap<Model, { imageId: number; activations: Activations }>();

/** Computed anew, and kept in place of those before: the image's file may have changed. */
export function computeActivations(model: Model, network: Network, imageId: number, pixels: Uint8Array): Activations {
  const activations = new Activations(model, network, pixels);
  kept.set(model, { imageId, activations });
  return activations;
}

/** Those of `imageId` where they are kept, else of `pixels()`. */
export async function activationsOf(
  model: Model,
  network: Network,
  imageId: number,
  pixels: () => Promise<Uint8Array>,
): Promise<Activations> {
  const last = kept.get(model);
  if (last?.imageId === imageId) return last.activations;
  return computeActivations(model, network, imageId, await pixels());
}

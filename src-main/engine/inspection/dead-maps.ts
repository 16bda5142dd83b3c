/** Which maps of a layer are the same whatever the image. */
import { ReceptiveError } from '../../shared/errors.ts';
import type { DeadOnBatch } from '../../shared/inspect/maps.ts';
import { mapsOf } from '../../shared/inspection.ts';
import type { Shape } from '../../shared/network/spec.ts';
import { throwIfInterrupted } from '../images/interrupted.ts';
import type { NamedBatch } from './batch-norm.ts';
import { outputOf } from './maps.ts';
import type { UseModel } from './use-model.ts';

/** Values that one pass hands out at most, unless one image alone has more: 32 MB. */
const valuesAtOnce = 2 ** 23;

/**
 * The maps, or units, that have one value at all places of all images of `batch`, in inference mode. The first image is
 * passed alone, to see how many can be at once; each pass takes the model anew, so that others get their turn.
 * @throws ReceptiveError `interrupted`; `usage` for a layer that there is not
 */
export async function deadOnBatch(
  use: UseModel,
  { pixels, paths }: NamedBatch,
  layer: string,
  signal: AbortSignal,
): Promise<DeadOnBatch> {
  const images = paths.length;
  const imageSize = pixels.length / images;
  let [least, largest] = [new Float32Array(0), new Float32Array(0)];
  for (let from = 0, count = 1; from < images;) {
    const { shape, values } = await use((model, network) => {
      throwIfInterrupted(signal);
      if (!network.layers.some(({ name }) => name === layer)) {
        throw new ReceptiveError('usage', `${layer} is not in the network.`);
      }
      const some = pixels.subarray(from * imageSize, (from + count) * imageSize);
      return model.fetch(some, [outputOf(layer)])[outputOf(layer)]!;
    });
    const channels = shape.at(-1)!;
    if (from === 0) {
      least = new Float32Array(channels).fill(Infinity);
      largest = new Float32Array(channels).fill(-Infinity);
    }
    // NaN stays where it has been once, and equals nothing.
    for (let at = 0; at < values.length; at += channels) {
      for (let channel = 0; channel < channels; channel++) {
        least[channel] = Math.min(least[channel]!, values[at + channel]!);
        largest[channel] = Math.max(largest[channel]!, values[at + channel]!);
      }
    }
    from += count;
    const [height, width, maps] = mapsOf(shape.slice(1) as Shape);
    count = Math.min(images - from, Math.max(1, Math.floor(valuesAtOnce / (height * width * maps))));
  }
  const all = Array.from(least, (_, channel) => channel);
  return { batch: paths, dead: all.filter((channel) => least[channel] === largest[channel]) };
}

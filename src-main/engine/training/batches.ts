import { createRandom } from '../../shared/random.ts';
import type { CachedImages } from '../images/read-ahead.ts';
import type { ImageTensors } from './trainer.ts';

/** In memory, or read from the cache as they are needed. */
export type ImageSource = ImageTensors | CachedImages;
export type Batches = Iterable<ImageTensors> | AsyncIterable<ImageTensors>;

/**
 * The batches of one epoch from the `first` on, each a copy of its images: shuffled by seed and epoch alone, so that any
 * epoch's order can be had again without replaying those before it. The last batch holds what is left over.
 */
export function shuffledBatches(data: ImageSource, batchSize: number, seed: number, epoch: number, first = 0): Batches {
  const order = ordered(data);
  createRandom(seed, `epoch ${epoch}`).shuffle(order);
  const lists = slices(order.slice(first * batchSize), batchSize);
  return 'pixels' in data ? copies(data, lists) : data.batches(lists);
}

/** The images in their own order; those in memory as views without a copy. */
export function batchesInOrder(data: ImageSource, batchSize: number): Batches {
  return 'pixels' in data ? views(data, batchSize) : data.batches(slices(ordered(data), batchSize));
}

const ordered = ({ labels }: ImageSource): number[] => Array.from(labels, (_, index) => index);

function* slices(order: number[], batchSize: number): Generator<number[]> {
  for (let start = 0; start < order.length; start += batchSize) yield order.slice(start, start + batchSize);
}

function* copies(data: ImageTensors, lists: Iterable<number[]>): Generator<ImageTensors> {
  for (const list of lists) yield gather(data, list);
}

/** The images in their own order, as views into `data`. */
export function* views(data: ImageTensors, batchSize: number): Generator<ImageTensors> {
  const imageSize = data.pixels.length / data.labels.length;
  for (let start = 0; start < data.labels.length; start += batchSize) {
    const end = Math.min(start + batchSize, data.labels.length);
    yield {
      pixels: data.pixels.subarray(start * imageSize, end * imageSize),
      labels: data.labels.subarray(start, end),
    };
  }
}

/** Copies the images at `indices` into one batch. */
export function gather(data: ImageTensors, indices: number[]): ImageTensors {
  const imageSize = data.pixels.length / data.labels.length;
  const pixels = new Uint8Array(indices.length * imageSize);
  const labels = new Int32Array(indices.length);
  indices.forEach((index, at) => {
    pixels.set(data.pixels.subarray(index * imageSize, (index + 1) * imageSize), at * imageSize);
    labels[at] = data.labels[index]!;
  });
  return { pixels, labels };
}

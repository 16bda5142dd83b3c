import { createRandom } from '../../shared/random.ts';
import type { ImageTensors } from './trainer.ts';

/**
 * The batches of one epoch from the `first` on, each a copy of its images: shuffled by seed and epoch alone, so that any
 * epoch's order can be had again without replaying those before it. The last batch holds what is left over.
 */
export function* shuffledBatches(
  data: ImageTensors,
  batchSize: number,
  seed: number,
  epoch: number,
  first = 0,
): Generator<ImageTensors> {
  const order = Array.from({ length: data.labels.length }, (_, index) => index);
  createRandom(seed, `epoch ${epoch}`).shuffle(order);
  for (let start = first * batchSize; start < order.length; start += batchSize)
    yield gather(data, order.slice(start, start + batchSize));
}

/** The images in their own order, as views into `data` without a copy. */
export function* batchesInOrder(data: ImageTensors, batchSize: number): Generator<ImageTensors> {
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

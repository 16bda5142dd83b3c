import { describe, expect, it } from 'vitest';
import { batchesInOrder, shuffledBatches } from '../../../src-main/engine/training/batches.ts';

/** Ten images of 2x1 pixels; the image's number stands in each of its pixels. */
const data = {
  pixels: Uint8Array.from({ length: 20 }, (_, at) => Math.floor(at / 2)),
  labels: Int32Array.from({ length: 10 }, (_, at) => at % 3),
};
const numbers = (batches: Iterable<{ pixels: Uint8Array }>) =>
  [...batches].map(({ pixels }) => [...pixels].filter((_, at) => at % 2 === 0));

describe('shuffledBatches', () => {
  it('takes every image once, with its own pixels and label', () => {
    const batches = [...shuffledBatches(data, 4, 1, 1)];
    expect(batches.map(({ labels }) => labels.length)).toEqual([4, 4, 2]);
    const seen = batches.flatMap(({ pixels, labels }) =>
      [...labels].map((label, at) => ({ image: pixels[2 * at]!, twin: pixels[2 * at + 1]!, label })),
    );
    expect(seen.map(({ image }) => image).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const { image, twin, label } of seen) expect([twin, label]).toEqual([image, image % 3]);
  });

  it('repeats for the same seed and epoch, and differs for others', () => {
    const order = (seed: number, epoch: number) => numbers(shuffledBatches(data, 4, seed, epoch)).flat();
    expect(order(1, 2)).toEqual(order(1, 2));
    expect(order(1, 2)).not.toEqual(order(1, 3));
    expect(order(1, 2)).not.toEqual(order(2, 2));
  });
});

describe('batchesInOrder', () => {
  it('keeps the order and leaves nothing out', () => {
    expect(numbers(batchesInOrder(data, 4))).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9],
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { batchesInOrder, shuffledBatches } from '../../../src-main/engine/training/batches.ts';
import type { Batches } from '../../../src-main/engine/training/batches.ts';
import type { ImageTensors } from '../../../src-main/engine/training/trainer.ts';

/** Ten images of 2x1 pixels; the image's number stands in each of its pixels. */
const data = {
  pixels: Uint8Array.from({ length: 20 }, (_, at) => Math.floor(at / 2)),
  labels: Int32Array.from({ length: 10 }, (_, at) => at % 3),
};
async function all(batches: Batches): Promise<ImageTensors[]> {
  const result: ImageTensors[] = [];
  for await (const batch of batches) result.push(batch);
  return result;
}
const numbers = async (batches: Batches) =>
  (await all(batches)).map(({ pixels }) => [...pixels].filter((_, at) => at % 2 === 0));

describe('shuffledBatches', () => {
  it('takes every image once, with its own pixels and label', async () => {
    const batches = await all(shuffledBatches(data, 4, 1, 1));
    expect(batches.map(({ labels }) => labels.length)).toEqual([4, 4, 2]);
    const seen = batches.flatMap(({ pixels, labels }) =>
      [...labels].map((label, at) => ({ image: pixels[2 * at]!, twin: pixels[2 * at + 1]!, label })),
    );
    expect(seen.map(({ image }) => image).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const { image, twin, label } of seen) expect([twin, label]).toEqual([image, image % 3]);
  });

  it('repeats for the same seed and epoch, and differs for others', async () => {
    const order = async (seed: number, epoch: number) => (await numbers(shuffledBatches(data, 4, seed, epoch))).flat();
    const first = await order(1, 2);
    expect(await order(1, 2)).toEqual(first);
    expect(await order(1, 3)).not.toEqual(first);
    expect(await order(2, 2)).not.toEqual(first);
  });
});

describe('batchesInOrder', () => {
  it('keeps the order and leaves nothing out', async () => {
    expect(await numbers(batchesInOrder(data, 4))).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9],
    ]);
  });
});

// First, as in the processes that predict many images: TensorFlow reads it when it is loaded.
import '../../../src-main/engine/one-thread-a-kernel.ts';
import { availableParallelism } from 'node:os';
import { describe, expect, test } from 'vitest';
import { batchParts } from '../../../src-main/engine/tensorflow.ts';
import { parseNetwork, presets } from '../../../src-main/shared/network/index.ts';
import type { Model } from '../../../src-main/engine/graph/model.ts';
import type { Network } from '../../../src-main/shared/network/spec.ts';
import { expectClose, network, randomImages, withModel } from './helpers.ts';

const small = network(
  [
    { name: 'conv', kind: 'conv2d', filters: 5, kernelSize: 3 },
    { name: 'bn', kind: 'batchNorm' },
    { name: 'relu', kind: 'activation', function: 'relu' },
    { name: 'skip', kind: 'conv2d', filters: 5, kernelSize: 1 },
    { name: 'sum', kind: 'add', from: ['relu', 'skip'] },
    { name: 'drop', kind: 'dropout', rate: 0.5 },
    { name: 'flat', kind: 'flatten' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
  { size: [9, 7], channels: 3 },
);
/** More numbers than those up to which a model's weights are made constants. */
const large = network(
  [
    { name: 'flat', kind: 'flatten' },
    { name: 'hidden', kind: 'dense', units: 8000 },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
  { size: [7, 7], channels: 3 },
);

/** A little off what they were: far off, a class takes it all whatever the image. */
function nudge(model: Model, by: number): void {
  const nudged = (values: Float32Array) => values.map((value, at) => value + Math.sin(at * at + by) / 50);
  model.writeWeights(model.readWeights().map((tensor) => ({ ...tensor, values: nudged(tensor.values) })));
}

/** One image is a part alone: nothing is cut. */
function oneByOne(model: Model, net: Network, pixels: Uint8Array): number[] {
  const size = net.input.size[0] * net.input.size[1] * net.input.channels;
  return Array.from({ length: pixels.length / size }, (_, at) => [
    ...model.predict(pixels.subarray(at * size, (at + 1) * size)),
  ]).flat();
}

test('there are two parts for each thread, but none on a single one', () => {
  expect(batchParts).toBe(availableParallelism() > 1 ? 2 * availableParallelism() : 1);
});

describe.each([
  ['weights as constants', small],
  ['weights as variables', large],
  ['tiny-vgg', parseNetwork(presets['tiny-vgg'], { size: [64, 64], channels: 3 })],
])('a batch in parts, with %s', (_, net) => {
  test.each([1, 2, 3, 5, 32, 37])('says of each of %i images what is said of it alone', async (batch) => {
    await withModel(net, 4, { seed: 3 }, (model) => {
      nudge(model, 1);
      const pixels = randomImages(net, batch, batch);
      const expected = oneByOne(model, net, pixels);
      expectClose(model.predict(pixels), expected, 1e-5, 'probabilities');
      expect(new Set(expected.map((value) => value.toFixed(6))).size, 'images differ').toBeGreaterThan(batch);
    });
  });

  test('is predicted with other weights once they are set, and after the model gave back its memory', async () => {
    await withModel(net, 4, { seed: 3 }, (model) => {
      const pixels = randomImages(net, 7, 1);
      const before = model.predict(pixels);
      nudge(model, 2);
      const after = model.predict(pixels);
      expect(after).not.toEqual(before);
      model.suspend();
      expectClose(model.predict(pixels), after, 1e-6, 'probabilities');
      expectClose(after, oneByOne(model, net, pixels), 1e-5, 'probabilities');
    });
  });
});

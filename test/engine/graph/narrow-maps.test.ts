/** Convolutions of one channel into maps one cell wide, where TensorFlow's kernel is not told of the stride to the right. */
import { describe, expect, test } from 'vitest';
import type { LayerOf, Pair } from '../../../src-main/shared/network/spec.ts';
import { createRandom } from '../../../src-main/shared/random.ts';
import { flat, PlainNetwork, toCells } from '../../oracle/plain-network.ts';
import { expectClose, network, perturb, randomImages, scaled, withModel } from './helpers.ts';

const batch = 3;

describe.each([
  // The input's columns past the kernel are in no sum.
  ['unused columns', [10, 5], [2, 4], [1, 2], 'valid'],
  ['a kernel as wide as the image', [7, 4], [2, 4], [1, 3], 'valid'],
  ['a stride wider than the image', [8, 2], [4, 2], [1, 3], 'same'],
  ['zeros around, strides both ways', [9, 3], [3, 4], [2, 3], [1, 1]],
] as [string, Pair, Pair, Pair, LayerOf<'conv2d'>['padding']][])('%s', (_name, size, kernelSize, strides, padding) => {
  const convolution = { name: 'it', kind: 'conv2d' as const, filters: 2, kernelSize, strides, padding };
  const net = network(
    [convolution, { name: 'flat', kind: 'flatten' }, { name: 'logits', kind: 'dense', units: 'classes' }],
    { size, channels: 1 },
  );
  const pixels = randomImages(net, batch, 1);
  const images = Array.from({ length: batch }, (_, at) =>
    toCells(scaled(pixels.subarray((at * pixels.length) / batch, ((at + 1) * pixels.length) / batch)), [...size, 1]),
  );

  test('forward and backward agree with plain loops', () =>
    withModel(net, 3, { seed: 1 }, (model) => {
      perturb(model, 2);
      const weights = model.readWeights();
      const plain = new PlainNetwork(net, weights);
      const { shape, values } = model.fetch(pixels, ['it/output'])['it/output']!;
      expect(shape[2]).toBe(1);
      const outputs = images.map((image) => flat(plain.run(image).get('it')!));
      expectClose(values, outputs.flat(), 1e-5, 'the maps');

      const random = createRandom(3);
      const above = Float32Array.from(values, () => random.normal());
      const names = ['input/output/gradient', 'it/kernel/gradient'] as const;
      const found = model.explain(scaled(pixels), above, [...names], 'it');
      const aboveOf = (at: number) => above.subarray(at * outputs[0]!.length, (at + 1) * outputs[0]!.length);
      const byInput = images.flatMap((image, at) => plain.imageGradient(image, 'it', aboveOf(at)));
      expectClose(found[names[0]]!.values, byInput, 1e-4, 'the gradient by the image');

      // The maps are linear in the kernel: a difference of any width is exact.
      const summed = (kernel: Float32Array): number => {
        const changed = weights.map((tensor) => (tensor.name === 'it/kernel' ? { ...tensor, values: kernel } : tensor));
        const so = new PlainNetwork(net, changed);
        return images.reduce((sum, image, at) => {
          const output = flat(so.run(image).get('it')!);
          return sum + output.reduce((total, value, cell) => total + value * aboveOf(at)[cell]!, 0);
        }, 0);
      };
      const kernel = weights.find(({ name }) => name === 'it/kernel')!.values;
      const byKernel = Array.from(kernel, (value, tap) => summed(kernel.with(tap, value + 1)) - summed(kernel));
      expectClose(found[names[1]]!.values, byKernel, 1e-4, 'the gradient by the kernel');
    }));
});

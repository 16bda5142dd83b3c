import * as tf from '@tensorflow/tfjs';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { networkFromKeras } from '../../../../src-main/shared/network/import/keras.ts';
import { describeNetwork, parseNetwork, presets } from '../../../../src-main/shared/network/index.ts';
import type { Network } from '../../../../src-main/shared/network/spec.ts';
import { randomNetwork } from '../../../oracle/random-network.ts';
import { buildTfModel } from '../../../oracle/tf-model.ts';

const sums = (network: Network, classes: number) => describeNetwork(network, classes).totals;
/** What TensorFlow.js writes of a model; as text, since some of its values are not plain. */
const topologyOf = (network: Network) => {
  const { model } = buildTfModel(network, 10);
  const json = JSON.parse(model.toJSON(null, true) as unknown as string) as unknown;
  model.dispose();
  return json;
};

test('MobileNet as Keras 3 itself writes it: 4,231,976 parameters that are trained', () => {
  const json = JSON.parse(readFileSync(join(import.meta.dirname, 'mobilenet-keras3.json'), 'utf8')) as unknown;
  const network = parseNetwork(networkFromKeras(json));
  expect(describeNetwork(network, 1000)).toMatchObject({
    valid: true,
    totals: { params: 4_231_976, nonTrainable: 21_888 },
  });
});

test.each(['lenet-5', 'conv-bn-pool', 'resnet-20', 'mobilenet-v2'])(
  '%s comes back from TensorFlow.js as it was',
  (name) => {
    const network = parseNetwork(presets[name]);
    const back = parseNetwork(networkFromKeras(topologyOf(network)));
    expect(sums(back, 10)).toEqual(sums(network, 10));
    expect(back.input).toEqual(network.input);
  },
);

test('any network comes back with the same figures', () => {
  fc.assert(
    fc.property(
      fc.gen().map((g) => randomNetwork((min, max) => g(fc.integer, { min, max }))),
      (network) => {
        // TensorFlow.js has no group norm and leaves a separable convolution's multiplier out of what it writes.
        fc.pre(
          !network.layers.some(
            (layer) => layer.kind === 'groupNorm' || (layer.kind === 'separableConv2d' && layer.depthMultiplier > 1),
          ),
        );
        expect(sums(parseNetwork(networkFromKeras(topologyOf(network))), 10)).toEqual(sums(network, 10));
      },
    ),
    { seed: 51, numRuns: process.env.RECEPTIVE_SOAK ? 1000 : 40 },
  );
});

describe('a sequential model', () => {
  const layers = (...list: object[]) => ({ class_name: 'Sequential', config: { name: 's', layers: list } });
  const first = {
    class_name: 'Conv2D',
    config: { name: 'conv', batch_input_shape: [null, 8, 8, 3], filters: 4, kernel_size: [3, 3], activation: 'relu' },
  };

  test('activations become layers, scaling and softmax go, the last dense layer gets the classes', () => {
    const network = networkFromKeras(
      layers(
        first,
        { class_name: 'Flatten', config: { name: 'flat' } },
        { class_name: 'Dense', config: { name: 'out', units: 7, activation: 'softmax' } },
      ),
    );
    expect(network).toEqual({
      input: { size: [8, 8], channels: 3 },
      layers: [
        {
          name: 'conv',
          kind: 'conv2d',
          filters: 4,
          kernelSize: [3, 3],
          strides: 1,
          padding: 'valid',
          useBias: true,
          dilationRate: 1,
        },
        { name: 'conv-relu', kind: 'activation', function: 'relu' },
        { name: 'flat', kind: 'flatten' },
        { name: 'out', kind: 'dense', units: 'classes', useBias: true },
      ],
    });
  });

  test('every layer that cannot be taken over is named, with the reason', () => {
    const json = layers(
      { ...first, config: { ...first.config, groups: 2 } },
      { class_name: 'LSTM', config: { name: 'memory' } },
      { class_name: 'PReLU', config: { name: 'bent' } },
    );
    expect(() => networkFromKeras(json)).toThrow(
      /conv: has its channels in groups; and 2 more: memory: is of the kind LSTM; bent: is of the kind PReLU/,
    );
    expect(() => networkFromKeras(json)).toThrow(expect.objectContaining({ code: 'invalid-network' }));
  });
});

test.each([null, 3, [], {}, { input: {}, layers: [] }, { class_name: 'Dog' }, { __proto__: { class_name: 'Model' } }])(
  '%j is no model of Keras',
  (json) => {
    expect(networkFromKeras(json)).toBeNull();
  },
);

test.each([
  { class_name: 'Functional' },
  { class_name: 'Functional', config: { layers: [{}] } },
  { class_name: 'Sequential', config: { layers: [{ class_name: 'constructor', config: { name: 'x' } }] } },
  {
    class_name: 'Model',
    config: { layers: [{ class_name: 'InputLayer', config: { name: 'i', batch_shape: [null, null, null, 3] } }] },
  },
  { class_name: 'Sequential', config: { layers: [{ class_name: 'Conv2D', config: { name: 'c', filters: '10' } }] } },
])('%j is refused by name, never by accident', (json) => {
  expect(() => networkFromKeras(json)).toThrow(expect.objectContaining({ code: 'invalid-network' }));
});

test('the oracle itself: TensorFlow.js reads what it wrote', async () => {
  const json = topologyOf(parseNetwork(presets['conv-bn-pool']));
  const model = await tf.models.modelFromJSON(json as never);
  expect(model.countParams()).toBe(24_346 + 224);
  model.dispose();
});

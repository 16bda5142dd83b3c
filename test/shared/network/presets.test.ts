import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import {
  checkNetwork,
  describeNetwork,
  parseNetwork,
  presetNames,
  presets,
} from '../../../src-main/shared/network/index.ts';
import type { Pair } from '../../../src-main/shared/network/spec.ts';
import { buildTfModel } from '../../oracle/tf-model.ts';

const counts: [string, { size: Pair; channels: number }, classes: number, params: number, nonTrainable: number][] = [
  ['lenet-5', { size: [32, 32], channels: 1 }, 10, 61_706, 0],
  ['tiny-vgg', { size: [64, 64], channels: 3 }, 10, 19_920, 0],
  ['conv-bn-pool', { size: [64, 64], channels: 3 }, 10, 24_346, 224],
  ['conv-bn-pool', { size: [28, 28], channels: 3 }, 10, 24_346, 224],
  ['resnet-20', { size: [32, 32], channels: 3 }, 10, 272_474, 1_568],
  ['mlp', { size: [28, 28], channels: 1 }, 10, 101_770, 0],
  ['alexnet', { size: [224, 224], channels: 3 }, 1000, 61_100_840, 0],
  ['vgg-16', { size: [224, 224], channels: 3 }, 1000, 138_357_544, 0],
  ['resnet-18', { size: [224, 224], channels: 3 }, 1000, 11_689_512, 9_600],
  ['resnet-50', { size: [224, 224], channels: 3 }, 1000, 25_557_032, 53_120],
  ['mobilenet-v1', { size: [224, 224], channels: 3 }, 1000, 4_231_976, 21_888],
  ['mobilenet-v2', { size: [224, 224], channels: 3 }, 1000, 3_504_872, 34_112],
];

test('all presets are counted here', () => {
  expect(new Set(counts.map(([name]) => name))).toEqual(new Set(presetNames));
});

test.each(counts)('%s at %j has, for %d classes, %d parameters and %d not trained', (name, input, classes, ...sums) => {
  const description = describeNetwork(parseNetwork(presets[name], input), classes);
  expect(description).toMatchObject({ valid: true, warnings: [] });
  expect([description.totals.params, description.totals.nonTrainable]).toEqual(sums);
});

test.each(counts)(
  '%s at %j has the shapes and the weights of the model that TensorFlow builds',
  (name, input, classes) => {
    const network = parseNetwork(presets[name], input);
    const description = describeNetwork(network, classes);
    const { model, outputs } = buildTfModel(network, classes);
    expect(description.layers.map((row) => [row.name, row.outputShape])).toEqual(
      description.layers.map((row) => [row.name, outputs.get(row.name)!.shape.slice(1)]),
    );
    const sizes = model.weights.map((weight) => tf.util.sizeFromShape(weight.shape as number[]));
    const { params, nonTrainable } = description.totals;
    expect(sizes.reduce((a, b) => a + b, 0)).toBe(params + nonTrainable);
    model.dispose();
  },
);

test('every preset is right as it stands', () => {
  for (const name of presetNames) expect(checkNetwork(parseNetwork(presets[name]), 10).length).toBeGreaterThan(3);
});

test('lenet-5 in detail', () => {
  const rows = checkNetwork(parseNetwork(presets['lenet-5']), 10).filter((row) => row.params > 0);
  expect(rows.map(({ outputShape, params, macs }) => [outputShape, params, macs])).toEqual([
    [[28, 28, 6], 156, 117_600],
    [[10, 10, 16], 2_416, 240_000],
    [[120], 48_120, 48_000],
    [[84], 10_164, 10_080],
    [[10], 850, 840],
  ]);
});

test('resnet-20: only the two shortcuts that change the shape have layers of their own', () => {
  const network = parseNetwork(presets['resnet-20']);
  const convs = network.layers.filter((layer) => layer.kind === 'conv2d');
  expect(convs.map((layer) => layer.kernelSize[0])).toHaveLength(21);
  const shortcuts = convs.filter((layer) => layer.kernelSize[0] === 1);
  expect(shortcuts.map((layer) => [layer.filters, layer.strides])).toEqual([
    [32, [2, 2]],
    [64, [2, 2]],
  ]);
  expect(network.layers.filter((layer) => layer.kind === 'add')).toHaveLength(9);
});

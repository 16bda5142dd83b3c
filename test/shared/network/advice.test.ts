import { expect, test } from 'vitest';
import { adviceFor } from '../../../src-main/shared/network/advice.ts';
import { describeNetwork, parseNetwork, presets } from '../../../src-main/shared/network/index.ts';
import { activationBytes, outputBytes, trainingBytes } from '../../../src-main/shared/network/memory.ts';
import type { NetworkJson } from '../../../src-main/shared/network/spec.ts';

const usual = { batch: 64, deviceBytes: null };
function advise(json: NetworkJson | undefined, classes = 10, circumstances: Parameters<typeof adviceFor>[2] = usual) {
  const network = parseNetwork(json);
  return adviceFor(network, describeNetwork(network, classes), circumstances).map(({ layer, message }) => [
    layer,
    message,
  ]);
}

const conv = (name: string, more: object = {}) =>
  ({ name, kind: 'conv2d', filters: 8, kernelSize: 3, padding: 'same', ...more }) as const;
const end: NetworkJson['layers'] = [
  { name: 'gap', kind: 'globalAvgPool' },
  { name: 'logits', kind: 'dense', units: 'classes' },
];
const networkOf = (size: number, ...layers: NetworkJson['layers']): NetworkJson => ({
  input: { size, channels: 3 },
  layers: [...layers, ...end],
});

test('networks of the text books: VGG-16 is large and deep, the others stand', () => {
  expect(advise(presets['vgg-16'], 1000)).toEqual([
    ['dense1', 'dense1: holds 74 % of all parameters (102,764,544)'],
    [null, 'The network has 16 layers with weights and no normalisation'],
  ]);
  for (const name of ['conv-bn-pool', 'resnet-20', 'resnet-50', 'mobilenet-v1', 'mobilenet-v2', 'lenet-5']) {
    const classes = name.startsWith('mobile') || name === 'resnet-50' ? 1000 : 10;
    expect(
      advise(presets[name], classes).filter(([, message]) => !/cells see/.test(message!)),
      name,
    ).toEqual([]);
  }
});

test('an even kernel, unless its strides lay it side by side', () => {
  expect(advise(networkOf(4, conv('a', { kernelSize: [2, 3] })))).toEqual([
    ['a', 'a: its 2x3 kernel is even, so it has no cell in the middle'],
  ]);
  expect(advise(networkOf(4, conv('a', { kernelSize: 2, strides: 2 })))).toEqual([]);
});

test('a field that sees less than half of the image, or more than four times as much', () => {
  expect(advise(networkOf(28, conv('a'), conv('b')))).toEqual([
    ['b', 'b: its cells see 5x5 px of a 28x28 px image, less than half of it'],
  ]);
  expect(advise(networkOf(8, conv('a', { kernelSize: 33 })))).toEqual([
    ['a', 'a: its cells see 33x33 px of a 8x8 px image, more than four times as much'],
  ]);
  expect(advise(networkOf(8, conv('a', { kernelSize: 5 })))).toEqual([]);
});

test('a bias right before batch norm', () => {
  expect(advise(networkOf(4, conv('a'), { name: 'bn', kind: 'batchNorm' }))).toEqual([
    ['a', 'a: its bias has no effect, since bn right after it subtracts the mean'],
  ]);
  expect(advise(networkOf(4, conv('a', { useBias: false }), { name: 'bn', kind: 'batchNorm' }))).toEqual([]);
});

test('memory beyond the device', () => {
  const memory = (name: string, classes: number, batch: number) =>
    advise(presets[name], classes, { batch, deviceBytes: 8e9 }).flatMap(([, message]) =>
      /^Training/.test(message!) ? [message] : [],
    );
  expect(memory('resnet-50', 1000, 256)).toEqual([
    expect.stringMatching(/^Training with batches of 256 needs about \d+\.\d GB; the device has 8\.0 GB$/),
  ]);
  expect(memory('conv-bn-pool', 10, 64)).toEqual([]);
});

test('a network that is wrong gets no advice', () => {
  expect(
    advise(
      networkOf(4, conv('a', { kernelSize: 2, padding: 'valid' }), conv('b', { kernelSize: 9, padding: 'valid' })),
    ),
  ).toEqual([]);
});

test('memory, by hand', () => {
  expect(activationBytes([28, 28, 16], 64)).toBe(28 * 28 * 16 * 64 * 4);
  expect(activationBytes([10], 1)).toBe(40);
  expect(outputBytes({ layers: [{ outputShape: [2, 2, 1] }, { outputShape: null }] as never }, 3)).toBe(48);
  const description = describeNetwork(parseNetwork(presets['mlp']), 10);
  const outputs = 784 + 128 + 128 + 10;
  expect(trainingBytes(description, 2, 0)).toBe(2 * outputs * 2 * 4 + 2 * 101_770 * 4);
});

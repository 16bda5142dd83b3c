/** The text of the code; that it runs and has as many parameters is checked with Keras and PyTorch themselves in bench/. */
import { describe, expect, test } from 'vitest';
import { kerasCode } from '../../../../src-main/shared/network/code/keras.ts';
import { pytorchCode } from '../../../../src-main/shared/network/code/pytorch.ts';
import { parseNetwork, presets } from '../../../../src-main/shared/network/index.ts';
import type { NetworkJson } from '../../../../src-main/shared/network/spec.ts';

const end: NetworkJson['layers'] = [
  { name: 'gap', kind: 'globalAvgPool' },
  { name: 'logits', kind: 'dense', units: 'classes' },
];
const networkOf = (...layers: NetworkJson['layers']) =>
  parseNetwork({ input: { size: [8, 6], channels: 3 }, layers: [...layers, ...end] });
/** The lines that make or apply the layer `name`. */
const linesOf = (code: string, name: string) =>
  code
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => new RegExp(`^(self\\.)?${name} =`).test(line));

test('LeNet-5 as Keras code, from the first line to the last', () => {
  expect(kerasCode(parseNetwork(presets['lenet-5']), 10)).toMatchInlineSnapshot(`
    """"Written by Receptive, for Keras 3."""

    import keras
    from keras import layers


    def build_model(classes=10):
        pixels = keras.Input(shape=(32, 32, 1), name="pixels")
        x = layers.Rescaling(1 / 255, name="scale")(pixels)
        conv1 = layers.Conv2D(6, (5, 5), strides=(1, 1), padding="valid", dilation_rate=(1, 1), use_bias=True, name="conv1")(x)
        tanh1 = layers.Activation("tanh", name="tanh1")(conv1)
        pool1 = layers.AveragePooling2D((2, 2), strides=(2, 2), padding="valid", name="pool1")(tanh1)
        conv2 = layers.Conv2D(16, (5, 5), strides=(1, 1), padding="valid", dilation_rate=(1, 1), use_bias=True, name="conv2")(pool1)
        tanh2 = layers.Activation("tanh", name="tanh2")(conv2)
        pool2 = layers.AveragePooling2D((2, 2), strides=(2, 2), padding="valid", name="pool2")(tanh2)
        flatten = layers.Flatten(name="flatten")(pool2)
        dense1 = layers.Dense(120, use_bias=True, name="dense1")(flatten)
        tanh3 = layers.Activation("tanh", name="tanh3")(dense1)
        dense2 = layers.Dense(84, use_bias=True, name="dense2")(tanh3)
        tanh4 = layers.Activation("tanh", name="tanh4")(dense2)
        logits = layers.Dense(classes, use_bias=True, name="logits")(tanh4)
        return keras.Model(pixels, logits)


    if __name__ == "__main__":
        build_model().summary()
    "
  `);
});

describe('padding', () => {
  test('numbers of zeros are a layer of their own in Keras, and the module’s own in PyTorch', () => {
    const network = networkOf({ name: 'conv', kind: 'conv2d', filters: 4, kernelSize: 3, padding: [1, 2] });
    expect(linesOf(kerasCode(network, 10), 'conv')).toEqual([
      'conv = layers.ZeroPadding2D(((1, 1), (2, 2)), name="conv_padding")(x)',
      'conv = layers.Conv2D(4, (3, 3), strides=(1, 1), padding="valid", dilation_rate=(1, 1), use_bias=True, name="conv")(conv)',
    ]);
    expect(linesOf(pytorchCode(network, 10), 'conv')).toEqual([
      'self.conv = nn.Conv2d(3, 4, (3, 3), stride=(1, 1), padding=(1, 2), groups=1, dilation=(1, 1), bias=True)',
      'conv = self.conv(x)',
    ]);
  });

  test('"same" with one zero more at the end is laid on beforehand in PyTorch', () => {
    const network = networkOf({ name: 'conv', kind: 'conv2d', filters: 4, kernelSize: 3, strides: 2, padding: 'same' });
    expect(linesOf(pytorchCode(network, 10), 'conv')[1]).toBe('conv = self.conv(F.pad(x, (0, 1, 0, 1)))');
  });

  test('never wins a maximum and never counts in a mean', () => {
    const max = networkOf({ name: 'pool', kind: 'maxPool', poolSize: 3, padding: [1, 1] });
    const mean = networkOf({ name: 'pool', kind: 'avgPool', poolSize: 3, padding: [1, 1] });
    expect(kerasCode(max, 10)).toContain('class PaddedPool(layers.Layer):');
    expect(kerasCode(networkOf({ name: 'pool', kind: 'maxPool', poolSize: 2 }), 10)).not.toContain('PaddedPool');
    expect(linesOf(pytorchCode(max, 10), 'pool')).toEqual([
      'pool = F.max_pool2d(F.pad(x, (1, 1, 1, 1), value=float("-inf")), (3, 3), (3, 3))',
    ]);
    expect(linesOf(pytorchCode(mean, 10), 'pool')[0]).toContain('torch.ones_like(x)');
  });
});

test('names become variables: other characters, digits in front, words of Python, and two that would be one', () => {
  const relu = (name: string) => ({ name, kind: 'activation', function: 'relu' }) as const;
  const network = networkOf(relu('a-b'), relu('a.b'), relu('3x3'), relu('class'), relu('x'));
  const code = pytorchCode(network, 10);
  for (const line of [
    'a_b = F.relu(x)',
    'a_b_2 = F.relu(a_b)',
    'layer_3x3 = F.relu(a_b_2)',
    'class_2 = F.relu(layer_3x3)',
    'x_2 = F.relu(class_2)',
  ]) {
    expect(code).toContain(line);
  }
});

test('a layer that the output does not need is left out; a network that does not work is refused', () => {
  const idle = networkOf(
    { name: 'idle', kind: 'maxPool', poolSize: 2 },
    { name: 'used', kind: 'flatten', from: ['input'] },
  );
  idle.layers.splice(2, 1);
  expect(kerasCode(idle, 10)).not.toContain('idle');
  const wrong = networkOf({ name: 'conv', kind: 'conv2d', filters: 4, kernelSize: 9 });
  expect(() => kerasCode(wrong, 10)).toThrow(expect.objectContaining({ code: 'invalid-network' }));
  expect(() => pytorchCode(wrong, 10)).toThrow(expect.objectContaining({ code: 'invalid-network' }));
});

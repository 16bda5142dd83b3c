/** Clipping against the formula in plain arrays, and steps that are refused for their numbers. */
import { describe, expect, test } from 'vitest';
import type { Model } from '../../../src-main/engine/graph/model.ts';
import type { LayerOf, NetworkJson } from '../../../src-main/shared/network/spec.ts';
import { expectClose, network, randomImages, randomLabels, withModel } from './helpers.ts';

const classes = 3;
const net = network([
  { name: 'conv1', kind: 'conv2d', filters: 3, kernelSize: 3 },
  { name: 'relu1', kind: 'activation', function: 'relu' },
  { name: 'conv2', kind: 'conv2d', filters: 4, kernelSize: 3 },
  { name: 'bn2', kind: 'batchNorm' },
  { name: 'gap', kind: 'globalAvgPool' },
  { name: 'logits', kind: 'dense', units: 'classes' },
]);
const pixels = randomImages(net, 5, 1);
const labels = randomLabels(5, classes, 1);
const weightsOf = (model: Model) => new Map(model.readWeights().map(({ name, values }) => [name, values]));

test.each([
  ['a norm above the limit is brought down to it', 0.05],
  ['a norm below the limit is left alone', 1e4],
])('%s', async (_, clipNorm) => {
  await withModel(net, classes, { seed: 1, optimizer: 'sgd', clipNorm }, (model) => {
    const trainable = model.variables.filter((one) => one.trainable).map(({ name }) => name);
    const names = trainable.map((name) => `${name}/gradient`);
    const gradients = model.fetch(pixels, names, { training: true, labels });
    const all = names.flatMap((name) => [...gradients[name]!.values]);
    const norm = Math.sqrt(all.reduce((sum, g) => sum + g * g, 0));
    expect(norm).toBeGreaterThan(0.1);
    expect(norm).toBeLessThan(1e3);
    const share = Math.min(1, clipNorm / norm);
    const before = weightsOf(model);
    model.step(pixels, labels, 0.5);
    for (const name of trainable) {
      const g = gradients[`${name}/gradient`]!.values;
      const expected = before.get(name)!.map((w, i) => w - 0.5 * share * g[i]!);
      expectClose(weightsOf(model).get(name)!, expected, 1e-5, name);
    }
  });
});

/** Puts `value` into the middle of one weight. */
function spoil(model: Model, name: string, value: number): void {
  model.writeWeights(
    model.readWeights().map((tensor) => ({
      ...tensor,
      values: tensor.name === name ? tensor.values.map((w, i) => (i === 1 ? value : w)) : tensor.values,
    })),
  );
}

describe.each(['sgd', 'adam', 'rmsprop'] as const)('%s refuses the step', (optimizer) => {
  test.each([
    ['NaN in a weight', 'conv2/kernel', Number.NaN, /^Layer "conv2" \(conv2d\): its outputs hold NaN/],
    [
      'NaN that the activation after it hides',
      'conv1/kernel',
      Number.NaN,
      /^Layer "conv1" \(conv2d\): its outputs hold NaN/,
    ],
    [
      'a weight too large to go on with',
      'conv1/kernel',
      -1e30,
      /^Layer "conv1" \(conv2d\): its outputs hold \d\.\d+ × 10(²⁹|³⁰), the first/,
    ],
    ['infinity', 'logits/bias', Infinity, /^Layer "logits" \(dense\): its outputs hold infinity/],
    ['a loss that has exploded', 'logits/bias', 1e5, /^Layer "logits" \(dense\): the loss is above 1,099 nats/],
  ])('%s', async (_, name, value, message) => {
    await withModel(net, classes, { seed: 1, optimizer, weightDecay: 0.1 }, (model) => {
      model.step(pixels, labels, 0.01);
      spoil(model, name, value);
      const before = weightsOf(model);
      const metrics = model.metricSums();
      expect(() => model.step(pixels, labels, 0.01)).toThrow(
        expect.objectContaining({ code: 'diverged', message: expect.stringMatching(message) }),
      );
      expect(weightsOf(model)).toEqual(before); // iterations, slots and running statistics included
      expect(model.metricSums()).toEqual(metrics);
    });
  });
});

/** One convolution after another, each with a norm or none, and an activation. */
const layersWith = (activation: LayerOf<'activation'>['function'], norm: boolean) =>
  network([
    ...['1', '2'].flatMap((at): NetworkJson['layers'] => [
      { name: `conv${at}`, kind: 'conv2d', filters: 3, kernelSize: 3 },
      ...(norm ? [{ name: `bn${at}`, kind: 'batchNorm' } as const] : []),
      { name: `act${at}`, kind: 'activation', function: activation },
    ]),
    { name: 'flat', kind: 'flatten' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ]);

// TensorFlow makes one kernel of a convolution and its activation, in which a NaN may become 0.
test.each(
  (['relu', 'relu6', 'tanh', 'linear'] as const).flatMap((activation) =>
    [false, true].map((norm) => [activation, norm] as const),
  ),
)('the layer named is the first, with %s, batch norm: %s', async (activation, norm) => {
  await withModel(layersWith(activation, norm), classes, { seed: 1, optimizer: 'sgd' }, (model) => {
    const sound = model.readWeights();
    const trainable = model.variables.filter((one) => one.trainable);
    for (const { name, layer } of trainable) {
      for (const value of [Number.NaN, Infinity, -1e30]) {
        model.writeWeights(sound);
        spoil(model, name, value);
        const named = expect.stringContaining(`Layer "${layer}" `);
        expect(() => model.step(pixels, labels, 0.01), `${name} ${value}`).toThrow(
          expect.objectContaining({ code: 'diverged', message: named }),
        );
      }
    }
  });
});

const deep = network([
  { name: 'gap', kind: 'globalAvgPool' },
  { name: 'small', kind: 'dense', units: 2 },
  { name: 'large', kind: 'dense', units: 2, useBias: false },
  { name: 'logits', kind: 'dense', units: 'classes', useBias: false },
]);

// All outputs are 0. On its way back the gradient meets the last factors, or none of them.
test.each([
  ['gradients that are too large', 1e30, /^Layer "large" \(dense\): its gradients hold \d\.\d+ × 10²⁹, the first/],
  ['weights that are too large', 0, /^Layer "large" \(dense\): its weights hold \d\.\d+ × 10(²⁹|³⁰)\./],
])('%s while the loss is sound are found', async (_, last, message) => {
  const factors: Record<string, number> = {
    'small/kernel': 0,
    'small/bias': 0,
    'large/kernel': last === 0 ? 1e30 : 1e9,
    'logits/kernel': last,
  };
  await withModel(deep, classes, { seed: 1, optimizer: 'sgd' }, (model) => {
    model.writeWeights(
      model.readWeights().map((tensor) => {
        const factor = factors[tensor.name] ?? 1;
        return { ...tensor, values: tensor.values.map((value) => factor * value) };
      }),
    );
    expect(() => model.step(pixels, labels, 0.01)).toThrow(
      expect.objectContaining({ code: 'diverged', message: expect.stringMatching(message) }),
    );
  });
});

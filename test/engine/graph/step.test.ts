/** Whole training steps against a tf.layers model with the same weights. */
import type * as TensorFlowJs from '@tensorflow/tfjs-node-gpu';
import { describe, expect, test } from 'vitest';
import { tf } from '../../../src-main/engine/tensorflow.ts';
import type { Model } from '../../../src-main/engine/graph/model.ts';
import { expectClose, network, randomImages, randomLabels, scaled, withModel } from './helpers.ts';

const classes = 4;
const batch = 6;
const steps = 5;

const net = network(
  [
    { name: 'conv1', kind: 'conv2d', filters: 5, kernelSize: 3, padding: 'same', useBias: false },
    { name: 'bn1', kind: 'batchNorm', momentum: 0.8 },
    { name: 'relu1', kind: 'activation', function: 'relu' },
    { name: 'pool1', kind: 'maxPool', poolSize: 2 },
    { name: 'dw2', kind: 'depthwiseConv2d', kernelSize: 3, padding: 'same' },
    { name: 'elu2', kind: 'activation', function: 'elu' },
    { name: 'pool2', kind: 'avgPool', poolSize: 2, padding: 'same' },
    { name: 'flatten', kind: 'flatten' },
    { name: 'dense3', kind: 'dense', units: 7, useBias: false },
    { name: 'bn3', kind: 'batchNorm', epsilon: 0.01 },
    { name: 'tanh3', kind: 'activation', function: 'tanh' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
  { size: [9, 8], channels: 2 },
);

/** The same network in tf.layers. */
function layersModel(): TensorFlowJs.Sequential {
  const { layers } = tf;
  return tf.sequential({
    layers: [
      layers.conv2d({
        name: 'conv1',
        inputShape: [9, 8, 2],
        filters: 5,
        kernelSize: 3,
        padding: 'same',
        useBias: false,
      }),
      layers.batchNormalization({ name: 'bn1', momentum: 0.8, epsilon: 0.001 }),
      layers.activation({ activation: 'relu' }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.depthwiseConv2d({ name: 'dw2', kernelSize: 3, padding: 'same' }),
      layers.activation({ activation: 'elu' }),
      layers.averagePooling2d({ poolSize: 2, padding: 'same' }),
      layers.flatten(),
      layers.dense({ name: 'dense3', units: 7, useBias: false }),
      layers.batchNormalization({ name: 'bn3', momentum: 0.9, epsilon: 0.01 }),
      layers.activation({ activation: 'tanh' }),
      layers.dense({ name: 'logits', units: classes }),
    ],
  });
}

const fields: Record<string, string[]> = {
  conv1: ['kernel'],
  bn1: ['gamma', 'beta', 'movingMean', 'movingVariance'],
  dw2: ['depthwiseKernel', 'bias'],
  dense3: ['kernel'],
  bn3: ['gamma', 'beta', 'movingMean', 'movingVariance'],
  logits: ['kernel', 'bias'],
};

function copyWeights(from: Model, to: TensorFlowJs.LayersModel): void {
  const weights = new Map(from.readWeights().map((tensor) => [tensor.name, tensor]));
  for (const [layer, names] of Object.entries(fields)) {
    const tensors = names.map((field) => {
      const tensor = weights.get(`${layer}/${field}`);
      return tf.tensor(tensor?.values ?? [], tensor?.shape);
    });
    to.getLayer(layer).setWeights(tensors);
  }
}

/** tfjs' own Adam adds epsilon to the corrected root; Keras and TensorFlow's kernel add it before the correction. */
class KerasAdam extends tf.Optimizer {
  static readonly className = 'KerasAdam';
  readonly #rate: number;
  readonly #slots = new Map<string, [TensorFlowJs.Variable, TensorFlowJs.Variable]>();
  #step = 0;

  constructor(rate: number) {
    super();
    this.#rate = rate;
  }

  override applyGradients(
    gradients: TensorFlowJs.NamedTensorMap | { name: string; tensor: TensorFlowJs.Tensor }[],
  ): void {
    this.#step += 1;
    const rate = (this.#rate * Math.sqrt(1 - 0.999 ** this.#step)) / (1 - 0.9 ** this.#step);
    const named = Array.isArray(gradients)
      ? gradients
      : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
    for (const { name, tensor: g } of named) {
      const variable = tf.engine().registeredVariables[name] as TensorFlowJs.Variable;
      const fresh = () => tf.variable(tf.zerosLike(g), false);
      const [m, v] = this.#slots.get(name) ?? [fresh(), fresh()];
      this.#slots.set(name, [m, v]);
      tf.tidy(() => {
        m.assign(tf.add(m, tf.mul(0.1, tf.sub(g, m))));
        v.assign(tf.add(v, tf.mul(0.001, tf.sub(tf.square(g), v))));
        variable.assign(tf.sub(variable, tf.mul(rate, tf.div(m, tf.add(tf.sqrt(v), 1e-7)))));
      });
    }
  }

  getConfig(): TensorFlowJs.serialization.ConfigDict {
    return {};
  }
}

const loss = (truth: TensorFlowJs.Tensor, logits: TensorFlowJs.Tensor) => tf.losses.softmaxCrossEntropy(truth, logits);

describe.each([
  ['sgd', () => tf.train.sgd(0.05), 0.05],
  ['momentum', () => tf.train.momentum(0.05, 0.9), 0.05],
  ['nesterov', () => tf.train.momentum(0.05, 0.9, true), 0.05],
  ['rmsprop', () => tf.train.rmsprop(0.005, 0.9, 0, 1e-7), 0.005],
  ['adam', () => new KerasAdam(0.01), 0.01],
] as const)('%s', (optimizer, oracleOptimizer, learningRate) => {
  test(`${steps} steps give the losses, weights and moving statistics of tf.layers`, async () => {
    const oracle = layersModel();
    oracle.compile({ optimizer: oracleOptimizer(), loss });
    await withModel(net, classes, { seed: 3, optimizer }, async (model) => {
      copyWeights(model, oracle);
      for (let step = 0; step < steps; step++) {
        const pixels = randomImages(net, batch, 100 + step);
        const labels = randomLabels(batch, classes, 200 + step);
        model.resetMetrics();
        model.step(pixels, labels, learningRate);
        const x = tf.tensor(scaled(pixels), [batch, 9, 8, 2]);
        const y = tf.oneHot(tf.tensor1d(labels, 'int32'), classes);
        const expected = (await oracle.trainOnBatch(x, y)) as number;
        const { loss: actual, images } = model.readMetrics();
        expect(images).toBe(batch);
        expect(Math.abs(actual - expected), `loss of step ${step}`).toBeLessThan(1e-4);
      }
      const weights = new Map(model.readWeights().map(({ name, values }) => [name, values]));
      for (const [layer, names] of Object.entries(fields)) {
        for (const [i, tensor] of oracle.getLayer(layer).getWeights().entries()) {
          const name = `${layer}/${names[i]}`;
          expectClose(weights.get(name) ?? [], tensor.dataSync(), 2e-4, name);
        }
      }
      const pixels = randomImages(net, batch, 300);
      const x = tf.tensor(scaled(pixels), [batch, 9, 8, 2]);
      const expected = tf.softmax(oracle.predict(x) as TensorFlowJs.Tensor).dataSync();
      expectClose(model.predict(pixels), expected, 1e-4, 'probabilities afterwards');
    });
  });
});

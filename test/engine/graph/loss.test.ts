/** The training loss and its gradients against tfjs: smoothed and weighted targets written out, and its autodiff. */
import { describe, expect, test } from 'vitest';
import type { Model } from '../../../src-main/engine/graph/model.ts';
import { tf } from '../../../src-main/engine/tensorflow.ts';
import { augmentationPresets } from '../../../src-main/shared/augmentation.ts';
import { expectClose, network, randomImages, withModel } from './helpers.ts';

const net = network([
  { name: 'gap', kind: 'globalAvgPool' },
  { name: 'logits', kind: 'dense', units: 'classes' },
]);
const classes = 3;
const labels = Int32Array.of(0, 2, 2, 1, 0);
const pixels = randomImages(net, labels.length, 1);

/** Mean over the images of weight[label] times -sum of q log p, with q = (1 - s) one-hot + s / classes. */
function reference(model: Model, smoothing: number, weights: number[]) {
  const logits = model.fetch(pixels, ['logits/output'])['logits/output'];
  const x = tf.tensor2d(logits.values, [labels.length, classes]);
  const targets = [...labels].map((label) =>
    Array.from({ length: classes }, (_, k) => (k === label ? 1 - smoothing : 0) + smoothing / classes),
  );
  const each = tf.tensor1d([...labels].map((label) => weights[label]!));
  const loss = () => tf.logSoftmax(x).mul(tf.tensor2d(targets)).sum(1).mul(each).mean().neg().asScalar();
  const { value, grad } = tf.valueAndGrad(() => loss())(x);
  return { loss: value.dataSync()[0]!, gradient: grad.dataSync() };
}

describe.each([
  ['plain', 0, null],
  ['smoothed', 0.2, null],
  ['weighted', 0, [0.5, 2, 3]],
  ['smoothed and weighted', 0.1, [0.5, 2, 0]],
])('%s', (_, labelSmoothing, classWeights) => {
  test('loss and gradient follow the formula; scoring is left alone', async () => {
    await withModel(net, classes, { seed: 1, optimizer: 'sgd', labelSmoothing, classWeights }, (model) => {
      const expected = reference(model, labelSmoothing, classWeights ?? [1, 1, 1]);
      const name = 'logits/output/gradient';
      const { values } = model.fetch(pixels, [name], { training: true, labels })[name];
      expectClose(values, expected.gradient, 1e-5, 'gradient by the logits');
      const plain = reference(model, 0, [1, 1, 1]).loss;
      expect(model.evaluate(pixels, labels).lossSum / labels.length).toBeCloseTo(plain, 5);
      model.step(pixels, labels, 0.1);
      expect(model.readMetrics().loss).toBeCloseTo(expected.loss, 5);
    });
  });
});

test('mixed labels are smoothed and weighted as mixtures', async () => {
  const options = { seed: 1, optimizer: 'sgd', augmentation: { ...augmentationPresets.none, mixup: 0.4 } } as const;
  const classWeights = [2, 2, 2];
  const gradientOf = async (over: object): Promise<Float32Array> => {
    let values = new Float32Array();
    await withModel(net, classes, { ...options, ...over }, (model) => {
      const name = 'logits/output/gradient';
      values = new Float32Array(model.fetch(pixels, [name], { training: true, labels })[name].values);
    });
    return values;
  };
  const plain = await gradientOf({});
  expectClose(
    await gradientOf({ classWeights }),
    plain.map((value) => 2 * value),
    1e-5,
    'twice the gradient',
  );
  // softmax - (0.5 target + 0.5 / 3) is half of softmax - target, and half of softmax - 1 / 3.
  const uniform = await gradientOf({ labelSmoothing: 1 });
  const half = plain.map((value, i) => (value + uniform[i]!) / 2);
  expectClose(await gradientOf({ labelSmoothing: 0.5 }), half, 1e-5, 'half way to the uniform target');
});

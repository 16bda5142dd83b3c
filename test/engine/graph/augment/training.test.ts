/** Augmentation within the model that trains. */
import { describe, expect, test } from 'vitest';
import { augmentationPresets, augmentationSchema } from '../../../../src-main/shared/augmentation.ts';
import { expectClose, network, randomImages, randomLabels, withModel } from '../helpers.ts';

const classes = 3;
const net = network(
  [
    { name: 'conv', kind: 'conv2d', filters: 4, kernelSize: 3 },
    { name: 'relu', kind: 'activation', function: 'relu' },
    { name: 'gap', kind: 'globalAvgPool' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
  { size: [12, 9], channels: 3 },
);
const batch = 6;
const pixels = randomImages(net, batch, 1);
const labels = randomLabels(batch, classes, 1);
const strong = { seed: 2, optimizer: 'adam', augmentation: augmentationPresets.strong } as const;

describe('training', () => {
  test('a model that goes on from saved weights sees the samples that it would have seen', async () => {
    const samples: number[][] = [];
    await withModel(net, classes, strong, async (model) => {
      for (let step = 0; step < 3; step++) {
        samples.push([...model.fetch(pixels, ['input/output'], { training: true })['input/output'].values]);
        model.step(pixels, labels, 0.01);
      }
      const saved = model.readWeights();
      const next = model.fetch(pixels, ['input/output'], { training: true })['input/output'].values;
      expect(new Set([...samples, [...next]].map((sample) => sample.join())).size).toBe(4);
      await withModel(net, classes, strong, (resumed) => {
        resumed.writeWeights(saved);
        expect(resumed.fetch(pixels, ['input/output'], { training: true })['input/output'].values).toEqual(next);
        model.step(pixels, labels, 0.01);
        resumed.step(pixels, labels, 0.01);
        expect(resumed.readWeights()).toEqual(model.readWeights());
      });
    });
  });

  test('loss and gradient are of the mixed targets', async () => {
    const augmentation = augmentationSchema.parse({ mixup: 1 });
    await withModel(net, classes, { seed: 2, optimizer: 'sgd', augmentation }, (model) => {
      const tensors = ['input/output', 'logits/output', 'logits/output/gradient'] as const;
      const fetched = model.fetch(pixels, tensors, { training: true, labels });
      const original = Float32Array.from(pixels, (value) => value / 255);
      const size = original.length / batch;
      // The own share, from any pixel: mixed = share own + (1 - share) before.
      const targets = Array.from({ length: batch }, (_, i) => {
        const before = (i + batch - 1) % batch;
        const [own, other, mixed] = [
          original[i * size]!,
          original[before * size]!,
          fetched['input/output'].values[i * size]!,
        ];
        const share = (mixed - other) / (own - other);
        const target = [0, 0, 0];
        target[labels[i]!]! += share;
        target[labels[before]!]! += 1 - share;
        return target;
      });
      let loss = 0;
      const gradient = targets.flatMap((target, i) => {
        const logits = [...fetched['logits/output'].values.slice(i * classes, (i + 1) * classes)];
        const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
        return logits.map((logit, k) => {
          loss -= target[k]! * (logit - Math.log(total));
          return (Math.exp(logit) / total - target[k]!) / batch;
        });
      });
      expectClose(fetched['logits/output/gradient'].values, gradient, 1e-3, 'gradient');
      model.step(pixels, labels, 0.1);
      expect(model.readMetrics().loss).toBeCloseTo(loss / batch, 4);
    });
  });
});

test('scores and predictions are of the images as they are', async () => {
  await withModel(net, classes, strong, async (augmented) => {
    await withModel(net, classes, { seed: 2, optimizer: 'adam' }, (plain) => {
      expect(augmented.evaluate(pixels, labels)).toEqual(plain.evaluate(pixels, labels));
      expect(augmented.predict(pixels)).toEqual(plain.predict(pixels));
      const maps = (model: typeof plain) => model.fetch(pixels, ['conv/output'])['conv/output'].values;
      expect(maps(augmented)).toEqual(maps(plain));
      plain.step(pixels, labels, 0.01);
      augmented.step(pixels, labels, 0.01);
      expect(augmented.readMetrics().loss).not.toBe(plain.readMetrics().loss);
    });
  });
});

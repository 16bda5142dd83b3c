/** Gradients of whole small networks against finite differences of their loss: an oracle that no gradient kernel shares. */
import { describe, expect, test } from 'vitest';
import type { NetworkJson } from '../../../src-main/shared/network/spec.ts';
import { createRandom } from '../../../src-main/shared/random.ts';
import type { Model } from '../../../src-main/engine/graph/model.ts';
import { network, perturb, randomImages, randomLabels, withModel } from './helpers.ts';

const logits: NetworkJson['layers'] = [
  { name: 'flat', kind: 'flatten' },
  { name: 'logits', kind: 'dense', units: 'classes' },
];

/** Smooth networks only: at a kink, such as that of relu or of a maximum, a difference is no derivative. */
const networks: [string, NetworkJson['layers']][] = [
  [
    'dilated convolution, batch norm, gelu, padded mean pooling',
    [
      { name: 'conv', kind: 'conv2d', filters: 2, kernelSize: 2, dilationRate: 2, padding: [2, 1] },
      { name: 'bn', kind: 'batchNorm' },
      { name: 'gelu', kind: 'activation', function: 'gelu' },
      { name: 'pool', kind: 'avgPool', poolSize: 3, strides: 2, padding: [1, 2] },
      ...logits,
    ],
  ],
  [
    'depthwise convolution with uneven strides, silu, a branch that is added and concatenated',
    [
      { name: 'dw', kind: 'depthwiseConv2d', kernelSize: 3, strides: [2, 1], padding: 'same', depthMultiplier: 2 },
      { name: 'silu', kind: 'activation', function: 'silu' },
      { name: 'mix', kind: 'conv2d', filters: 4, kernelSize: 1 },
      { name: 'sum', kind: 'add', from: ['mix', 'silu'] },
      { name: 'both', kind: 'concat', from: ['sum', 'mix'] },
      ...logits,
    ],
  ],
  [
    'separable and transposed convolutions, group and layer norm, upsampling',
    [
      { name: 'sep', kind: 'separableConv2d', filters: 4, kernelSize: 3, strides: 2, padding: [1, 1] },
      { name: 'group', kind: 'groupNorm', groups: 2, epsilon: 0.5 },
      { name: 'up', kind: 'conv2dTranspose', filters: 3, kernelSize: 3, strides: 2, padding: 'same' },
      { name: 'silu', kind: 'activation', function: 'silu' },
      { name: 'layer', kind: 'layerNorm', epsilon: 0.5 },
      { name: 'zeros', kind: 'zeroPadding2d', padding: [0, 1] },
      {
        name: 'cut',
        kind: 'cropping2d',
        cropping: [
          [1, 2],
          [2, 0],
        ],
      },
      { name: 'larger', kind: 'upSampling2d', interpolation: 'bilinear' },
      ...logits,
    ],
  ],
  [
    'global mean, batch norm on a vector, tanh',
    [
      { name: 'conv', kind: 'conv2d', filters: 3, kernelSize: 3, strides: [1, 2] },
      { name: 'gap', kind: 'globalAvgPool' },
      { name: 'bn', kind: 'batchNorm', epsilon: 0.05 },
      { name: 'tanh', kind: 'activation', function: 'tanh' },
      { name: 'logits', kind: 'dense', units: 'classes' },
    ],
  ],
];

const classes = 3;
const batch = 4;
const step = 5e-3;

/** Mean cross-entropy in training mode, from the logits in float64. */
function lossOf(model: Model, pixels: Uint8Array, labels: Int32Array): number {
  const { values } = model.fetch(pixels, ['logits/output'], { training: true })['logits/output'];
  const losses = Array.from(labels, (label, i) => {
    const row = [...values.slice(i * classes, (i + 1) * classes)];
    return Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0)) - (row[label] as number);
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / batch;
}

describe.each(networks)('%s', (_name, layers) => {
  test('every variable, at a few of its numbers', async () => {
    const net = network(layers);
    const pixels = randomImages(net, batch, 1);
    const labels = randomLabels(batch, classes, 2);
    await withModel(net, classes, { seed: 3 }, (model) => {
      perturb(model, 4);
      const random = createRandom(5);
      const weights = model.readWeights();
      const trainable = weights.filter((_, i) => model.variables[i]?.trainable);
      const gradients = model.fetch(
        pixels,
        trainable.map(({ name }) => `${name}/gradient`),
        { labels },
      );
      for (const { name, values } of trainable) {
        for (const index of new Set([0, random.int(values.length), values.length - 1])) {
          const original = values[index] as number;
          const [above, below] = [step, -step].map((shift) => {
            values[index] = original + shift;
            model.writeWeights(weights);
            return lossOf(model, pixels, labels);
          }) as [number, number];
          values[index] = original;
          const gradient = gradients[`${name}/gradient`]?.values[index] as number;
          const difference = (above - below) / (2 * step);
          expect(
            Math.abs(gradient - difference),
            `${name}[${index}]: ${gradient}, by differences ${difference}`,
          ).toBeLessThan(2e-4 + 5e-3 * Math.abs(difference));
        }
      }
    });
  });
});

/**
 * The receptive field in TensorFlow's own model: the input pixels that change a cell far from the borders, found by
 * lighting each pixel by itself.
 */
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { checkNetwork, parseNetwork } from '../../../src-main/shared/network/index.ts';
import type { NetworkJson, Pair } from '../../../src-main/shared/network/spec.ts';
import { buildTfModel } from '../../oracle/tf-model.ts';

type LayerJson = NetworkJson['layers'][number];

const conv = (name: string, kernelSize: number | Pair, more: object = {}): LayerJson =>
  ({ name, kind: 'conv2d', filters: 1, kernelSize, ...more }) as LayerJson;
const avg = (name: string, poolSize: number, more: object = {}): LayerJson =>
  ({ name, kind: 'avgPool', poolSize, ...more }) as LayerJson;

const networks: [string, LayerJson[]][] = [
  ['a chain with pooling', [conv('a', 5), avg('p', 2), conv('b', [3, 2], { padding: 'same' })]],
  ['strides and "same"', [conv('a', 3, { strides: 2, padding: 'same' }), conv('b', [4, 3], { padding: 'same' })]],
  ['dilation', [conv('a', 3, { dilationRate: [2, 3] }), conv('b', 2, { dilationRate: 2, padding: 'same' })]],
  [
    'explicit padding',
    [conv('a', [3, 5], { strides: [1, 2], padding: [1, 2] }), avg('p', 3, { strides: 1, padding: [1, 0] })],
  ],
  [
    'branches that look to different sides',
    [
      conv('a', 2, { padding: 'same', from: ['input'] }),
      conv('b', 4, { padding: 'same', from: ['input'] }),
      conv('c', 4, { padding: 'same' }),
      { name: 'sum', kind: 'add', from: ['a', 'c'] },
    ],
  ],
  [
    'a shortcut past strides',
    [
      conv('a', 3, { strides: 2, padding: 'same', from: ['input'] }),
      conv('b', 3, { padding: 'same' }),
      conv('short', 1, { strides: 2, padding: 'same', from: ['input'] }),
      { name: 'sum', kind: 'add', from: ['b', 'short'] },
      { name: 'pooled', kind: 'avgPool', poolSize: 2, strides: 1, padding: 'same' },
    ],
  ],
  [
    'concat of three widths',
    [
      conv('one', 1, { from: ['input'] }),
      conv('three', 3, { padding: [1, 1], from: ['input'] }),
      conv('five', 5, { padding: [2, 2], from: ['input'] }),
      { name: 'all', kind: 'concat', from: ['one', 'three', 'five'] },
      conv('after', 3),
    ],
  ],
];

test.each(networks)('%s', (_, layers) => {
  const size = 23;
  const end: LayerJson[] = [
    { name: 'gap', kind: 'globalAvgPool' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ];
  const network = parseNetwork({ input: { size, channels: 1 }, layers: [...layers, ...end] });
  const rows = checkNetwork(network, 10).slice(0, layers.length);
  const { model, outputs } = buildTfModel(network, 10);
  const parts = tf.model({ inputs: model.inputs, outputs: rows.map((row) => outputs.get(row.name)!) });
  tf.tidy(() => {
    const pixels = tf.eye(size * size).reshape([size * size, size, size, 1]); // [pixel, height, width, 1]
    const answers = parts.predict(pixels) as tf.Tensor4D | tf.Tensor4D[]; // [pixel, height, width, channels] each
    for (const [i, row] of rows.entries()) {
      const [height, width] = row.outputShape as [number, number, number];
      const answer = Array.isArray(answers) ? answers[i]! : answers;
      const cell = answer.slice([0, height >> 1, width >> 1, 0], [-1, 1, 1, -1]).sum([1, 2, 3]); // [pixel]
      expect(row.receptiveField.size, row.name).toEqual(boxOfNonzero(cell.dataSync(), size));
    }
  });
});

function boxOfNonzero(values: ArrayLike<number>, width: number): Pair {
  const at = Array.from(values, (value, i) => (value === 0 ? -1 : i)).filter((i) => i >= 0);
  const ys = at.map((i) => Math.floor(i / width));
  const xs = at.map((i) => i % width);
  return [Math.max(...ys) - Math.min(...ys) + 1, Math.max(...xs) - Math.min(...xs) + 1];
}

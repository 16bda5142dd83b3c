/** Small networks that between them have every layer kind in every manner: what each test of gradients goes through. */
import { describeNetwork } from '../../../src-main/shared/network/index.ts';
import { activationFunctions } from '../../../src-main/shared/network/spec.ts';
import type { Network, NetworkJson } from '../../../src-main/shared/network/spec.ts';
import { network } from './helpers.ts';

export type Layers = NetworkJson['layers'];

const flatten: Layers = [{ name: 'flat', kind: 'flatten' }];
const logits: Layers = [{ name: 'logits', kind: 'dense', units: 'classes' }];
/** A first layer with weights of its own, so that gradients reach past the layer under test. */
const stem: Layers = [{ name: 'stem', kind: 'conv2d', filters: 3, kernelSize: 1 }];

export const cases: [string, Layers][] = [
  ['conv2d, valid', [{ name: 'it', kind: 'conv2d', filters: 4, kernelSize: 3 }]],
  ['conv2d, 1x1', [{ name: 'it', kind: 'conv2d', filters: 4, kernelSize: 1 }]],
  [
    'conv2d, same, no bias',
    [{ name: 'it', kind: 'conv2d', filters: 4, kernelSize: 3, padding: 'same', useBias: false }],
  ],
  ['conv2d, same, stride 2', [{ name: 'it', kind: 'conv2d', filters: 4, kernelSize: 3, padding: 'same', strides: 2 }]],
  ['conv2d, even kernel, same', [{ name: 'it', kind: 'conv2d', filters: 2, kernelSize: [2, 4], padding: 'same' }]],
  [
    'conv2d, everything uneven',
    [{ name: 'it', kind: 'conv2d', filters: 4, kernelSize: [3, 5], strides: [1, 2], padding: [1, 2] }],
  ],
  ['conv2d, explicit on one axis', [{ name: 'it', kind: 'conv2d', filters: 4, kernelSize: [1, 3], padding: [0, 3] }]],
  ['conv2d, dilated', [{ name: 'it', kind: 'conv2d', filters: 4, kernelSize: 3, dilationRate: 2 }]],
  [
    'conv2d, dilated unevenly, same',
    [{ name: 'it', kind: 'conv2d', filters: 4, kernelSize: 3, dilationRate: [1, 2], padding: 'same' }],
  ],
  [
    'conv2d, dilated, explicit',
    [{ name: 'it', kind: 'conv2d', filters: 4, kernelSize: 2, dilationRate: [3, 2], padding: [2, 1] }],
  ],
  ['depthwiseConv2d, valid', [{ name: 'it', kind: 'depthwiseConv2d', kernelSize: 3 }]],
  [
    'depthwiseConv2d, same, multiplier 2',
    [{ name: 'it', kind: 'depthwiseConv2d', kernelSize: 3, padding: 'same', depthMultiplier: 2 }],
  ],
  [
    'depthwiseConv2d, explicit, no bias',
    [{ name: 'it', kind: 'depthwiseConv2d', kernelSize: [3, 2], padding: [2, 1], useBias: false }],
  ],
  [
    'depthwiseConv2d, same, stride 2',
    [{ name: 'it', kind: 'depthwiseConv2d', kernelSize: 3, padding: 'same', strides: 2 }],
  ],
  ['depthwiseConv2d, uneven strides', [{ name: 'it', kind: 'depthwiseConv2d', kernelSize: 3, strides: [2, 1] }]],
  [
    'depthwiseConv2d, uneven strides, same',
    [{ name: 'it', kind: 'depthwiseConv2d', kernelSize: 3, strides: [1, 3], padding: 'same', depthMultiplier: 2 }],
  ],
  [
    'depthwiseConv2d, uneven strides, explicit',
    [{ name: 'it', kind: 'depthwiseConv2d', kernelSize: 3, strides: [3, 2], padding: [1, 2] }],
  ],
  ['separableConv2d, valid', [{ name: 'it', kind: 'separableConv2d', filters: 4, kernelSize: 3 }]],
  [
    'separableConv2d, same, stride 2, multiplier 2, no bias',
    [
      {
        name: 'it',
        kind: 'separableConv2d',
        filters: 5,
        kernelSize: [3, 2],
        strides: 2,
        padding: 'same',
        depthMultiplier: 2,
        useBias: false,
      },
    ],
  ],
  [
    'separableConv2d, explicit',
    [{ name: 'it', kind: 'separableConv2d', filters: 2, kernelSize: [3, 2], padding: [2, 1] }],
  ],
  ['conv2dTranspose, valid', [{ name: 'it', kind: 'conv2dTranspose', filters: 4, kernelSize: 3 }]],
  [
    'conv2dTranspose, valid, uneven strides',
    [{ name: 'it', kind: 'conv2dTranspose', filters: 2, kernelSize: [3, 4], strides: [2, 3] }],
  ],
  [
    'conv2dTranspose, strides larger than the kernel',
    [{ name: 'it', kind: 'conv2dTranspose', filters: 2, kernelSize: [1, 2], strides: 3, useBias: false }],
  ],
  [
    'conv2dTranspose, same',
    [{ name: 'it', kind: 'conv2dTranspose', filters: 2, kernelSize: [3, 4], strides: 2, padding: 'same' }],
  ],
  [
    'conv2dTranspose, explicit',
    [{ name: 'it', kind: 'conv2dTranspose', filters: 2, kernelSize: [4, 3], strides: 2, padding: [1, 2] }],
  ],
  ['upSampling2d', [{ name: 'it', kind: 'upSampling2d' }]],
  ['upSampling2d, uneven', [{ name: 'it', kind: 'upSampling2d', size: [3, 1] }]],
  ['upSampling2d, bilinear', [{ name: 'it', kind: 'upSampling2d', size: [2, 3], interpolation: 'bilinear' }]],
  [
    'zeroPadding2d',
    [
      {
        name: 'it',
        kind: 'zeroPadding2d',
        padding: [
          [1, 2],
          [0, 3],
        ],
      },
    ],
  ],
  [
    'cropping2d',
    [
      {
        name: 'it',
        kind: 'cropping2d',
        cropping: [
          [1, 0],
          [0, 2],
        ],
      },
    ],
  ],
  ['layerNorm on maps', [{ name: 'it', kind: 'layerNorm' }]],
  [
    'layerNorm on a vector, other epsilon',
    [
      { name: 'gap', kind: 'globalAvgPool' },
      { name: 'it', kind: 'layerNorm', epsilon: 0.1 },
    ],
  ],
  ['groupNorm, one group', [{ name: 'it', kind: 'groupNorm', groups: 1 }]],
  [
    'groupNorm, two channels a group',
    [
      { name: 'wide', kind: 'conv2d', filters: 6, kernelSize: 1 },
      { name: 'it', kind: 'groupNorm', groups: 3, epsilon: 0.05 },
    ],
  ],
  ['batchNorm on maps', [{ name: 'it', kind: 'batchNorm' }]],
  ['batchNorm, other epsilon', [{ name: 'it', kind: 'batchNorm', epsilon: 0.1, momentum: 0.5 }]],
  [
    'batchNorm on a vector',
    [
      { name: 'gap', kind: 'globalAvgPool' },
      { name: 'it', kind: 'batchNorm' },
    ],
  ],
  ...activationFunctions.map((name): [string, Layers] => [
    `activation ${name}`,
    [
      { name: 'wide', kind: 'conv2d', filters: 9, kernelSize: 3 },
      { name: 'it', kind: 'activation', function: name },
    ],
  ]),
  ['conv2d, explicit that equals same', [{ name: 'it', kind: 'conv2d', filters: 4, kernelSize: 3, padding: 1 }]],
  ['avgPool, explicit that equals same', [{ name: 'it', kind: 'avgPool', poolSize: 3, strides: 1, padding: 1 }]],
  ['maxPool', [{ name: 'it', kind: 'maxPool', poolSize: 2 }]],
  ['maxPool, overlapping, same', [{ name: 'it', kind: 'maxPool', poolSize: 3, strides: 2, padding: 'same' }]],
  ['maxPool, uneven, explicit', [{ name: 'it', kind: 'maxPool', poolSize: [3, 4], strides: [2, 1], padding: [1, 2] }]],
  ['avgPool', [{ name: 'it', kind: 'avgPool', poolSize: 2 }]],
  ['avgPool, overlapping, same', [{ name: 'it', kind: 'avgPool', poolSize: 3, strides: 2, padding: 'same' }]],
  ['avgPool, uneven, explicit', [{ name: 'it', kind: 'avgPool', poolSize: [3, 4], strides: [2, 1], padding: [1, 2] }]],
  ['globalAvgPool', [{ name: 'it', kind: 'globalAvgPool' }]],
  ['globalMaxPool', [{ name: 'it', kind: 'globalMaxPool' }]],
  ['flatten', [{ name: 'it', kind: 'flatten' }]],
  [
    'dense without bias',
    [
      { name: 'gap', kind: 'globalAvgPool' },
      { name: 'it', kind: 'dense', units: 5, useBias: false },
    ],
  ],
  ['dropout that drops nothing', [{ name: 'it', kind: 'dropout', rate: 0 }]],
  [
    'add of three, one of them twice',
    [
      { name: 'left', kind: 'conv2d', filters: 3, kernelSize: 3, padding: 'same' },
      { name: 'it', kind: 'add', from: ['stem', 'left', 'stem'] },
    ],
  ],
  [
    'concat of maps',
    [
      { name: 'left', kind: 'conv2d', filters: 2, kernelSize: 3, padding: 'same' },
      { name: 'it', kind: 'concat', from: ['left', 'stem', 'left', 'input'] },
    ],
  ],
  [
    'concat of vectors',
    [
      { name: 'mean', kind: 'globalAvgPool', from: ['stem'] },
      { name: 'max', kind: 'globalMaxPool', from: ['stem'] },
      { name: 'it', kind: 'concat', from: ['mean', 'max'] },
    ],
  ],
];

export const classes = 3;

/** The layers under test behind a convolution and before a classifier. */
export function netOf(layers: Layers): Network {
  const last = describeNetwork(network([...stem, ...layers]), classes).layers.at(-1);
  return network([...stem, ...layers, ...(last?.outputShape?.length === 1 ? [] : flatten), ...logits]);
}

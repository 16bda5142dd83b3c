/** Small networks, trained from nothing within minutes. */
import type { NetworkJson } from '../spec.ts';
import { relu } from './blocks.ts';
import type { LayerJson } from './blocks.ts';

/** LeCun et al. 1998, with tanh and average pooling; 61,706 parameters at 32x32x1 and 10 classes. */
export const lenet5: NetworkJson = {
  input: { size: [32, 32], channels: 1 },
  layers: [
    { name: 'conv1', kind: 'conv2d', filters: 6, kernelSize: 5 },
    { name: 'tanh1', kind: 'activation', function: 'tanh' },
    { name: 'pool1', kind: 'avgPool', poolSize: 2 },
    { name: 'conv2', kind: 'conv2d', filters: 16, kernelSize: 5 },
    { name: 'tanh2', kind: 'activation', function: 'tanh' },
    { name: 'pool2', kind: 'avgPool', poolSize: 2 },
    { name: 'flatten', kind: 'flatten' },
    { name: 'dense1', kind: 'dense', units: 120 },
    { name: 'tanh3', kind: 'activation', function: 'tanh' },
    { name: 'dense2', kind: 'dense', units: 84 },
    { name: 'tanh4', kind: 'activation', function: 'tanh' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
};

/** Four 3x3 convolutions of 10 filters without padding; 19,920 parameters at 64x64x3 and 10 classes. */
export const tinyVgg: NetworkJson = {
  input: { size: [64, 64], channels: 3 },
  layers: [
    ...[1, 2].flatMap((block): LayerJson[] => [
      ...[2 * block - 1, 2 * block].flatMap((i): LayerJson[] => [
        { name: `conv${i}`, kind: 'conv2d', filters: 10, kernelSize: 3 },
        relu(`relu${i}`),
      ]),
      { name: `pool${block}`, kind: 'maxPool', poolSize: 2 },
    ]),
    { name: 'flatten', kind: 'flatten' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
};

/** Convolution, batch norm, relu, pooling, three times; 24,346 parameters at 3 channels and 10 classes, of any size. */
export const convBnPool: NetworkJson = {
  input: { size: [64, 64], channels: 3 },
  layers: [
    ...[16, 32, 64].flatMap((filters, index): LayerJson[] => [
      { name: `conv${index + 1}`, kind: 'conv2d', filters, kernelSize: 3, padding: 'same', useBias: false },
      { name: `bn${index + 1}`, kind: 'batchNorm' },
      relu(`relu${index + 1}`),
      { name: `pool${index + 1}`, kind: 'maxPool', poolSize: 2 },
    ]),
    { name: 'gap', kind: 'globalAvgPool' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
};

/** No convolution at all, to compare with; 101,770 parameters at 28x28x1 and 10 classes. */
export const mlp: NetworkJson = {
  input: { size: [28, 28], channels: 1 },
  layers: [
    { name: 'flatten', kind: 'flatten' },
    { name: 'dense1', kind: 'dense', units: 128 },
    relu('relu1'),
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
};

/** Networks to start from, as the JSON that a file would hold. */
import type { NetworkJson } from './spec.ts';

type LayerJson = NetworkJson['layers'][number];

/** LeCun et al. 1998, with tanh and average pooling; 61,706 parameters at 32x32x1 and 10 classes. */
const lenet5: NetworkJson = {
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
const tinyVgg: NetworkJson = {
  input: { size: [64, 64], channels: 3 },
  layers: [
    ...[1, 2].flatMap((block): LayerJson[] => [
      ...[2 * block - 1, 2 * block].flatMap((i): LayerJson[] => [
        { name: `conv${i}`, kind: 'conv2d', filters: 10, kernelSize: 3 },
        { name: `relu${i}`, kind: 'activation', function: 'relu' },
      ]),
      { name: `pool${block}`, kind: 'maxPool', poolSize: 2 },
    ]),
    { name: 'flatten', kind: 'flatten' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
};

/** Convolution, batch norm, relu, pooling, three times; 24,346 parameters at 3 channels and 10 classes, of any size. */
const convBnPool: NetworkJson = {
  input: { size: [64, 64], channels: 3 },
  layers: [
    ...[16, 32, 64].flatMap((filters, index): LayerJson[] => [
      { name: `conv${index + 1}`, kind: 'conv2d', filters, kernelSize: 3, padding: 'same', useBias: false },
      { name: `bn${index + 1}`, kind: 'batchNorm' },
      { name: `relu${index + 1}`, kind: 'activation', function: 'relu' },
      { name: `pool${index + 1}`, kind: 'maxPool', poolSize: 2 },
    ]),
    { name: 'gap', kind: 'globalAvgPool' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
};

function convBn(name: string, filters: number, kernelSize: number, strides: number, from: string): LayerJson[] {
  return [
    { name, kind: 'conv2d', filters, kernelSize, strides, padding: 'same', useBias: false, from: [from] },
    { name: `${name}-bn`, kind: 'batchNorm' },
  ];
}

/** Two 3x3 convolutions and a way past them: a 1x1 convolution where the shape changes, else nothing. */
function residualBlock(name: string, filters: number, strides: number, from: string): LayerJson[] {
  const shortcut = strides === 1 ? [] : convBn(`${name}-shortcut`, filters, 1, strides, from);
  return [
    ...convBn(`${name}-conv1`, filters, 3, strides, from),
    { name: `${name}-relu1`, kind: 'activation', function: 'relu' },
    ...convBn(`${name}-conv2`, filters, 3, 1, `${name}-relu1`),
    ...shortcut,
    { name: `${name}-add`, kind: 'add', from: [`${name}-conv2-bn`, strides === 1 ? from : `${name}-shortcut-bn`] },
    { name, kind: 'activation', function: 'relu' },
  ];
}

/** He et al. 2016 for CIFAR-10, three stages of three blocks; 272,474 parameters at 32x32x3 and 10 classes. */
const resnet20: NetworkJson = {
  input: { size: [32, 32], channels: 3 },
  layers: [
    ...convBn('conv1', 16, 3, 1, 'input'),
    { name: 'relu1', kind: 'activation', function: 'relu' },
    ...[1, 2, 3].flatMap((stage) =>
      [1, 2, 3].flatMap((block) => {
        const before = block > 1 ? `block${stage}-${block - 1}` : stage > 1 ? `block${stage - 1}-3` : 'relu1';
        return residualBlock(`block${stage}-${block}`, 8 * 2 ** stage, block === 1 && stage > 1 ? 2 : 1, before);
      }),
    ),
    { name: 'gap', kind: 'globalAvgPool' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
};

/** No convolution at all, to compare with; 101,770 parameters at 28x28x1 and 10 classes. */
const mlp: NetworkJson = {
  input: { size: [28, 28], channels: 1 },
  layers: [
    { name: 'flatten', kind: 'flatten' },
    { name: 'dense1', kind: 'dense', units: 128 },
    { name: 'relu1', kind: 'activation', function: 'relu' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
};

export const presets: Record<string, NetworkJson> = {
  'lenet-5': lenet5,
  'tiny-vgg': tinyVgg,
  'conv-bn-pool': convBnPool,
  'resnet-20': resnet20,
  mlp,
};

export const presetNames = Object.keys(presets);

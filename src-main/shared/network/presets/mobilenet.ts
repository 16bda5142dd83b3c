/** Networks of depthwise separable convolutions, made for phones. */
import type { NetworkJson } from '../spec.ts';
import { convBn, relu6 } from './blocks.ts';
import type { LayerJson } from './blocks.ts';

function depthwiseBn(name: string, strides: number): LayerJson[] {
  return [
    { name, kind: 'depthwiseConv2d', kernelSize: 3, strides, padding: 'same', useBias: false },
    { name: `${name}-bn`, kind: 'batchNorm' },
    relu6(`${name}-relu`),
  ];
}

/** Filters and strides of MobileNetV1's separable convolutions, Howard et al. 2017, table 1. */
const separable: [filters: number, strides: number][] = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  ...Array.from({ length: 5 }, (): [number, number] => [512, 1]),
  [1024, 2],
  [1024, 1],
];

/** Howard et al. 2017, as in Keras; 4,231,976 parameters at 3 channels and 1,000 classes. */
export const mobileNetV1: NetworkJson = {
  input: { size: [224, 224], channels: 3 },
  layers: [
    ...convBn('conv1', { filters: 32, kernelSize: 3, strides: 2, padding: 'same' }),
    relu6('conv1-relu'),
    ...separable.flatMap(([filters, strides], index) => [
      ...depthwiseBn(`separable${index + 1}.depthwise`, strides),
      ...convBn(`separable${index + 1}.pointwise`, { filters, kernelSize: 1 }),
      relu6(`separable${index + 1}.pointwise-relu`),
    ]),
    { name: 'gap', kind: 'globalAvgPool' },
    { name: 'dropout', kind: 'dropout', rate: 0.001 },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
};

/** Expansion t, filters c, blocks n and first stride s of MobileNetV2's stages, Sandler et al. 2018, table 2. */
const inverted: [t: number, c: number, n: number, s: number][] = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
];

/** 1x1 to more channels, depthwise 3x3, 1x1 to few again; with a way past it, and an add called `name`, where the shape stays. */
function invertedResidual(
  name: string,
  {
    expansion,
    channels,
    filters,
    strides,
    from,
  }: Record<'expansion' | 'channels' | 'filters' | 'strides', number> & { from: string },
): LayerJson[] {
  const skips = strides === 1 && channels === filters;
  const project = convBn(`${name}.project`, { filters, kernelSize: 1 });
  return [
    ...(expansion === 1
      ? []
      : [
          ...convBn(`${name}.expand`, { filters: channels * expansion, kernelSize: 1, from: [from] }),
          relu6(`${name}.expand-relu`),
        ]),
    ...depthwiseBn(`${name}.depthwise`, strides),
    ...project,
    ...(skips ? [{ name, kind: 'add' as const, from: [`${name}.project-bn`, from] }] : []),
  ];
}

function invertedStages(): LayerJson[] {
  let channels = 32;
  let from = 'conv1-relu';
  return inverted.flatMap(([expansion, filters, count, first], stage) =>
    Array.from({ length: count }, (_, index) => {
      const strides = index === 0 ? first : 1;
      const name = `block${stage + 1}-${index + 1}`;
      const layers = invertedResidual(name, { expansion, channels, filters, strides, from });
      channels = filters;
      from = layers.at(-1)!.name;
      return layers;
    }).flat(),
  );
}

/** Sandler et al. 2018, as in torchvision; 3,504,872 parameters at 3 channels and 1,000 classes. */
export const mobileNetV2: NetworkJson = {
  input: { size: [224, 224], channels: 3 },
  layers: [
    ...convBn('conv1', { filters: 32, kernelSize: 3, strides: 2, padding: 'same' }),
    relu6('conv1-relu'),
    ...invertedStages(),
    ...convBn('conv2', { filters: 1280, kernelSize: 1 }),
    relu6('conv2-relu'),
    { name: 'gap', kind: 'globalAvgPool' },
    { name: 'dropout', kind: 'dropout', rate: 0.2 },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
};

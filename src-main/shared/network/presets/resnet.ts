/** Residual networks. The layers of a block b are called b.conv1 and so on; its last is b itself. */
import type { NetworkJson } from '../spec.ts';
import { convBn, pooledClassifier, relu } from './blocks.ts';
import type { LayerJson } from './blocks.ts';

interface Block {
  name: string;
  filters: number;
  strides: number;
  /** The layer that the block starts from. */
  from: string;
  /** A 1x1 convolution in the way past, where the shape changes. */
  project: boolean;
}

/** The way past a block: its layers, and the last one's name. */
function shortcut({ name, strides, from, project }: Block, filters: number): [LayerJson[], string] {
  if (!project) return [[], from];
  const around = `${name}.shortcut`;
  return [convBn(around, { filters, kernelSize: 1, strides, from: [from] }), `${around}-bn`];
}

/** Two 3x3 convolutions and a way past them. */
function basicBlock(block: Block): LayerJson[] {
  const { name, filters, strides, from } = block;
  const [around, end] = shortcut(block, filters);
  return [
    ...convBn(`${name}.conv1`, { filters, kernelSize: 3, strides, padding: 'same', from: [from] }),
    relu(`${name}.relu1`),
    ...convBn(`${name}.conv2`, { filters, kernelSize: 3, padding: 'same' }),
    ...around,
    { name: `${name}.add`, kind: 'add', from: [`${name}.conv2-bn`, end] },
    relu(name),
  ];
}

/** 1x1 to fewer channels, 3x3, 1x1 to four times as many, and a way past them. The 3x3 has the strides ("v1.5"). */
function bottleneckBlock(block: Block): LayerJson[] {
  const { name, filters, strides, from } = block;
  const [around, end] = shortcut(block, 4 * filters);
  return [
    ...convBn(`${name}.conv1`, { filters, kernelSize: 1, from: [from] }),
    relu(`${name}.relu1`),
    ...convBn(`${name}.conv2`, { filters, kernelSize: 3, strides, padding: [1, 1] }),
    relu(`${name}.relu2`),
    ...convBn(`${name}.conv3`, { filters: 4 * filters, kernelSize: 1 }),
    ...around,
    { name: `${name}.add`, kind: 'add', from: [`${name}.conv3-bn`, end] },
    relu(name),
  ];
}

/** Stages of so many blocks, each stage with twice the filters of the one before, and half its height and width. */
function stages(
  blocks: readonly number[],
  filters: number,
  start: string,
  make: (block: Block) => LayerJson[],
  projectFirst: boolean,
): LayerJson[] {
  let from = start;
  return blocks.flatMap((count, stage) =>
    Array.from({ length: count }, (_, index) => {
      const name = `block${stage + 1}-${index + 1}`;
      const first = index === 0;
      const block: Block = {
        name,
        filters: filters * 2 ** stage,
        strides: first && stage > 0 ? 2 : 1,
        from,
        project: first && (stage > 0 || projectFirst),
      };
      from = name;
      return make(block);
    }).flat(),
  );
}

/** He et al. 2016 for CIFAR-10, three stages of three blocks; 272,474 parameters at 32x32x3 and 10 classes. */
export const resnet20: NetworkJson = {
  input: { size: [32, 32], channels: 3 },
  layers: [
    ...convBn('conv1', { filters: 16, kernelSize: 3, padding: 'same' }),
    relu('relu1'),
    ...stages([3, 3, 3], 16, 'relu1', basicBlock, false),
    ...pooledClassifier,
  ],
};

/** A 7x7 convolution and a pool that bring 224x224 to 56x56. */
const imagenetStem: LayerJson[] = [
  ...convBn('conv1', { filters: 64, kernelSize: 7, strides: 2, padding: [3, 3] }),
  relu('relu1'),
  { name: 'pool1', kind: 'maxPool', poolSize: 3, strides: 2, padding: [1, 1] },
];

/** He et al. 2016, as in torchvision; 11,689,512 parameters at 3 channels and 1,000 classes. */
export const resnet18: NetworkJson = {
  input: { size: [224, 224], channels: 3 },
  layers: [...imagenetStem, ...stages([2, 2, 2, 2], 64, 'pool1', torchBasicBlock, false), ...pooledClassifier],
};

/** PyTorch lays one zero on each side, where "same" at stride 2 lays one at the end. */
function torchBasicBlock(block: Block): LayerJson[] {
  return basicBlock(block).map((layer) =>
    layer.kind === 'conv2d' && layer.kernelSize === 3 ? { ...layer, padding: [1, 1] } : layer,
  );
}

/** He et al. 2016, as in torchvision; 25,557,032 parameters at 3 channels and 1,000 classes. */
export const resnet50: NetworkJson = {
  input: { size: [224, 224], channels: 3 },
  layers: [...imagenetStem, ...stages([3, 4, 6, 3], 64, 'pool1', bottleneckBlock, true), ...pooledClassifier],
};

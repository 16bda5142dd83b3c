/** The networks with large dense layers that started it all, as in torchvision. */
import type { NetworkJson } from '../spec.ts';
import { relu } from './blocks.ts';
import type { LayerJson } from './blocks.ts';

/** Two dense layers of 4,096 behind dropout, and the classes. */
const denseClassifier: LayerJson[] = [
  { name: 'flatten', kind: 'flatten' },
  { name: 'dropout1', kind: 'dropout', rate: 0.5 },
  { name: 'dense1', kind: 'dense', units: 4096 },
  relu('dense1-relu'),
  { name: 'dropout2', kind: 'dropout', rate: 0.5 },
  { name: 'dense2', kind: 'dense', units: 4096 },
  relu('dense2-relu'),
  { name: 'logits', kind: 'dense', units: 'classes' },
];

/** Krizhevsky 2014, "One weird trick", one tower; 61,100,840 parameters at 224x224x3 and 1,000 classes. */
export const alexNet: NetworkJson = {
  input: { size: [224, 224], channels: 3 },
  layers: [
    { name: 'conv1', kind: 'conv2d', filters: 64, kernelSize: 11, strides: 4, padding: [2, 2] },
    relu('relu1'),
    { name: 'pool1', kind: 'maxPool', poolSize: 3, strides: 2 },
    { name: 'conv2', kind: 'conv2d', filters: 192, kernelSize: 5, padding: 'same' },
    relu('relu2'),
    { name: 'pool2', kind: 'maxPool', poolSize: 3, strides: 2 },
    ...[384, 256, 256].flatMap((filters, index): LayerJson[] => [
      { name: `conv${index + 3}`, kind: 'conv2d', filters, kernelSize: 3, padding: 'same' },
      relu(`relu${index + 3}`),
    ]),
    { name: 'pool3', kind: 'maxPool', poolSize: 3, strides: 2 },
    ...denseClassifier,
  ],
};

/** One stage of VGG: 3x3 convolutions and a pool that halves the maps. */
function vggStage(stage: number, filters: number, convolutions: number): LayerJson[] {
  const name = (index: number, part: string): string => `stage${stage}.${part}${index + 1}`;
  return [
    ...Array.from({ length: convolutions }, (_, index): LayerJson[] => [
      { name: name(index, 'conv'), kind: 'conv2d', filters, kernelSize: 3, padding: 'same' },
      relu(name(index, 'relu')),
    ]).flat(),
    { name: `stage${stage}.pool`, kind: 'maxPool', poolSize: 2 },
  ];
}

/** Simonyan and Zisserman 2015, configuration D; 138,357,544 parameters at 224x224x3 and 1,000 classes. */
export const vgg16: NetworkJson = {
  input: { size: [224, 224], channels: 3 },
  layers: [
    ...vggStage(1, 64, 2),
    ...vggStage(2, 128, 2),
    ...vggStage(3, 256, 3),
    ...vggStage(4, 512, 3),
    ...vggStage(5, 512, 3),
    ...denseClassifier,
  ],
};

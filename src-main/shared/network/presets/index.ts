/** Networks to start from, as the JSON that a file would hold. */
import type { NetworkJson } from '../spec.ts';
import { alexNet, vgg16 } from './classic.ts';
import { mobileNetV1, mobileNetV2 } from './mobilenet.ts';
import { resnet18, resnet20, resnet50 } from './resnet.ts';
import { convBnPool, lenet5, mlp, tinyVgg } from './small.ts';

export const presets: Record<string, NetworkJson> = {
  'lenet-5': lenet5,
  'tiny-vgg': tinyVgg,
  'conv-bn-pool': convBnPool,
  'resnet-20': resnet20,
  mlp,
  alexnet: alexNet,
  'vgg-16': vgg16,
  'resnet-18': resnet18,
  'resnet-50': resnet50,
  'mobilenet-v1': mobileNetV1,
  'mobilenet-v2': mobileNetV2,
};

export const presetNames = Object.keys(presets);

/** Parameters and multiply-accumulates of a layer. */
import { channelCount, elementCount } from './shapes.ts';
import type { Layer, Shape } from './spec.ts';

export interface Parameters {
  /** Numbers that training changes. */
  params: number;
  /** Running mean and variance of batch norm. */
  nonTrainable: number;
  /** `params` without the bias vectors of convolutions and dense layers. */
  paramsWithoutBias: number;
}

/**
 * conv2d: c_in c_out k_h k_w, and c_out more with bias. 6 filters of 5x5 over 1 channel -> 150 + 6 = 156
 * depthwiseConv2d: c_in m k_h k_w, and c_in m more with bias. 3x3 over 16 channels -> 144 + 16 = 160
 * dense: in x out, and out more with bias. 84 -> 10: 840 + 10 = 850
 * separableConv2d: c_in m k_h k_w + c_in m c_out, and c_out more with bias. 32 filters of 3x3 over 16 -> 144 + 512 + 32
 * conv2dTranspose: as conv2d
 * layerNorm, groupNorm: gamma and beta. 16 channels -> 32
 * batchNorm: gamma and beta; not trained: running mean and variance. 16 channels -> 32 and 32
 */
export function parametersOf(layer: Layer, input: Shape, output: Shape): Parameters {
  const channels = channelCount(input);
  switch (layer.kind) {
    case 'conv2d':
    case 'conv2dTranspose':
      return withBias(channels * layer.filters * layer.kernelSize[0] * layer.kernelSize[1], layer, output);
    case 'depthwiseConv2d':
      return withBias(channelCount(output) * layer.kernelSize[0] * layer.kernelSize[1], layer, output);
    case 'separableConv2d': {
      const depthwise = channels * layer.depthMultiplier;
      return withBias(depthwise * (layer.kernelSize[0] * layer.kernelSize[1] + layer.filters), layer, output);
    }
    case 'dense':
      return withBias(channels * channelCount(output), layer, output);
    case 'batchNorm':
      return { params: 2 * channels, nonTrainable: 2 * channels, paramsWithoutBias: 2 * channels };
    case 'layerNorm':
    case 'groupNorm':
      return { params: 2 * channels, nonTrainable: 0, paramsWithoutBias: 2 * channels };
    default:
      return { params: 0, nonTrainable: 0, paramsWithoutBias: 0 };
  }
}

function withBias(weights: number, layer: { useBias: boolean }, output: Shape): Parameters {
  const bias = layer.useBias ? channelCount(output) : 0;
  return { params: weights + bias, nonTrainable: 0, paramsWithoutBias: weights };
}

/**
 * Multiply-accumulates of one image's forward pass; 0 for kinds that are neither convolution nor dense.
 * conv2d: c_in c_out l_h l_w k_h k_w, l the output's size. 32x32x1, 6 filters of 5x5 valid -> 1*6*28*28*5*5 = 117,600
 * depthwiseConv2d: c_in m l_h l_w k_h k_w. 8x8x16, 3x3 same -> 16*8*8*3*3 = 9,216
 * separableConv2d: c_in m l_h l_w (k_h k_w + c_out). 8x8x16, 32 filters of 3x3 same -> 16*8*8*(9 + 32) = 41,984
 * conv2dTranspose: c_in c_out l_h l_w k_h k_w, l the input's size: each input cell goes once through the kernel
 * dense: in x out. 84 -> 10: 840
 */
export function multiplyAccumulatesOf(layer: Layer, input: Shape, output: Shape): number {
  switch (layer.kind) {
    case 'conv2d':
      return channelCount(input) * elementCount(output) * layer.kernelSize[0] * layer.kernelSize[1];
    case 'depthwiseConv2d':
      return elementCount(output) * layer.kernelSize[0] * layer.kernelSize[1];
    case 'separableConv2d': {
      const depthwise = (elementCount(output) / layer.filters) * channelCount(input) * layer.depthMultiplier;
      return depthwise * (layer.kernelSize[0] * layer.kernelSize[1] + layer.filters);
    }
    case 'conv2dTranspose':
      return elementCount(input) * layer.filters * layer.kernelSize[0] * layer.kernelSize[1];
    case 'dense':
      return channelCount(input) * channelCount(output);
    default:
      return 0;
  }
}

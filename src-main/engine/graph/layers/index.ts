import type { Layer, LayerKind } from '../../../shared/network/spec.ts';
import { activation } from './activation.ts';
import { batchNorm } from './batchNorm.ts';
import { conv2d } from './conv2d.ts';
import { conv2dTranspose } from './conv2dTranspose.ts';
import { dense, flatten } from './dense.ts';
import { depthwiseConv2d } from './depthwiseConv2d.ts';
import { dropout } from './dropout.ts';
import type { BuiltLayer, LayerBuilder, LayerContext, Tensor } from './layer.ts';
import { add, concat } from './merge.ts';
import { avgPool, globalAvgPool, globalMaxPool, maxPool } from './pooling.ts';
import { cropping2d, upSampling2d, zeroPadding2d } from './resize.ts';
import { groupNorm, layerNorm } from './sampleNorm.ts';
import { separableConv2d } from './separableConv2d.ts';

const builders: { [K in LayerKind]: LayerBuilder<K> } = {
  conv2d,
  depthwiseConv2d,
  separableConv2d,
  conv2dTranspose,
  upSampling2d,
  zeroPadding2d,
  cropping2d,
  batchNorm,
  layerNorm,
  groupNorm,
  activation,
  maxPool,
  avgPool,
  globalAvgPool,
  globalMaxPool,
  flatten,
  dense,
  dropout,
  add,
  concat,
};

export function buildLayer(context: LayerContext, layer: Layer, inputs: Tensor[]): BuiltLayer {
  return (builders[layer.kind] as LayerBuilder<LayerKind>)(context, layer, inputs);
}

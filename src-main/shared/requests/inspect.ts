/** What is inside a network: maps, sums, kernels, gradients, statistics. */
import { z } from 'zod';
import type { JobId } from '../events.ts';
import { fills } from '../inspect/attribution.ts';
import type { Fill } from '../inspect/attribution.ts';
import type { ConvolutionGradients } from '../inspect/convolution-gradients.ts';
import type { SpreadReport } from '../inspect/distributions.ts';
import type { EquivarianceReport } from '../inspect/equivariance.ts';
import type { KernelReport } from '../inspect/kernels.ts';
import type { DeadOnBatch } from '../inspect/maps.ts';
import type { PoolingReport } from '../inspect/pooling-report.ts';
import type { SpreadHistory } from '../inspect/spread-history.ts';
import type { SumOfMap } from '../inspect/sum.ts';
import { inspectedWeights } from '../inspection.ts';
import type { ClassifyResult, LayerSummary, MapBytes, NormCheck, NormHistory, Recalibration } from '../inspection.ts';
import type { NetworkJson } from '../network/spec.ts';
import type { PixelImage } from '../pictures.ts';
import { id, request, runId, runWeights } from './request.ts';

export const subject = z.union([
  z.strictObject({ runId, weights: z.enum(inspectedWeights).default('last') }),
  z.strictObject({ networkId: id }),
]);
/** What most tabs of Inspect ask for: one layer of a network, for one image of the project. */
const inspectedLayer = z.strictObject({ subject, imageId: id, layer: z.string() });
const cells = z.number().int().min(1).max(1024);
const unit = z.number().int().min(0);
const placement = z.strictObject({
  shift: z.tuple([z.number(), z.number()]),
  scale: z.number().min(0.1).max(10),
  degrees: z.number().min(-360).max(360),
});
const fill = z.enum(Object.keys(fills) as [Fill, ...Fill[]]);
const pooledLayer = inspectedLayer.extend({
  /** Without it the layer's own, or 2x2 side by side where it does not pool. */
  window: z
    .strictObject({
      kernel: z.tuple([cells, cells]),
      strides: z.tuple([cells, cells]),
      padding: z.enum(['valid', 'same', 'own']),
    })
    .optional(),
});

export const inspectRequests = {
  /** Every layer's output for one image of the project, in inference mode; the network and classes it was computed with. */
  'inspect.maps': request<{
    input: PixelImage;
    network: NetworkJson;
    classes: string[];
    layers: LayerSummary[];
    predictions: ClassifyResult;
  }>()(z.strictObject({ subject, imageId: id })),
  /** `count` maps of one layer from `first` on, as bytes; `mapsAtOnce` says how many are good to ask for. */
  'inspect.layerMaps': request<MapBytes>()(
    inspectedLayer.extend({ first: z.number().int().min(0), count: z.number().int().min(1) }),
  ),
  /** The exact values of one map, row by row, or without `map` of all, channels last; of a vector, all units. */
  'inspect.values': request<Float32Array>()(inspectedLayer.extend({ map: unit.optional() })),
  /** Which maps are the same on all images of the fixed batch; null where fewer than two of these can be read. */
  'inspect.deadMaps': request<DeadOnBatch | null>()(z.strictObject({ subject, layer: z.string() })),
  /** What one map of a convolution, or one unit of a dense layer, is summed up from. */
  'inspect.sum': request<SumOfMap>()(inspectedLayer.extend({ map: z.number().int().min(0) })),
  /** The kernels of a layer from `first` on, as many as travel at once; `against` other weights of the same network. */
  'inspect.kernels': request<KernelReport>()(
    z.strictObject({
      subject,
      layer: z.string(),
      weight: z.string().optional(),
      first: z.number().int().min(0).default(0),
      against: subject.optional(),
    }),
  ),
  /** In the background, in the place of the one before; the event of that name tells what a layer does with the fixed batch. */
  'inspect.batchNorm': request<JobId>()(inspectedLayer),
  /** What enters a pooling layer, or leaves another, pooled by every method; up to 16 channels from `from` on. */
  'explain.pooling': request<PoolingReport>()(pooledLayer.extend({ from: z.number().int().min(0).default(0) })),
  /**
   * In the background, in the place of the one before; the event of that name tells how the pooled maps change as the image
   * is shifted, scaled and turned.
   */
  'explain.poolingResponse': request<JobId>()(pooledLayer),
  /** Activations, weights and gradients of every layer, of the loss of one image against class `target`. */
  'explain.distributions': request<SpreadReport>()(z.strictObject({ subject, imageId: id, target: unit })),
  /** How a layer's numbers were spread while the run trained; null where nothing was recorded. */
  'explain.spreadHistory': request<SpreadHistory | null>()(z.strictObject({ runId, layer: z.string() })),
  /** The gradients of a conv2d layer, by back-propagation and as convolutions, of one filter and input channel. */
  'explain.gradients': request<ConvolutionGradients>()(
    inspectedLayer.extend({ filter: unit, channel: unit, target: unit }),
  ),
  /** Moving the image before a layer against moving its maps, for all layers; up to 16 channels of the one named. */
  'explain.equivariance': request<EquivarianceReport>()(inspectedLayer.extend({ placement, from: unit })),
  /** Which pixels speak for a class, in the background, in the place of the one before; 'explain.heat' tells of it. */
  'explain.class': request<JobId>()(
    z.strictObject({
      subject,
      imageId: id,
      classIndex: z.number().int().min(0),
      how: z.discriminatedUnion('method', [
        z.strictObject({ method: z.literal('gradCam'), layer: z.string() }),
        z.strictObject({
          method: z.literal('occlusion'),
          patch: z.strictObject({ size: cells, stride: cells }),
          fill,
        }),
        z.strictObject({
          method: z.literal('integratedGradients'),
          baseline: fill,
          steps: z.number().int().min(1).max(1000),
        }),
      ]),
    }),
  ),

  /** What became of a batch norm layer while the run trained; null where nothing was recorded. */
  'batchNorm.history': request<NormHistory | null>()(z.strictObject({ runId, layer: z.string() })),
  /** How far the running statistics are from those of the fixed training batch; null without batch norm or images. */
  'batchNorm.check': request<NormCheck | null>()(runWeights),
  /** What the running statistics of the run's weights were recalibrated to; null where they were not. */
  'batchNorm.recalibration': request<Recalibration | null>()(runWeights),
  /** Measures them anew over the run's training images, in the background. */
  'batchNorm.recalibrate': request<JobId>()(runWeights),
  /** Goes back to the statistics of training. */
  'batchNorm.undo': request<void>()(runWeights),
} as const;

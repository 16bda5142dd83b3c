/** How a network's numbers are spread while a run trains: which tensors are recorded, and what of each. */
import { layersInUse, topologicalOrder } from '../network/graph.ts';
import type { Layer, LayerKind, Network } from '../network/spec.ts';

/** Bins of a recorded histogram, equal from the least to the largest value. */
export const spreadBins = 32;

/**
 * What is recorded of a tensor beside its histogram: least and largest value, root mean square, shares of exact zeros, of
 * values that are NaN or infinite, and of values at a flat end of the layer's function (-1 where it has none).
 */
export const spreadFigures = ['least', 'largest', 'size', 'zeros', 'broken', 'saturated'] as const;
export type SpreadFigure = (typeof spreadFigures)[number];

/** Numbers, float32, in the record of one tensor, however large it is. */
export const spreadLength = spreadFigures.length + spreadBins;

/** A layer's output or one of its variables, or the gradient of the batch's mean loss by it. */
export interface RecordedTensor {
  layer: string;
  kind: LayerKind;
  /** "output", or a variable's: "kernel", "gamma", ... */
  field: string;
  isGradient: boolean;
}

/** Its name in a model. */
export const tensorOf = ({ layer, field, isGradient }: Omit<RecordedTensor, 'kind'>): string =>
  `${layer}/${field}${isGradient ? '/gradient' : ''}`;

/** What training changes of a layer by gradients. */
function trainedFields(layer: Layer): string[] {
  const bias = 'useBias' in layer && layer.useBias ? ['bias'] : [];
  switch (layer.kind) {
    case 'conv2d':
    case 'conv2dTranspose':
    case 'dense':
      return ['kernel', ...bias];
    case 'depthwiseConv2d':
      return ['depthwiseKernel', ...bias];
    case 'separableConv2d':
      return ['depthwiseKernel', 'pointwiseKernel', ...bias];
    case 'batchNorm':
    case 'layerNorm':
    case 'groupNorm':
      return ['gamma', 'beta'];
    default:
      return [];
  }
}

/** In the order of the record: of each layer that reaches the output, in the order in which they are computed. */
export function recordedTensors(network: Network): RecordedTensor[] {
  const used = layersInUse(network);
  return topologicalOrder(network)
    .map((index) => network.layers[index]!)
    .filter(({ name }) => used.has(name))
    .flatMap((layer) =>
      ['output', ...trainedFields(layer)].flatMap((field) =>
        [false, true].map((isGradient) => ({ layer: layer.name, kind: layer.kind, field, isGradient })),
      ),
    );
}

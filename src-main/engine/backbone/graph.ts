/** The shipped network up to its features as one TensorFlow graph for batches of pixels. */
import { attr, float, GraphBuilder } from '../graph/builder.ts';
import type { TensorName } from '../graph/builder.ts';
import { DataType } from '../graph/proto.ts';
import type { NodeDef } from '../graph/proto.ts';
import type { BackboneLayer, Weight } from './files.ts';

/** Pixels on a side, and numbers that describe an image. */
export const backboneSize = 224;
export const featureCount = 1280;

export const names = { pixels: 'pixels', features: 'features' } as const;

type Convolution = Extract<BackboneLayer, { class_name: 'Conv2D' | 'DepthwiseConv2D' }>;
type BatchNorm = Extract<BackboneLayer, { class_name: 'BatchNormalization' }>;

/** Pixels: uint8 [batch, 224, 224, 3]; features: float32 [batch, 1280]. */
export function featureGraph(layers: readonly BackboneLayer[], weights: ReadonlyMap<string, Weight>): NodeDef[] {
  const graph = new GraphBuilder();
  const outputs = new Map<string, TensorName>();
  const weight = (name: string): Weight => {
    const found = weights.get(name);
    if (!found) throw new Error(`it lacks the weights ${name}`);
    return found;
  };
  const build = (layer: BackboneLayer): TensorName | null => {
    const inputs = (layer.inbound_nodes[0] ?? []).map(([name]) => outputs.get(name)!);
    switch (layer.class_name) {
      case 'InputLayer':
        return scaledPixels(graph);
      case 'Conv2D':
      case 'DepthwiseConv2D':
        return convolve(graph, layer, batchNormAfter(layers, layer), weight, inputs[0]!);
      case 'BatchNormalization':
        return inputs[0]!; // in the convolution before it
      case 'ReLU':
        return graph.unary('Relu6', inputs[0]!);
      case 'Add':
        return graph.binary('AddV2', inputs[0]!, inputs[1]!);
      case 'GlobalAveragePooling2D':
        return mean(graph, inputs[0]!);
      case 'Dense':
        return null; // the classes of ImageNet, which are nobody's here
    }
  };
  for (const layer of layers) {
    const output = build(layer);
    if (output !== null) outputs.set(layer.name, output);
  }
  graph.identity(outputs.get('features')!, names.features);
  return graph.nodes;
}

function scaledPixels(graph: GraphBuilder): TensorName {
  const pixels = graph.placeholder(names.pixels, DataType.uint8, [-1, backboneSize, backboneSize, 3]);
  const centred = graph.binary('Sub', graph.cast(pixels, DataType.uint8, DataType.float), graph.scalar(127));
  return graph.binary('Mul', centred, graph.scalar(1 / 128));
}

/** The batch norm that alone reads a convolution's output: every one of this network has one. */
function batchNormAfter(layers: readonly BackboneLayer[], { name }: Convolution): BatchNorm {
  const readers = layers.filter(({ inbound_nodes }) => inbound_nodes[0]?.some(([input]) => input === name));
  const [only, ...more] = readers;
  if (only?.class_name !== 'BatchNormalization' || more.length > 0)
    throw new Error(`${name} has no batch norm of its own`);
  return only;
}

/**
 * A convolution with the batch norm after it in its kernel and bias. In inference mode that norm is the same line for
 * every cell of a channel: gamma / sqrt(variance + epsilon) times the cell, plus beta - mean times that factor.
 */
function convolve(
  graph: GraphBuilder,
  layer: Convolution,
  norm: BatchNorm,
  weight: (name: string) => Weight,
  x: TensorName,
): TensorName {
  const depthwise = layer.class_name === 'DepthwiseConv2D';
  const { shape, values } = weight(`${layer.name}/${depthwise ? 'depthwise_kernel' : 'kernel'}`);
  const of = (name: string) => weight(`${norm.name}/${name}`).values;
  const [gamma, beta, movingMean, variance] = [of('gamma'), of('beta'), of('moving_mean'), of('moving_variance')];
  const factors = gamma.map((value, channel) => value / Math.sqrt(variance[channel]! + norm.config.epsilon));
  const bias = beta.map((value, channel) => value - movingMean[channel]! * factors[channel]!);
  // [height, width, in, out], depthwise [height, width, in, 1]: either way the channels of the output run fastest.
  const kernel = values.map((value, index) => value * factors[index % factors.length]!);
  const attributes = {
    T: float,
    strides: attr.ints([1, ...layer.config.strides, 1]),
    dilations: attr.ints([1, 1, 1, 1]),
    data_format: attr.string('NHWC'),
    padding: attr.string(layer.config.padding.toUpperCase()),
  };
  const op = depthwise ? 'DepthwiseConv2dNative' : 'Conv2D';
  const product = graph.node(op, [x, graph.largeConstant(kernel, shape)], attributes);
  return graph.biasAdd(product, graph.largeConstant(bias, [bias.length]));
}

function mean(graph: GraphBuilder, x: TensorName): TensorName {
  const attributes = { T: float, Tidx: attr.type(DataType.int32), keep_dims: attr.bool(false) };
  return graph.node('Mean', [x, graph.ints([1, 2])], attributes);
}

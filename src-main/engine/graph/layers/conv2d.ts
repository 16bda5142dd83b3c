import type { LayerOf } from '../../../shared/network/spec.ts';
import { attr, float } from '../builder.ts';
import { glorotUniform, zeros } from './initializers.ts';
import { mapsInput } from './layer.ts';
import type { BuiltLayer, LayerContext, Tensor } from './layer.ts';
import { paddingAttributes, perMap, slidingWindow } from './window.ts';

export function conv2d(context: LayerContext, layer: LayerOf<'conv2d'>, inputs: Tensor[]): BuiltLayer {
  const { graph } = context;
  const { name: x, shape } = mapsInput(inputs); // [batch, height, width, channels]
  const [height, width, channels] = shape;
  const { kernelSize, filters } = layer;
  const attributes = {
    T: float,
    strides: attr.ints(perMap(layer.strides)),
    dilations: attr.ints(perMap(layer.dilationRate)),
    data_format: attr.string('NHWC'),
    use_cudnn_on_gpu: attr.bool(true),
    ...paddingAttributes(slidingWindow(layer), [height, width]),
  };
  const kernelShape = [...kernelSize, channels, filters];
  const kernel = context.variable('kernel', kernelShape, glorotUniform).value;
  const product = graph.node('Conv2D', [x, kernel], attributes); // [batch, outputHeight, outputWidth, filters]
  const output = layer.useBias ? graph.biasAdd(product, context.variable('bias', [filters], zeros).value) : product;

  return {
    output,
    backward: (gradient) => ({
      inputs: [graph.node('Conv2DBackpropInput', [graph.shapeOf(x), kernel, gradient], attributes)],
      variables: {
        kernel: graph.node('Conv2DBackpropFilter', [x, graph.ints(kernelShape), gradient], attributes),
        ...(layer.useBias && { bias: graph.biasAddGradient(gradient) }),
      },
    }),
  };
}

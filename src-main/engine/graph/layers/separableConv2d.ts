import type { LayerOf } from '../../../shared/network/spec.ts';
import { attr, float } from '../builder.ts';
import { convolveDepthwise } from './depthwiseConv2d.ts';
import { zeros } from './initializers.ts';
import { mapsInput } from './layer.ts';
import type { BuiltLayer, LayerContext, Tensor } from './layer.ts';
import { slidingWindow } from './window.ts';

/** A depthwise convolution, and a 1x1 convolution that mixes its channels, with nothing in between (Chollet 2017). */
export function separableConv2d(
  context: LayerContext,
  layer: LayerOf<'separableConv2d'>,
  inputs: Tensor[],
): BuiltLayer {
  const { graph } = context;
  const input = mapsInput(inputs); // [batch, height, width, channels]
  const { filters, depthMultiplier } = layer;
  const depthwise = convolveDepthwise(context, input, slidingWindow(layer), depthMultiplier);
  const kernelShape = [1, 1, input.shape[2] * depthMultiplier, filters];
  const kernel = context.variable('pointwiseKernel', kernelShape, context.kernelStart(kernelShape[2]!)).value;
  const attributes = {
    T: float,
    strides: attr.ints([1, 1, 1, 1]),
    dilations: attr.ints([1, 1, 1, 1]),
    data_format: attr.string('NHWC'),
    use_cudnn_on_gpu: attr.bool(true),
    padding: attr.string('VALID'),
  };
  const product = graph.node('Conv2D', [depthwise.output, kernel], attributes); // [batch, rows, columns, filters]
  const bias = layer.useBias && context.variable('bias', [filters], zeros).value;
  return {
    output: bias ? graph.biasAdd(product, bias) : product,
    backward: (gradient) => {
      const between = graph.shapeOf(depthwise.output);
      const inner = depthwise.backward(graph.node('Conv2DBackpropInput', [between, kernel, gradient], attributes));
      const pointwise = [depthwise.output, graph.ints(kernelShape), gradient];
      return {
        inputs: [inner.input],
        variables: {
          depthwiseKernel: inner.depthwiseKernel,
          pointwiseKernel: graph.node('Conv2DBackpropFilter', pointwise, attributes),
          ...(bias && { bias: graph.biasAddGradient(gradient) }),
        },
      };
    },
  };
}

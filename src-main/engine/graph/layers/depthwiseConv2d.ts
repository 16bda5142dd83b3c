import { resolvePadding } from '../../../shared/network/shapes.ts';
import type { SlidingWindow } from '../../../shared/network/shapes.ts';
import type { LayerOf } from '../../../shared/network/spec.ts';
import { attr, float } from '../builder.ts';
import type { TensorName } from '../builder.ts';
import { zeros } from './initializers.ts';
import { mapsInput } from './layer.ts';
import type { BuiltLayer, LayerContext, Maps, Tensor } from './layer.ts';
import { explicitPadding, keepStrided, paddingAttributes, perMap, slidingWindow, spreadStrided } from './window.ts';

export function depthwiseConv2d(
  context: LayerContext,
  layer: LayerOf<'depthwiseConv2d'>,
  inputs: Tensor[],
): BuiltLayer {
  const { graph } = context;
  const input = mapsInput(inputs); // [batch, height, width, channels]
  const filters = input.shape[2] * layer.depthMultiplier;
  const depthwise = convolveDepthwise(context, input, slidingWindow(layer), layer.depthMultiplier);
  const bias = layer.useBias && context.variable('bias', [filters], zeros).value;
  return {
    output: bias ? graph.biasAdd(depthwise.output, bias) : depthwise.output,
    backward: (gradient) => {
      const { input: inputGradient, depthwiseKernel } = depthwise.backward(gradient);
      const variables = { depthwiseKernel, ...(bias && { bias: graph.biasAddGradient(gradient) }) };
      return { inputs: [inputGradient], variables };
    },
  };
}

/**
 * Each channel convolved on its own with `depthMultiplier` kernels, the layer's variable "depthwiseKernel". TensorFlow's
 * kernel takes only equal strides; for others every cell is computed and the wanted ones are kept.
 */
export function convolveDepthwise(
  context: LayerContext,
  { name: x, shape: [height, width, channels] }: Maps,
  window: SlidingWindow,
  depthMultiplier: number,
) {
  const { graph } = context;
  const { kernel: kernelSize, strides } = window;
  const equal = strides[0] === strides[1];
  const attributes = {
    T: float,
    strides: attr.ints(equal ? perMap(strides) : [1, 1, 1, 1]),
    dilations: attr.ints([1, 1, 1, 1]),
    data_format: attr.string('NHWC'),
    ...(equal ? paddingAttributes(window, [height, width]) : explicitPadding(resolvePadding(window, [height, width]))),
  };
  const kernelShape = [...kernelSize, channels, depthMultiplier];
  const kernel = context.variable(
    'depthwiseKernel',
    kernelShape,
    context.kernelStart(kernelSize[0] * kernelSize[1]),
  ).value;
  const all = graph.node('DepthwiseConv2dNative', [x, kernel], attributes); // [batch, rows, columns, filters]
  return {
    output: equal ? all : keepStrided(graph, all, strides),
    backward: (gradient: TensorName) => {
      const wide = equal ? gradient : spreadStrided(graph, gradient, all, strides);
      const sizes = graph.ints(kernelShape);
      return {
        input: graph.node('DepthwiseConv2dNativeBackpropInput', [graph.shapeOf(x), kernel, wide], attributes),
        depthwiseKernel: graph.node('DepthwiseConv2dNativeBackpropFilter', [x, sizes, wide], attributes),
      };
    },
  };
}

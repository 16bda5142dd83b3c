import { resolvePadding } from '../../../shared/network/shapes.ts';
import type { LayerOf, Pair } from '../../../shared/network/spec.ts';
import { attr, float, int32 } from '../builder.ts';
import type { GraphBuilder, TensorName } from '../builder.ts';
import { glorotUniform, zeros } from './initializers.ts';
import { mapsInput } from './layer.ts';
import type { BuiltLayer, LayerContext, Tensor } from './layer.ts';
import { explicitPadding, paddingAttributes, perMap, slidingWindow } from './window.ts';

/**
 * Each channel convolved on its own with `depthMultiplier` kernels. TensorFlow's kernel takes only equal strides; for
 * others every cell is computed and the wanted ones are kept.
 */
export function depthwiseConv2d(
  context: LayerContext,
  layer: LayerOf<'depthwiseConv2d'>,
  inputs: Tensor[],
): BuiltLayer {
  const { graph } = context;
  const { name: x, shape } = mapsInput(inputs); // [batch, height, width, channels]
  const [height, width, channels] = shape;
  const { kernelSize, strides, depthMultiplier } = layer;
  const filters = channels * depthMultiplier;
  const window = slidingWindow(layer);
  const equal = strides[0] === strides[1];
  const attributes = {
    T: float,
    strides: attr.ints(equal ? perMap(strides) : [1, 1, 1, 1]),
    dilations: attr.ints([1, 1, 1, 1]),
    data_format: attr.string('NHWC'),
    ...(equal ? paddingAttributes(window, [height, width]) : explicitPadding(resolvePadding(window, [height, width]))),
  };
  const kernelShape = [...kernelSize, channels, depthMultiplier];
  const kernel = context.variable('depthwiseKernel', kernelShape, glorotUniform).value;
  const all = graph.node('DepthwiseConv2dNative', [x, kernel], attributes); // [batch, rows, columns, filters]
  const product = equal ? all : keepStrided(graph, all, strides);
  const output = layer.useBias ? graph.biasAdd(product, context.variable('bias', [filters], zeros).value) : product;

  return {
    output,
    backward: (gradient) => {
      const wide = equal ? gradient : spreadStrided(graph, gradient, all, strides);
      const sizes = graph.ints(kernelShape);
      return {
        inputs: [graph.node('DepthwiseConv2dNativeBackpropInput', [graph.shapeOf(x), kernel, wide], attributes)],
        variables: {
          depthwiseKernel: graph.node('DepthwiseConv2dNativeBackpropFilter', [x, sizes, wide], attributes),
          ...(layer.useBias && { bias: graph.biasAddGradient(gradient) }),
        },
      };
    },
  };
}

const sliceAttributes = {
  T: float,
  Index: int32,
  begin_mask: attr.int(0b1111),
  end_mask: attr.int(0b1111),
  ellipsis_mask: attr.int(0),
  new_axis_mask: attr.int(0),
  shrink_axis_mask: attr.int(0),
};

function keepStrided(graph: GraphBuilder, x: TensorName, strides: Pair): TensorName {
  const ends = graph.ints([0, 0, 0, 0]); // ignored: both masks are set
  return graph.node('StridedSlice', [x, ends, ends, graph.ints(perMap(strides))], sliceAttributes);
}

function spreadStrided(graph: GraphBuilder, gradient: TensorName, like: TensorName, strides: Pair) {
  const ends = graph.ints([0, 0, 0, 0]);
  const inputs = [graph.shapeOf(like), ends, ends, graph.ints(perMap(strides)), gradient];
  return graph.node('StridedSliceGrad', inputs, sliceAttributes);
}

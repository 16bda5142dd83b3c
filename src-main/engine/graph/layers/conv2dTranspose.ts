import type { LayerOf, Shape } from '../../../shared/network/spec.ts';
import { attr, float, int32 } from '../builder.ts';
import type { GraphBuilder, TensorName } from '../builder.ts';
import { zeros } from './initializers.ts';
import { mapsInput } from './layer.ts';
import type { BuiltLayer, LayerContext, Tensor } from './layer.ts';
import { explicitPadding, perMap } from './window.ts';

/**
 * The gradient of a convolution by its input, run forward (Dumoulin and Visin 2016): every input cell adds its multiple
 * of the kernel, [rows, columns, filters, channels], to the output, `strides` cells from its neighbour's.
 */
export function conv2dTranspose(
  context: LayerContext,
  layer: LayerOf<'conv2dTranspose'>,
  inputs: Tensor[],
): BuiltLayer {
  const { graph, outputShape } = context;
  const { name: x, shape } = mapsInput(inputs); // [batch, height, width, channels]
  const { filters, kernelSize, strides, padding, useBias } = layer;
  const word = (mode: string) => ({ padding: attr.string(mode.toUpperCase()) });
  const attributes = {
    T: float,
    strides: attr.ints(perMap(strides)),
    dilations: attr.ints([1, 1, 1, 1]),
    data_format: attr.string('NHWC'),
    use_cudnn_on_gpu: attr.bool(true),
    ...(typeof padding === 'string'
      ? word(padding)
      : explicitPadding([
          [padding[0], padding[0]],
          [padding[1], padding[1]],
        ])),
  };
  const kernelShape = [...kernelSize, filters, shape[2]];
  // On average that many of a kernel's cells reach one of the output.
  const reaching = (kernelSize[0] * kernelSize[1]) / (strides[0] * strides[1]);
  const kernel = context.variable('kernel', kernelShape, context.kernelStart(reaching * shape[2])).value;
  const sizes = outputSizes(graph, x, outputShape);
  const product = graph.node('Conv2DBackpropInput', [sizes, kernel, x], attributes); // [batch, rows, columns, filters]
  const bias = useBias && context.variable('bias', [filters], zeros).value;
  return {
    output: bias ? graph.biasAdd(product, bias) : product,
    backward: (gradient) => ({
      inputs: [graph.node('Conv2D', [gradient, kernel], attributes)],
      variables: {
        kernel: graph.node('Conv2DBackpropFilter', [gradient, graph.ints(kernelShape), x], attributes),
        ...(bias && { bias: graph.biasAddGradient(gradient) }),
      },
    }),
  };
}

/** [batch, rows, columns, filters] as a tensor, int32; the batch is that of `x`. */
function outputSizes(graph: GraphBuilder, x: TensorName, shape: Shape): TensorName {
  const batch = graph.node('Slice', [graph.shapeOf(x), graph.ints([0]), graph.ints([1])], { T: int32, Index: int32 });
  const sizes = [batch, graph.ints(shape), graph.ints([0], [])];
  return graph.node('ConcatV2', sizes, { N: attr.int(2), T: int32, Tidx: int32 });
}

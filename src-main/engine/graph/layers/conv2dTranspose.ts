import type { LayerOf, Shape } from '../../../shared/network/spec.ts';
import { attr, float, int32 } from '../builder.ts';
import type { GraphBuilder, TensorName } from '../builder.ts';
import { DataType } from '../proto.ts';
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
  const sizes = outputSizes(graph, context.batch(), outputShape);
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

/** [batch, rows, columns, filters] as a tensor, int32. */
function outputSizes(graph: GraphBuilder, batch: TensorName, shape: Shape): TensorName {
  const sizes = [graph.cast(batch, DataType.float, DataType.int32), ...shape.map((size) => graph.ints([size], []))];
  return graph.node('Pack', sizes, { T: int32, N: attr.int(sizes.length), axis: attr.int(0) });
}

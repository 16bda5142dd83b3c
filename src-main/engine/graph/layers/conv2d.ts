import { resolvePadding } from '../../../shared/network/shapes.ts';
import type { LayerOf, Pair } from '../../../shared/network/spec.ts';
import { attr, float } from '../builder.ts';
import type { TensorName } from '../builder.ts';
import { zeros } from './initializers.ts';
import { mapsInput } from './layer.ts';
import type { BuiltLayer, LayerContext, Tensor } from './layer.ts';
import {
  explicitPadding,
  keepStrided,
  pad,
  paddingAttributes,
  paddingWord,
  perMap,
  slidingWindow,
  spreadStrided,
  unpad,
} from './window.ts';

export function conv2d(context: LayerContext, layer: LayerOf<'conv2d'>, inputs: Tensor[]): BuiltLayer {
  const { graph, outputShape } = context;
  const input = mapsInput(inputs); // [batch, height, width, channels]
  const [height, width, channels] = input.shape;
  const { kernelSize, filters } = layer;
  const window = slidingWindow(layer);
  const size: Pair = [height, width];
  // On the processor the backward kernels take dilation or explicit padding, not both: there the zeros are laid on first.
  const padFirst = Math.max(...layer.dilationRate) > 1 && paddingWord(window, size) === 'EXPLICIT';
  const around = resolvePadding(window, size);
  const x = padFirst ? pad(graph, input, around) : input.name;
  // Of one channel and a batch, oneDNN sums wrong numbers into maps one cell wide when it is told of a stride to the right.
  const [down, right] = layer.strides;
  const keep: Pair | null = channels === 1 && outputShape[1] === 1 && right > 1 ? [1, right] : null;
  const padding = keep ? explicitPadding(around) : paddingAttributes(window, size);
  const attributes = {
    T: float,
    strides: attr.ints(perMap(keep ? [down, 1] : layer.strides)),
    dilations: attr.ints(perMap(layer.dilationRate)),
    data_format: attr.string('NHWC'),
    use_cudnn_on_gpu: attr.bool(true),
    ...(padFirst ? { padding: attr.string('VALID') } : padding),
  };
  const kernelShape = [...kernelSize, channels, filters];
  const kernel = context.variable(
    'kernel',
    kernelShape,
    context.kernelStart(kernelSize[0] * kernelSize[1] * channels),
  ).value;
  const all = graph.node('Conv2D', [x, kernel], attributes);
  const product = keep ? keepStrided(graph, all, keep) : all; // [batch, outputHeight, outputWidth, filters]
  const output = layer.useBias ? graph.biasAdd(product, context.variable('bias', [filters], zeros).value) : product;

  const inputGradient = (gradient: TensorName): TensorName => {
    const byX = graph.node('Conv2DBackpropInput', [graph.shapeOf(x), kernel, gradient], attributes);
    return padFirst ? unpad(graph, byX, input, around) : byX;
  };
  return {
    output,
    backward: (gradient) => {
      const wide = keep ? spreadStrided(graph, gradient, all, keep) : gradient;
      return {
        inputs: [inputGradient(wide)],
        variables: {
          kernel: graph.node('Conv2DBackpropFilter', [x, graph.ints(kernelShape), wide], attributes),
          ...(layer.useBias && { bias: graph.biasAddGradient(gradient) }),
        },
      };
    },
  };
}

import { resolvePadding, windowOutput } from '../../../shared/network/shapes.ts';
import type { SlidingWindow } from '../../../shared/network/shapes.ts';
import type { LayerOf, Pair } from '../../../shared/network/spec.ts';
import { attr, float, int32 } from '../builder.ts';
import type { GraphBuilder, TensorName } from '../builder.ts';
import type { AttrValue } from '../proto.ts';
import { mapsInput } from './layer.ts';
import type { BuiltLayer, LayerContext, Maps, Tensor } from './layer.ts';
import { pad, paddingAttributes, paddingWord, perMap, slidingWindow, unpad } from './window.ts';

function poolAttributes({ kernel, strides }: SlidingWindow) {
  return {
    T: float,
    ksize: attr.ints(perMap(kernel)),
    strides: attr.ints(perMap(strides)),
    data_format: attr.string('NHWC'),
  };
}

/** TensorFlow's kernel looks only at cells inside the input, so padding never wins. Ties: the first cell takes all. */
export function maxPool(context: LayerContext, layer: LayerOf<'maxPool'>, inputs: Tensor[]): BuiltLayer {
  return maxPoolOver(context.graph, mapsInput(inputs), slidingWindow(layer));
}

function maxPoolOver(graph: GraphBuilder, { name: x, shape }: Maps, window: SlidingWindow): BuiltLayer {
  const attributes = { ...poolAttributes(window), ...paddingAttributes(window, [shape[0], shape[1]]) };
  const output = graph.node('MaxPool', [x], attributes); // [batch, outputHeight, outputWidth, channels]
  return {
    output,
    backward: (gradient) => ({ inputs: [graph.node('MaxPoolGrad', [x, output, gradient], attributes)] }),
  };
}

/** The largest value of each map, [batch, channels]. */
export function globalMaxPool(context: LayerContext, _layer: LayerOf<'globalMaxPool'>, inputs: Tensor[]): BuiltLayer {
  const { graph } = context;
  const input = mapsInput(inputs);
  const [height, width, channels] = input.shape;
  const whole: SlidingWindow = { kernel: [height, width], strides: [1, 1], dilation: [1, 1], padding: 'valid' };
  const pooled = maxPoolOver(graph, input, whole); // [batch, 1, 1, channels]
  return {
    output: graph.reshape(pooled.output, [-1, channels]),
    backward: (gradient) => pooled.backward(graph.reshape(gradient, [-1, 1, 1, channels])),
  };
}

/**
 * The mean over the window's cells inside the input. TensorFlow's kernel leaves padding out for "same"; other padding
 * it does not know, so there the zeros are laid on, the mean is taken over the whole window and then scaled by
 * window cells / cells inside, per output cell.
 */
export function avgPool(context: LayerContext, layer: LayerOf<'avgPool'>, inputs: Tensor[]): BuiltLayer {
  const { graph } = context;
  const x = mapsInput(inputs); // [batch, height, width, channels]
  const size: Pair = [x.shape[0], x.shape[1]];
  const window = slidingWindow(layer);
  if (paddingWord(window, size) !== 'EXPLICIT') {
    const pooled = meanOver(graph, x.name, { ...poolAttributes(window), ...paddingAttributes(window, size) });
    return { output: pooled.output, backward: (gradient) => ({ inputs: [pooled.backward(gradient)] }) };
  }

  const zeros = resolvePadding(window, size);
  const pooled = meanOver(graph, pad(graph, x, zeros), { ...poolAttributes(window), padding: attr.string('VALID') });
  const scale = graph.floats(...wholeOverInside(window, size));
  return {
    output: graph.binary('Mul', pooled.output, scale),
    backward: (gradient) => {
      const wide = pooled.backward(graph.binary('Mul', gradient, scale));
      return { inputs: [unpad(graph, wide, x, zeros)] };
    },
  };
}

function meanOver(graph: GraphBuilder, x: TensorName, attributes: Record<string, AttrValue>) {
  return {
    output: graph.node('AvgPool', [x], attributes),
    backward: (gradient: TensorName) => graph.node('AvgPoolGrad', [graph.shapeOf(x), gradient], attributes),
  };
}

/** Window cells over cells inside the input, for every output cell: values row by row, and their shape. */
function wholeOverInside(window: SlidingWindow, input: Pair): [values: number[], shape: number[]] {
  const output = windowOutput(window, input);
  const zeros = resolvePadding(window, input);
  const inside = (axis: 0 | 1): number[] =>
    Array.from({ length: output[axis] }, (_, i) => {
      const start = i * window.strides[axis] - zeros[axis][0];
      return Math.min(start + window.kernel[axis], input[axis]) - Math.max(start, 0);
    });
  const cells = window.kernel[0] * window.kernel[1];
  const columns = inside(1);
  return [inside(0).flatMap((rows) => columns.map((column) => cells / (rows * column))), perMap(output)];
}

/** The mean of each map, [batch, channels]. */
export function globalAvgPool(context: LayerContext, _layer: LayerOf<'globalAvgPool'>, inputs: Tensor[]): BuiltLayer {
  const { graph } = context;
  const { name: x, shape } = mapsInput(inputs);
  const [height, width, channels] = shape;
  const cells = height * width;
  return {
    output: graph.node('Mean', [x, graph.ints([1, 2])], { T: float, Tidx: int32, keep_dims: attr.bool(false) }),
    backward: (gradient) => {
      const spread = graph.floats(new Array<number>(cells).fill(1 / cells), perMap([height, width]));
      return { inputs: [graph.binary('Mul', graph.reshape(gradient, [-1, 1, 1, channels]), spread)] };
    },
  };
}

/** Normalisation of each image on its own: the same in training and in inference, with no moving statistics. */
import type { LayerOf, Shape } from '../../../shared/network/spec.ts';
import { channelCount } from '../../../shared/network/shapes.ts';
import { attr, float, int32 } from '../builder.ts';
import type { GraphBuilder, TensorName } from '../builder.ts';
import { ones, zeros } from './initializers.ts';
import { mapsInput, onlyInput } from './layer.ts';
import type { BuiltLayer, LayerContext, Tensor } from './layer.ts';

/** Over the channels of each cell (Ba, Kiros, Hinton 2016), as Keras' LayerNormalization does by itself. */
export function layerNorm(context: LayerContext, layer: LayerOf<'layerNorm'>, inputs: Tensor[]): BuiltLayer {
  const { name, shape } = onlyInput(inputs);
  return normaliseGroups(context, { name, shape, grouped: [-1, ...shape], axes: [shape.length] }, layer.epsilon);
}

/** Over height, width and the channels of each group (Wu and He 2018). */
export function groupNorm(context: LayerContext, layer: LayerOf<'groupNorm'>, inputs: Tensor[]): BuiltLayer {
  const { name, shape } = mapsInput(inputs);
  const [height, width, channels] = shape;
  const grouped = [-1, height * width, layer.groups, channels / layer.groups];
  return normaliseGroups(context, { name, shape, grouped, axes: [1, 3] }, layer.epsilon);
}

interface Grouping {
  name: TensorName;
  shape: Shape;
  /** The input's shape, batch first, in which what is normalised together lies along `axes`. */
  grouped: number[];
  axes: number[];
}

/**
 * y = gamma n + beta per channel, n = (x - mean) / sqrt(variance + epsilon), mean and (biased) variance over `axes`.
 * Backward, with g = gamma dL/dy: dL/dx = (g - mean(g) - n mean(g n)) / sqrt(variance + epsilon).
 */
function normaliseGroups(context: LayerContext, { name, shape, grouped, axes }: Grouping, epsilon: number): BuiltLayer {
  const { graph } = context;
  const channels = channelCount(shape);
  const gamma = context.variable('gamma', [channels], ones).value;
  const beta = context.variable('beta', [channels], zeros).value;
  const whole = [-1, ...shape];
  const mean = (x: TensorName): TensorName => meanOver(graph, x, axes);

  const x = graph.reshape(name, grouped);
  const centred = graph.binary('Sub', x, mean(x));
  const variance = mean(graph.unary('Square', centred));
  const scale = graph.unary('Rsqrt', graph.binary('AddV2', variance, graph.scalar(epsilon)));
  const normal = graph.binary('Mul', centred, scale); // as `grouped`
  const normalised = graph.reshape(normal, whole); // [batch, height, width, channels] or [batch, units]
  const everyOther = Array.from({ length: shape.length }, (_, axis) => axis);
  return {
    output: graph.binary('AddV2', graph.binary('Mul', normalised, gamma), beta),
    backward: (gradient) => {
      const g = graph.reshape(graph.binary('Mul', gradient, gamma), grouped);
      const along = graph.binary('Mul', normal, mean(graph.binary('Mul', g, normal)));
      const inner = graph.binary('Sub', graph.binary('Sub', g, mean(g)), along);
      return {
        inputs: [graph.reshape(graph.binary('Mul', inner, scale), whole)],
        variables: {
          gamma: graph.sumOver(graph.binary('Mul', gradient, normalised), everyOther),
          beta: graph.sumOver(gradient, everyOther),
        },
      };
    },
  };
}

function meanOver(graph: GraphBuilder, x: TensorName, axes: number[]): TensorName {
  return graph.node('Mean', [x, graph.ints(axes)], { T: float, Tidx: int32, keep_dims: attr.bool(true) });
}

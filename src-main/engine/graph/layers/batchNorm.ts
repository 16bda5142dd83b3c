import type { LayerOf } from '../../../shared/network/spec.ts';
import { channelCount, elementCount } from '../../../shared/network/shapes.ts';
import { attr, float } from '../builder.ts';
import type { TensorName } from '../builder.ts';
import { ones, zeros } from './initializers.ts';
import { onlyInput } from './layer.ts';
import type { BuiltLayer, LayerContext, Tensor } from './layer.ts';

/**
 * y = gamma (x - mean) / sqrt(variance + epsilon) + beta, per channel. In training mean and (biased) variance are the
 * batch's; in inference the moving ones, which each step moves: moving = momentum moving + (1 - momentum) batch.
 * A vector [units] is normalised as a map of one cell.
 */
export function batchNorm(context: LayerContext, layer: LayerOf<'batchNorm'>, inputs: Tensor[]): BuiltLayer {
  const { graph, training } = context;
  const input = onlyInput(inputs);
  const channels = channelCount(input.shape);
  const isVector = input.shape.length === 1;
  const asMaps = (tensor: TensorName): TensorName => (isVector ? graph.reshape(tensor, [-1, 1, 1, channels]) : tensor); // [batch, height, width, channels]
  const asInput = (tensor: TensorName): TensorName => (isVector ? graph.reshape(tensor, [-1, channels]) : tensor);
  const x = asMaps(input.name);

  const gamma = context.variable('gamma', [channels], ones).value;
  const beta = context.variable('beta', [channels], zeros).value;
  const movingMean = context.variable('movingMean', [channels], zeros, false);
  const movingVariance = context.variable('movingVariance', [channels], ones, false);
  const attributes = {
    T: float,
    U: float,
    epsilon: attr.float(layer.epsilon),
    data_format: attr.string('NHWC'),
    is_training: attr.bool(training),
  };
  const statistics = training
    ? [graph.floats([], [0]), graph.floats([], [0])]
    : [movingMean.value, movingVariance.value];
  const normalised = graph.node('FusedBatchNormV3', [x, gamma, beta, ...statistics], {
    ...attributes,
    exponential_avg_factor: attr.float(1),
  });
  const output = asInput(normalised);
  const saved = [3, 4, 5].map((index) => `${normalised}:${index}`);
  const backward = (gradient: TensorName) => {
    const node = graph.node('FusedBatchNormGradV3', [asMaps(gradient), x, gamma, ...saved], attributes);
    return { inputs: [asInput(node)], variables: { gamma: `${node}:1`, beta: `${node}:2` } };
  };
  if (!training) {
    context.expose('runningMean', movingMean.value);
    context.expose('runningVariance', movingVariance.value);
    return { output, backward };
  }

  // The kernel returns n / (n - 1) times the biased variance (1 times for n = 1), n being the numbers a channel.
  const cells = elementCount(input.shape) / channels;
  const count = graph.binary('Mul', context.batch(), graph.scalar(cells));
  const larger = graph.binary('Maximum', graph.binary('Sub', count, graph.scalar(1)), graph.scalar(1));
  const batchMean = `${normalised}:1`;
  const batchVariance = graph.binary('Mul', `${normalised}:2`, graph.binary('RealDiv', larger, count));
  context.expose('batchMean', batchMean);
  context.expose('batchVariance', batchVariance);
  const move = (moving: typeof movingMean, batch: TensorName): TensorName => {
    const change = graph.binary('Mul', graph.binary('Sub', moving.value, batch), graph.scalar(1 - layer.momentum));
    return graph.node('AssignSubVariableOp', [moving.handle, change], { dtype: float });
  };
  return { output, backward, updates: [move(movingMean, batchMean), move(movingVariance, batchVariance)] };
}

/** What is done with all gradients of a step at once, and the gate that no step with trouble in its numbers gets past. */
import { attr, float } from './builder.ts';
import type { GraphBuilder, TensorName } from './builder.ts';
import type { WeightGradient } from './optimizers.ts';
import { DataType } from './proto.ts';

/** The square root of the sum of the squares of all these tensors' elements, a scalar. */
export function globalNorm(graph: GraphBuilder, tensors: readonly TensorName[]): TensorName {
  const halves = tensors.map((tensor) => graph.node('L2Loss', [tensor], { T: float })); // sum of squares / 2
  const squares = graph.binary('Mul', graph.sum(halves), graph.scalar(2));
  return graph.unary('Sqrt', squares);
}

/** All gradients times most / norm where their norm is above `most` (Pascanu et al. 2013): the direction stays. */
export function clipByNorm(
  graph: GraphBuilder,
  gradients: readonly WeightGradient[],
  norm: TensorName,
  most: number,
): WeightGradient[] {
  const limit = graph.scalar(most);
  const share = graph.binary('RealDiv', limit, graph.binary('Maximum', norm, limit));
  return gradients.map((one) => ({ ...one, gradient: graph.binary('Mul', one.gradient, share) }));
}

/** How TensorFlow's error begins when a step was refused for its numbers. */
export const troubleMark = 'Trouble in the numbers of a step';

/**
 * A node that fails, and with it the step, when the loss or one of the norms is NaN or infinite, or the mean loss of the
 * batch is above `highestLoss`. What runs after it has not run then: every variable is as it was before the step. The
 * norms are the gradients' and the weights': a relu that is one kernel with its convolution makes 0 of a weight's NaN.
 */
export function numbersGate(
  graph: GraphBuilder,
  { lossSum, batch, norms }: { lossSum: TensorName; batch: TensorName; norms: TensorName[] },
  highestLoss: number,
): TensorName {
  const most = graph.binary('Mul', batch, graph.scalar(highestLoss));
  const within = graph.node('LessEqual', [lossSum, most], { T: float });
  // A loss above it is divided by 0, and infinite then.
  const bounded = graph.binary('RealDiv', lossSum, graph.cast(within, DataType.bool, DataType.float));
  const sum = graph.sum([graph.unary('Abs', bounded), ...norms]);
  return graph.node('CheckNumerics', [sum], { T: float, message: attr.string(troubleMark) });
}

import { attr, float, int32 } from './builder.ts';
import type { GraphBuilder, TensorName } from './builder.ts';
import { DataType } from './proto.ts';

export interface Loss {
  /** Sums over the batch, scalars: cross-entropy in nats, and images whose largest logit is at their label. */
  lossSum: TensorName;
  correct: TensorName;
  /** Gradient of the batch's mean loss by the logits: (softmax - target) / batch, [batch, classes]. */
  gradient(batch: TensorName): TensorName;
}

/** Cross-entropy of the softmax, -log p[label]; logits [batch, classes], labels int32 [batch]. */
export function crossEntropy(graph: GraphBuilder, logits: TensorName, labels: TensorName): Loss {
  const losses = graph.node('SparseSoftmaxCrossEntropyWithLogits', [logits, labels], { T: float, Tlabels: int32 });
  return lossOf(graph, losses, logits, labels);
}

/** -sum of target log p over the classes; targets float32 [batch, classes], each image's shares of 1. */
export function softCrossEntropy(
  graph: GraphBuilder,
  logits: TensorName,
  labels: TensorName,
  targets: TensorName,
): Loss {
  const losses = graph.node('SoftmaxCrossEntropyWithLogits', [logits, targets], { T: float });
  return lossOf(graph, losses, logits, labels);
}

/** Labels int32 [batch] as float32 [batch, classes]: 1 at the label, 0 elsewhere. */
export function oneHot(graph: GraphBuilder, labels: TensorName, classes: number): TensorName {
  const inputs = [labels, graph.ints([classes], []), graph.scalar(1), graph.scalar(0)];
  return graph.node('OneHot', inputs, { T: float, TI: int32, axis: attr.int(-1) });
}

/** `losses`: a node whose second output is the gradient of each image's loss by its logits. */
function lossOf(graph: GraphBuilder, losses: TensorName, logits: TensorName, labels: TensorName): Loss {
  const guess = graph.node('ArgMax', [logits, graph.ints([1], [])], { T: float, Tidx: int32, output_type: int32 });
  const hit = graph.node('Equal', [guess, labels], { T: int32, incompatible_shape_error: attr.bool(true) });
  return {
    lossSum: graph.sumOver(losses, [0]),
    correct: graph.sumOver(graph.cast(hit, DataType.bool, DataType.float), [0]),
    gradient: (batch) => graph.binary('RealDiv', `${losses}:1`, batch),
  };
}

/** Scalars as one vector, to be fetched or added up at once. */
export function pack(graph: GraphBuilder, scalars: TensorName[], name?: string): TensorName {
  const attributes = { T: float, N: attr.int(scalars.length), axis: attr.int(0) };
  return graph.node('Pack', scalars, attributes, { name });
}

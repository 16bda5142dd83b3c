import { attr, float, int32 } from './builder.ts';
import type { GraphBuilder, TensorName } from './builder.ts';
import { DataType } from './proto.ts';

export interface Loss {
  /** Sums over the batch, scalars: cross-entropy in nats, and images whose largest logit is at their label. */
  lossSum: TensorName;
  correct: TensorName;
  /** Gradient of the batch's mean loss by the logits: (softmax - one-hot) / batch, [batch, classes]. */
  gradient(batch: TensorName): TensorName;
}

/** Cross-entropy of the softmax, -log p[label]; logits [batch, classes], labels int32 [batch]. */
export function crossEntropy(graph: GraphBuilder, logits: TensorName, labels: TensorName): Loss {
  const losses = graph.node('SparseSoftmaxCrossEntropyWithLogits', [logits, labels], { T: float, Tlabels: int32 });
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

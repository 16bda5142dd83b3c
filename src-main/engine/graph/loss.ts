import { attr, float, int32 } from './builder.ts';
import type { GraphBuilder, TensorName } from './builder.ts';
import { DataType } from './proto.ts';

export interface Loss {
  /** Sums over the batch, scalars: cross-entropy in nats, and images whose largest logit is at their label. */
  lossSum: TensorName;
  correct: TensorName;
  /** Gradient of the batch's mean loss by the logits: weight (softmax - target) / batch, [batch, classes]. */
  gradient(batch: TensorName): TensorName;
}

/** Cross-entropy of the softmax, -log p[label]; logits [batch, classes], labels int32 [batch]. */
export function crossEntropy(graph: GraphBuilder, logits: TensorName, labels: TensorName): Loss {
  const losses = graph.node('SparseSoftmaxCrossEntropyWithLogits', [logits, labels], { T: float, Tlabels: int32 });
  return lossOf(graph, losses, logits, labels);
}

export interface TrainingLossRules {
  classes: number;
  /** float32 [batch, classes], each image's shares of 1; null where they follow from the labels. */
  targets: TensorName | null;
  /** The share of each target that is spread evenly over all classes, 0 to 1. */
  labelSmoothing: number;
  /** What an image of each class counts; null where all count the same. */
  classWeights: readonly number[] | null;
}

/**
 * weight[label] times -sum of target log p over the classes, summed over the batch; the mean divides by the number of
 * images, not by the weights' sum (as Keras does). A smoothed target is (1 - s) target + s / classes (Szegedy et al.
 * 2015): with s = 0.1 and 10 classes 0.91 at the label and 0.01 elsewhere. Where targets are mixtures, so are weights.
 */
export function trainingLoss(
  graph: GraphBuilder,
  logits: TensorName,
  labels: TensorName,
  { classes, targets, labelSmoothing, classWeights }: TrainingLossRules,
): Loss {
  const weights = classWeights && imageWeights(graph, labels, targets, classWeights);
  if (targets === null && labelSmoothing === 0 && weights === null) return crossEntropy(graph, logits, labels);
  const shares = targets ?? oneHot(graph, labels, classes);
  const smoothed = labelSmoothing === 0 ? shares : smooth(graph, shares, labelSmoothing, classes);
  const losses = graph.node('SoftmaxCrossEntropyWithLogits', [logits, smoothed], { T: float });
  return lossOf(graph, losses, logits, labels, weights);
}

function smooth(graph: GraphBuilder, shares: TensorName, smoothing: number, classes: number): TensorName {
  const kept = graph.binary('Mul', shares, graph.scalar(1 - smoothing));
  return graph.binary('AddV2', kept, graph.scalar(smoothing / classes));
}

/** What each image counts, [batch]. */
function imageWeights(
  graph: GraphBuilder,
  labels: TensorName,
  targets: TensorName | null,
  classWeights: readonly number[],
): TensorName {
  const shares = targets ?? oneHot(graph, labels, classWeights.length);
  return graph.reshape(graph.matMul(shares, graph.floats([...classWeights], [classWeights.length, 1])), [-1]);
}

/** Labels int32 [batch] as float32 [batch, classes]: 1 at the label, 0 elsewhere. */
export function oneHot(graph: GraphBuilder, labels: TensorName, classes: number): TensorName {
  const inputs = [labels, graph.ints([classes], []), graph.scalar(1), graph.scalar(0)];
  return graph.node('OneHot', inputs, { T: float, TI: int32, axis: attr.int(-1) });
}

/** `losses`: a node whose second output is the gradient of each image's loss by its logits. */
function lossOf(
  graph: GraphBuilder,
  losses: TensorName,
  logits: TensorName,
  labels: TensorName,
  weights: TensorName | null = null,
): Loss {
  const weigh = (x: TensorName, shape: number[]): TensorName =>
    weights === null ? x : graph.binary('Mul', x, graph.reshape(weights, shape));
  const guess = graph.node('ArgMax', [logits, graph.ints([1], [])], { T: float, Tidx: int32, output_type: int32 });
  const hit = graph.node('Equal', [guess, labels], { T: int32, incompatible_shape_error: attr.bool(true) });
  return {
    lossSum: graph.sumOver(weigh(losses, [-1]), [0]),
    correct: graph.sumOver(graph.cast(hit, DataType.bool, DataType.float), [0]),
    gradient: (batch) => graph.binary('RealDiv', weigh(`${losses}:1`, [-1, 1]), batch),
  };
}

/** Scalars as one vector, to be fetched or added up at once. */
export function pack(graph: GraphBuilder, scalars: TensorName[], name?: string): TensorName {
  const attributes = { T: float, N: attr.int(scalars.length), axis: attr.int(0) };
  return graph.node('Pack', scalars, attributes, { name });
}

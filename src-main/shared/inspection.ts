/** What inspection and evaluation hand out. Maps are [height, width, channels], row by row, channels last. */
import type { LayerKind, Shape } from './network/spec.ts';

/** Which of a run's weights: the newest, those of its best epoch, or those that it began with. */
export const inspectedWeights = ['last', 'best', 'start'] as const;
/** What is looked into: a run, or a saved network that nobody has trained. */
export type Subject = { runId: string; weights: (typeof inspectedWeights)[number] } | { networkId: number };

export interface Statistics {
  mean: number;
  std: number;
  min: number;
  max: number;
  /** Share of exact zeros, 0 to 1. */
  zeros: number;
}

export interface LayerActivation extends Statistics {
  name: string;
  kind: LayerKind;
  shape: Shape;
  /** Values of the layer's output for one image, length height x width x channels. */
  values: Float32Array;
}

export interface PooledMaps {
  shape: [number, number, number];
  values: Float32Array;
  mean: number;
  std: number;
}

/** Max and mean pooling of the same input with the layer's own window, and max minus mean. */
export interface PoolingComparison {
  layer: string;
  input: PooledMaps;
  max: PooledMaps;
  avg: PooledMaps;
  difference: PooledMaps;
}

export interface Histogram {
  /** Left edge of the first bin and right edge of the last. */
  from: number;
  to: number;
  counts: number[];
}

/** One BN layer over the run's fixed seeded training batch; arrays hold one number a channel. */
export interface BatchNormReport {
  layer: string;
  /** Paths of the batch's images, as named on screen; a single path when the training images are gone. */
  batch: string[];
  batchMean: number[];
  batchVariance: number[];
  runningMean: number[];
  runningVariance: number[];
  gamma: number[];
  beta: number[];
  epsilon: number;
  /** Per channel: values entering the layer, and leaving it in training mode. */
  before: Histogram[];
  after: Histogram[];
}

/** How well a network does on some images: mean loss in nats, accuracy 0 to 1. */
export interface Scores {
  loss: number;
  accuracy: number;
}

/** What it did to measure the running statistics of batch norm anew; all scores are over the training images. */
export interface Recalibration {
  images: number;
  /** Each batch normalised by itself, as in training: what the weights have learnt. */
  batchStatistics: Scores;
  /** In inference mode, with the running statistics as training left them, and with those measured now. */
  before: Scores;
  after: Scores;
}

export interface Prediction {
  class: string;
  /** 0 to 1. */
  probability: number;
}

export type ClassifyResult = { path: string; predictions: Prediction[] } | { path: string; error: string };

export interface Evaluation {
  /** 0 to 1, over all images whose class the model knows. */
  accuracy: number;
  classes: string[];
  /** Rows are truth, columns prediction, both in the order of `classes`. */
  confusion: number[][];
  perClass: { class: string; precision: number; recall: number; f1: number; support: number }[];
  /** Class folders the model does not know; left out of every figure. */
  unknownClasses: string[];
  /** Images of known classes that could not be used, and why; in no figure. Absolute paths. */
  leftOut: { path: string; reason: string }[];
}

export interface ExportResult {
  /** Absolute paths of what was written. */
  files: string[];
  /** Largest difference of a probability against the engine, over real images; null when there were none to try. */
  maxDifference: number | null;
}

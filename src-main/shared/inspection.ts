/** What inspection and evaluation hand out. Maps are [height, width, channels], row by row, channels last. */
import type { Energies } from './inspect/frequencies.ts';
import type { PoolingMethod } from './inspect/pooling.ts';
import type { LayerKind, Pair, Shape } from './network/spec.ts';

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

/**
 * Of each map of a layer, in the order of its channels; a vector [units] is one map. Over what is finite: a map without
 * one finite value has 0 throughout.
 */
export interface MapStatistics {
  min: Float32Array;
  max: Float32Array;
  mean: Float32Array;
  /** Population variance. */
  variance: Float32Array;
  /** Share of exact zeros, 0 to 1. */
  zeros: Float32Array;
  /** Values that are NaN or infinite, as a number of cells. */
  broken: Float32Array;
}

/**
 * Maps `first` to `first` + `count` - 1 of a layer, one after another, row by row. A byte from 0 to 254 stands for
 * min + byte / 254 (max - min) of its own map; 255 for NaN and infinity.
 */
export interface MapBytes {
  first: number;
  count: number;
  height: number;
  width: number;
  /** [count, height, width] */
  bytes: Uint8Array;
}
export const brokenByte = 255;

/** A layer's output for one image, without its values: those of a map come on demand. */
export interface LayerSummary {
  name: string;
  kind: LayerKind;
  shape: Shape;
  statistics: MapStatistics;
  /** The first maps, with cells left out where they are larger than a thumbnail. */
  preview: MapBytes;
}

/** Cells in one answer at most, unless one map alone has more. */
const cellsAtOnce = 2 ** 22;

/** A layer's maps as [height, width, maps]; a vector is one map, one cell high. */
export const mapsOf = (shape: Shape): [height: number, width: number, maps: number] =>
  shape.length === 3 ? shape : [1, shape[0], 1];

/** How many of a layer's maps travel at once. */
export function mapsAtOnce(shape: Shape): number {
  const [height, width, maps] = mapsOf(shape);
  return Math.min(maps, Math.max(1, Math.floor(cellsAtOnce / (height * width))));
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

/** A window that was chosen; `own` padding is that of the layer. */
export interface PoolingWindow {
  kernel: Pair;
  strides: Pair;
  padding: 'valid' | 'same' | 'own';
}

/** What a method of pooling keeps of maps. */
export interface PoolingKept extends Energies {
  /** Variance of a pooled value over that of noise laid on every cell before: 1 / cells for the mean. */
  noise: number;
  /** The mean change of a pooled value under that noise, in the noise's standard deviations. */
  bias: number;
}

/** Maps pooled by every method with one window, of some of their channels. */
export interface PoolingReport {
  layer: string;
  /** Whose output is pooled. */
  source: string;
  window: PoolingWindow;
  /** What the network itself does there; null where it does not pool, or not with this window. */
  uses: 'max' | 'mean' | null;
  channels: { from: number; count: number; all: number };
  input: PooledMaps;
  pooled: Record<PoolingMethod, PooledMaps & { winners: Int32Array | null }>;
  kept: Record<PoolingMethod | 'none', PoolingKept>;
  /** Rows and columns of the middle of the maps on which `kept` was measured. */
  measuredOn: Pair;
}

/** Change of the maps over their length, at each step of a change to the image. */
export interface ResponseCurves {
  steps: number[];
  changes: Record<PoolingMethod | 'none', number[]>;
}

/** By pixels to the right, times as large, and degrees clockwise. */
export interface PoolingResponse {
  layer: string;
  shift: ResponseCurves;
  scale: ResponseCurves;
  rotation: ResponseCurves;
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
  /** Per channel, in training mode: values entering the layer, normalised by the batch, and after gamma and beta. */
  before: Histogram[];
  normalised: Histogram[];
  after: Histogram[];
  /** Per channel: values leaving the layer in each mode, over one range. What enters it differs as well. */
  modes: { training: Histogram[]; inference: Histogram[] };
  /** What leaves the layer of the batch's first image in each mode, shape [height, width, channels] or [units]. */
  firstImage: { shape: number[]; training: Float32Array; inference: Float32Array };
  gap: BatchNormGap;
}

/** What it makes that inference normalises by the running statistics instead of the batch's. */
export interface BatchNormGap {
  /** Root mean square difference of the normalised values, in their standard deviations, per channel and over all. */
  channels: number[];
  layer: number;
  /** Images of the batch that the network gives another class in inference mode than in training mode. */
  classesChanged: number;
}

/** The running statistics of a layer against those of the fixed batch. */
export type GapVerdict = 'close' | 'apart' | 'hurts';

/** A batch of 64 has a mean and deviation of its own: an eighth of a deviation is nothing. */
const closeGap = 0.3;
/** From this share of images on that change their class it hurts. */
const hurtingShare = 0.1;

export function verdictOf({ gap, batch }: Pick<BatchNormReport, 'gap' | 'batch'>): GapVerdict {
  if (gap.layer < closeGap) return 'close';
  return gap.classesChanged >= hurtingShare * batch.length ? 'hurts' : 'apart';
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

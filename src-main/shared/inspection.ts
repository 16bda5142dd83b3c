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

export interface Histogram {
  /** Left edge of the first bin and right edge of the last. */
  from: number;
  to: number;
  counts: number[];
}

/** What the engine knows of every batch norm layer by these names, in training mode: one number a channel each. */
export const normFigures = ['batchMean', 'batchVariance', 'movingMean', 'movingVariance', 'gamma', 'beta'] as const;
export type NormFigure = (typeof normFigures)[number];

/** What became of one BN layer while the run trained, on the run's fixed batch (as many images of it as a step has). */
export interface NormHistory {
  /** Steps done, ascending. */
  steps: number[];
  channels: number;
  /** [steps, channels], row by row. */
  figures: Record<NormFigure, Float32Array>;
}

/** The first maps of a layer for one image; large ones thinned out. [height, width, maps] */
export interface LiveMaps {
  layer: string;
  shape: [number, number, number];
  values: Float32Array;
}

/** What a network in training makes of one image, and one of its BN layers. */
export interface LiveLook {
  /** Steps done in the whole run. */
  step: number;
  image: { height: number; width: number; channels: 1 | 3; pixels: Uint8Array };
  layers: LiveMaps[];
  /** As last recorded on the fixed batch, one number a channel; null without batch norm. */
  norm: { layer: string; step: number; batchMean: number[]; runningMean: number[] } | null;
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

/** The same of a whole network: its layer with the widest gap. */
export interface NormCheck {
  layer: string;
  gap: number;
  classesChanged: number;
  /** In the batch. */
  images: number;
}

/** The running statistics of a layer against those of the fixed batch. */
export type GapVerdict = 'close' | 'apart' | 'hurts' | 'broken';

/** Between two halves of the same images there is less: what a batch has of its own. */
const closeGap = 0.3;
/**
 * From this share of images on that change their class it hurts: after an epoch on the clothes demo, which costs 0.04 to 0.16
 * of accuracy, 14 to 29 of 64 do; later, where it costs 0.03 or less, 2 to 9. Of a handful of images none tells much.
 */
const hurtingShare = 0.2;
const tellingImages = 8;

export function verdictOf({ gap, classesChanged, images }: Omit<NormCheck, 'layer'>): GapVerdict {
  if (!Number.isFinite(gap)) return 'broken';
  // Small gaps of many layers add up, so it is their effect that counts first.
  if (images >= tellingImages && classesChanged >= hurtingShare * images) return 'hurts';
  return gap < closeGap ? 'close' : 'apart';
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

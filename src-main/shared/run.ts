/** What a training run is made of: recipe, preprocessing, run.json, metrics. */
import { z } from 'zod';
import { augmentationChoiceSchema, augmentationPresets } from './augmentation.ts';
import { fits, scalings } from './preprocessing.ts';
import type { Preprocessing } from './preprocessing.ts';
import { schedules } from './schedule.ts';
import type { NetworkJson } from './network/spec.ts';

export const optimizers = ['sgd', 'momentum', 'nesterov', 'rmsprop', 'adam', 'adamw'] as const;
export type OptimizerName = (typeof optimizers)[number];

/** Weight decay where none is given: Keras' default for adamw, none for the others. */
export const defaultWeightDecay = (optimizer: OptimizerName): number => (optimizer === 'adamw' ? 0.004 : 0);

/** none: every image counts the same; balanced: every class does. */
export const classWeightings = ['none', 'balanced'] as const;

export const initializers = ['glorot', 'he', 'normal'] as const;
export type InitializerName = (typeof initializers)[number];

const fields = z.strictObject({
  epochs: z.number().int().min(1).max(100_000).default(10),
  batchSize: z.number().int().min(1).max(4096).default(64),
  optimizer: z.enum(optimizers).default('adam'),
  learningRate: z.number().positive().max(100).default(0.001),
  /** Share of the learning rate by which each step shrinks the kernels; biases and norms are left alone. */
  weightDecay: z.number().min(0).max(1).optional(),
  schedule: z.enum(schedules).default('constant'),
  /** Epochs, or a part of one, in which the learning rate rises. */
  warmupEpochs: z.number().min(0).max(1000).default(0),
  /** step: epochs between two drops; plateau: epochs without progress before one. */
  dropEpochs: z.number().int().min(1).max(100_000).default(5),
  /** What a drop multiplies the learning rate with. */
  dropFactor: z.number().positive().max(1).default(0.1),
  /** Epochs without a lower loss, of validation where there is one, after which training ends; 0: it never does. */
  earlyStopping: z.number().int().min(0).max(100_000).default(0),
  /** How kernels begin; the scale is the standard deviation of normal. */
  initializer: z.enum(initializers).default('glorot'),
  initializerScale: z.number().positive().max(10).default(0.05),
  /** All gradients of a step together are no longer than this; 0 leaves them as they are. */
  clipNorm: z.number().min(0).max(1e6).default(0),
  /** Share of each label that is spread evenly over all classes. */
  labelSmoothing: z.number().min(0).max(0.9).default(0),
  /** Or what an image of each class counts, by the class's name; 1 where none is given. */
  classWeights: z.union([z.enum(classWeightings), z.record(z.string(), z.number().min(0).max(1000))]).default('none'),
  fit: z.enum(fits).default('stretch'),
  scaling: z.enum(scalings).default('unit'),
  augmentation: augmentationChoiceSchema.default(augmentationPresets.none),
  validationShare: z.number().min(0).max(0.9).default(0.2),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(1),
});

/** How to train. Shares are fractions 0 to 1; the validation share is taken from each class, seeded. */
export const recipeSchema = fields.transform((recipe) => ({
  ...recipe,
  weightDecay: recipe.weightDecay ?? defaultWeightDecay(recipe.optimizer),
}));
export type Recipe = z.output<typeof recipeSchema>;

export type { Preprocessing };

/** run.json: everything needed to use the run again without the project. */
export interface RunInfo {
  format: 1;
  name: string;
  /** ISO 8601, UTC. */
  createdAt: string;
  network: NetworkJson;
  recipe: Recipe;
  classes: string[];
  preprocessing: Preprocessing;
  seed: number;
  threads: number;
  device: 'cpu' | 'gpu';
  versions: Record<string, string>;
  /** sha256 over the training split's paths, labels, sizes and modification times. */
  dataHash: string;
  params: number;
  trainingImages: number;
  validationImages: number;
  /** The folder and the fixed, seeded batch (paths relative to it) whose statistics the batch-norm view shows. */
  source: { folder: string; inspectionBatch: string[] };
}

/** One line of metrics.jsonl. Loss in nats, accuracy 0 to 1; validation fields absent without a validation split. */
export interface EpochMetrics {
  epoch: number;
  loss: number;
  accuracy: number;
  validationLoss?: number;
  validationAccuracy?: number;
  /** Training images over training time, validation and set-up left out. */
  imagesPerSecond: number;
}

/** The figure runs are judged by: validation accuracy where there is a validation split, else training accuracy. */
export const judged = (metrics: EpochMetrics): number => metrics.validationAccuracy ?? metrics.accuracy;

/** The first epoch with the highest judged accuracy; null without epochs. */
export function bestEpoch(metrics: readonly EpochMetrics[]): EpochMetrics | null {
  return metrics.reduce(betterEpoch, null);
}

/** The better one of the best so far and a later one; of equals the first. */
export const betterEpoch = (best: EpochMetrics | null, later: EpochMetrics): EpochMetrics =>
  best && judged(best) >= judged(later) ? best : later;

/** The weights of the last epoch, or of the one with the best validation accuracy. */
export const weightsChoices = ['last', 'best'] as const;
export type WeightsChoice = (typeof weightsChoices)[number];

export const runEnds = ['completed', 'stopped', 'diverged', 'failed', 'engineLost'] as const;
export type RunEnd = (typeof runEnds)[number];

/** How far a training has come. */
export interface TrainingProgress {
  state: 'preparing' | 'training' | 'validating' | 'paused';
  epoch: number;
  epochs: number;
  /** Batches of the epoch; while the images are prepared, images. */
  step: number;
  steps: number;
  imagesPerSecond: number | null;
  etaSeconds: number | null;
  /** Of the last step; null before the first. */
  learningRate: number | null;
  /** Means over the epoch so far; null until first read. */
  loss: number | null;
  accuracy: number | null;
}

import type { Augmentation } from '../../shared/augmentation.ts';
import type { Normalisation } from '../../shared/preprocessing.ts';
import type { InitializerName, OptimizerName } from '../../shared/run.ts';

export interface ModelOptions {
  /** Initial weights and what dropout drops follow from it. */
  seed: number;
  /** Without one the model cannot train. */
  optimizer?: OptimizerName;
  /** Share of the learning rate by which each step shrinks the kernels, 0 without it. */
  weightDecay?: number;
  /** Share of each image's target that is spread evenly over all classes, 0 without it. */
  labelSmoothing?: number;
  /** What an image of each class counts in the loss of a step; without it or with null all count the same. */
  classWeights?: readonly number[] | null;
  /** How kernels begin: Glorot uniform without it; the scale is the standard deviation of normal. */
  initializer?: InitializerName;
  initializerScale?: number;
  /** All gradients of a step together are no longer than this; 0 or nothing leaves them as they are. */
  clipNorm?: number;
  /** What the layers see of pixels from 0 to 1; the pixels as they are without it. */
  normalisation?: Normalisation;
  /** What is done to the images of each step; to those that are scored or predicted, nothing. */
  augmentation?: Augmentation;
}

export interface FetchOptions {
  /** As the layers behave in training: batch statistics, dropout at work. Variables are left as they are. */
  training?: boolean;
  /** Needed by gradients, which are of the batch's mean loss; one per image. */
  labels?: Int32Array;
  /** The training pass gets the images as they are, though training augments them. */
  plain?: boolean;
}

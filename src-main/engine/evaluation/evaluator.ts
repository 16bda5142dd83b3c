/**
 * What is asked of the process that evaluates and classifies, and what it tells meanwhile. It has TensorFlow to itself:
 * a batch that takes seconds holds up nobody else, and nothing is lost when it is killed.
 */
import type { Evaluation, NormCheck } from '../../shared/inspection.ts';
import type { WeightsChoice } from '../../shared/run.ts';
import type { LabelledFile } from '../training/prepare.ts';

export interface RunOrder {
  /** The run's folder. */
  run: string;
  weights: WeightsChoice;
}

export interface EvaluateOrder extends RunOrder {
  /** Labels are indices into the run's classes. */
  files: LabelledFile[];
  cacheFolder: string;
}

/** All throw as RunFolder.open and loadModel do, and take turns. The run that was used last stays loaded. */
export interface EvaluatorFunctions {
  evaluate(order: EvaluateOrder): Promise<Omit<Evaluation, 'unknownClasses'>>;
  /** null without batch norm or images. */
  checkNorms(order: RunOrder): Promise<NormCheck | null>;
  /** Loads the run, so that what is asked next need not wait for that. */
  open(order: RunOrder): Promise<void>;
  /** Pixels as that run takes them -> probabilities [batch, classes]. */
  predict(order: RunOrder & { pixels: Uint8Array }): Promise<Float32Array>;
}

/** One thing told: one of the fields. */
export type EvaluatorTold = {
  [N in keyof EvaluatorNews]: { name: N; news: EvaluatorNews[N] };
}[keyof EvaluatorNews];

export interface EvaluatorNews {
  /** Images, and of them those that have been looked at. */
  evaluated: { done: number; total: number };
  decoderLost: string;
}

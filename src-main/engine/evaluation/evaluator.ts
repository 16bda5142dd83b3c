/**
 * What is asked of the process that evaluates and classifies, and what it tells meanwhile. It has TensorFlow to itself:
 * a batch that takes seconds holds up nobody else, and nothing is lost when it is killed.
 */
import type { ClassifyResult, Evaluation } from '../../shared/inspection.ts';
import type { WeightsChoice } from '../../shared/run.ts';
import type { LabelledFile } from '../training/prepare.ts';
import type { NamedFile } from './files-in.ts';

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

export interface ClassifyOrder extends RunOrder {
  files: NamedFile[];
  top: number;
}

/** One of these a process, one piece of work. Both throw as RunFolder.open and loadModel do. */
export interface EvaluatorFunctions {
  evaluate(order: EvaluateOrder): Promise<Omit<Evaluation, 'unknownClasses'>>;
  /** What it finds is told. */
  classify(order: ClassifyOrder): Promise<void>;
}

/** One thing told: one of the fields. */
export type EvaluatorTold = {
  [N in keyof EvaluatorNews]: { name: N; news: EvaluatorNews[N] };
}[keyof EvaluatorNews];

export interface EvaluatorNews {
  /** Images, and of them those that have been looked at. */
  evaluated: { done: number; total: number };
  /** In the order of the files. */
  classified: ClassifyResult[];
  decoderLost: string;
}

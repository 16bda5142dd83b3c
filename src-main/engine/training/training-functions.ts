/**
 * What is asked of the process that trains, and what it tells. It has TensorFlow to itself: a step that takes seconds
 * holds up nobody else, and a crash costs the run what was trained since its last checkpoint, and the project nothing.
 */
import type { ErrorReport } from '../../shared/errors.ts';
import type { LiveLook } from '../../shared/inspection.ts';
import type { RatePoint, RateSearch } from '../../shared/rate-search.ts';
import type { EpochMetrics, RunInfo, TrainingProgress } from '../../shared/run.ts';
import type { Surroundings, TrainingOutcome, TrainingTask } from './run.ts';

/** A task as it crosses: the process has decoders and a control of its own. */
type Crossing<T extends Surroundings> = Omit<T, 'decoder' | 'control' | 'watched'> & {
  /** The image that is looked at; null for one of the run's own. */
  watched?: string | null;
};

export type TrainOrder = Crossing<TrainingTask>;
export type FindRateOrder = Omit<TrainOrder, 'out' | 'name'>;
export interface ResumeOrder extends Crossing<Surroundings> {
  /** The run's folder. */
  path: string;
  /** The images that it may learn from; what its folder names besides is left out. */
  known: string[];
}

/** One of these a process, one piece of work. The last four answer at once, and are heard between two steps. */
export interface TrainingFunctions {
  train(order: TrainOrder): Promise<TrainingOutcome['end']>;
  resume(order: ResumeOrder): Promise<TrainingOutcome['end']>;
  findRate(order: FindRateOrder): Promise<RateSearch | null>;
  pause(): void;
  continue(): void;
  stop(): void;
  /** From the next look on. */
  watch(given: { path: string | null }): void;
}

/** One thing told: one of the fields. */
export type TrainingTold = {
  [N in keyof TrainingNews]: { name: N; news: TrainingNews[N] };
}[keyof TrainingNews];

export interface TrainingNews {
  progress: TrainingProgress;
  /** The run folder exists from here on. */
  start: RunInfo;
  rejected: { path: string; reason: string }[];
  epoch: EpochMetrics;
  warning: ErrorReport;
  live: LiveLook;
  points: RatePoint[];
  decoderLost: string;
}

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
  /** The image that is looked at; null for one of the run's own. Without it nobody looks. */
  watched?: string | null;
};

export type TrainOrder = Crossing<TrainingTask>;
export type FindRateOrder = Omit<TrainOrder, 'out' | 'name'>;
export interface ResumeOrder extends Crossing<Surroundings> {
  /** The run's folder. */
  path: string;
  /** The images that it may learn from, where those are not all that its folder names. */
  known?: string[];
  /** In all, where those are not the run's own. */
  epochs?: number;
}

/** How a training ended, and why its last weights are not on the disk; null where they are. */
export interface TrainingResult extends Pick<TrainingOutcome, 'end'> {
  unsaved: ErrorReport | null;
}

/** One of these a process, one piece of work. The last four answer at once, and are heard between two steps. */
export interface TrainingFunctions {
  train(order: TrainOrder): Promise<TrainingResult>;
  resume(order: ResumeOrder): Promise<TrainingResult>;
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
  /** The run folder exists from here on; with the epochs that it has. */
  start: { info: RunInfo; metrics: EpochMetrics[] };
  rejected: { path: string; reason: string }[];
  epoch: EpochMetrics;
  warning: ErrorReport;
  live: LiveLook;
  points: RatePoint[];
  decoderLost: string;
}

/** Everything that the engine and main tell of their own accord. */
import type { EngineState } from './app.ts';
import type { ErrorReport } from './errors.ts';
import type { Attribution } from './inspect/attribution.ts';
import type { EffectiveField, FieldSizes, MaximisedImage, SampledImages } from './inspect/drives.ts';
import type { PoolingResponse } from './inspect/pooling-report.ts';
import type { BatchNormReport, ClassifyResult, Evaluation, LiveLook } from './inspection.ts';
import type { Offer } from './labelling.ts';
import type { RateSearch } from './rate-search.ts';
import type { EpochMetrics, RunEnd, TrainingProgress } from './run.ts';

export type JobId = string;
export type JobKind =
  | 'import'
  | 'evaluate'
  | 'classify'
  | 'locate'
  | 'exportLabels'
  | 'suggest'
  | 'features'
  | 'quality'
  | 'findRate'
  | 'recalibrate'
  | 'batchNorm'
  | 'poolingResponse'
  | 'explain'
  | 'excitingImages'
  | 'maximise'
  | 'effectiveField'
  | 'fieldGrowth';

/** What long work has found so far. */
interface Growing<T> {
  jobId: JobId;
  answer: T;
}

/** Long work ends in exactly one `job.ended` or `training.ended`. */
export interface Events {
  'engine.state': EngineState;
  /** The project's data changed (import, labels, undo, runs): ask again for what is shown. */
  'project.changed': { what: ('images' | 'classes' | 'networks' | 'runs' | 'queue' | 'project')[] };
  /**
   * These images got this label (ImageColumns' numbers), and nothing else about them changed: a list that shows them can
   * be mended without being read again. The classes' counts have changed with it.
   */
  'images.relabelled': { ids: Uint32Array; classId: number; origin: number };
  'images.offered': { offers: Offer[] };
  'decoder.lost': { message: string };
  'job.progress': { jobId: JobId; kind: JobKind; done: number; total: number; etaSeconds: number | null };
  'job.ended': { jobId: JobId; kind: JobKind; end: RunEnd; summary: string; error: ErrorReport | null };
  /** All points so far; the suggestion comes with the last ones. */
  'rates.points': { jobId: JobId } & RateSearch;
  'evaluate.result': Growing<Evaluation>;
  'classify.results': { jobId: JobId; results: ClassifyResult[] };
  /** As far as it is known; whole once its job has ended. */
  'explain.heat': Growing<Attribution>;
  'inspect.batchNorm': Growing<BatchNormReport>;
  'explain.poolingResponse': Growing<PoolingResponse>;
  'drives.images': Growing<SampledImages>;
  'drives.picture': Growing<MaximisedImage>;
  'drives.field': Growing<EffectiveField>;
  'drives.growth': Growing<FieldSizes[]>;
  /** Because somebody asked for it, or its turn in the queue had come; one that goes on does so after `from` epochs. */
  'training.started': { runId: string; name: string; epochs: number; from: number | null };
  'training.progress': { runId: string } & TrainingProgress;
  'training.epoch': { runId: string; metrics: EpochMetrics };
  'training.live': { runId: string } & LiveLook;
  /** Something that the run outlives: a checkpoint that found no room, images that were deleted. */
  'training.warning': { runId: string; error: ErrorReport };
  'training.ended': { runId: string; end: RunEnd; error: ErrorReport | null };
}
export type EventName = keyof Events;

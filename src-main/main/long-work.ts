/** Remembers which jobs and runs are going, so that each gets its one end even when the engine dies in the middle. */
import type { ErrorReport } from '../shared/errors.ts';
import type { JobId, JobKind } from '../shared/events.ts';
import type { EngineRequestName, Result } from '../shared/protocol.ts';
import type { EngineEvent } from '../shared/rpc.ts';

/** Requests that are answered with a job's id; no other is answered with a text. */
type JobRequest = { [N in EngineRequestName]: Result<N> extends JobId ? N : never }[EngineRequestName];

const jobKinds: Record<JobRequest, JobKind> = {
  'images.import': 'import',
  'images.acceptOffer': 'import',
  'images.locate': 'locate',
  'evaluate.run': 'evaluate',
  'classify.start': 'classify',
  'suggestions.start': 'suggest',
  'features.start': 'features',
  'quality.start': 'quality',
  'labels.export': 'exportLabels',
  'rates.find': 'findRate',
  'batchNorm.recalibrate': 'recalibrate',
  'inspect.batchNorm': 'batchNorm',
  'explain.poolingResponse': 'poolingResponse',
  'explain.class': 'explain',
  'drives.images': 'excitingImages',
  'drives.picture': 'maximise',
  'drives.field': 'effectiveField',
  'drives.growth': 'fieldGrowth',
};

export class LongWork {
  readonly #jobs = new Map<JobId, JobKind>();
  readonly #runs = new Set<string>();
  /** Jobs that have ended, since an end can overtake the reply to its start. */
  readonly #ended = new Set<JobId>();

  started(name: EngineRequestName, value: unknown): void {
    const kind = (jobKinds as Partial<Record<EngineRequestName, JobKind>>)[name];
    if (kind && !this.#ended.has(value as JobId)) this.#jobs.set(value as JobId, kind);
  }

  heard({ name, payload }: EngineEvent): void {
    // A job that nobody asked for, such as an import that goes on when its project is opened, is heard of here first.
    if (name === 'job.progress') this.#jobs.set(payload.jobId, payload.kind);
    if (name === 'job.ended') {
      this.#jobs.delete(payload.jobId);
      this.#ended.add(payload.jobId);
    }
    if (name === 'training.started') this.#runs.add(payload.runId);
    if (name === 'training.ended') this.#runs.delete(payload.runId);
  }

  /** The ends of all that was going, for the engine that cannot tell them any more. */
  lost(error: ErrorReport): EngineEvent[] {
    const events: EngineEvent[] = [];
    for (const [jobId, kind] of this.#jobs) {
      events.push({ name: 'job.ended', payload: { jobId, kind, end: 'engineLost', summary: error.message, error } });
    }
    for (const runId of this.#runs) {
      events.push({ name: 'training.ended', payload: { runId, end: 'engineLost', error } });
    }
    this.#jobs.clear();
    this.#runs.clear();
    this.#ended.clear();
    return events;
  }
}

/** Work in the background: answers with an id at once, tells its progress, can be cancelled, ends exactly once. */
import { randomUUID } from 'node:crypto';
import { reportError } from '../../shared/errors.ts';
import type { Events, JobId, JobKind } from '../../shared/events.ts';
import { throwIfInterrupted } from '../images/interrupted.ts';
import { createThrottle } from '../throttle.ts';
import type { Tell } from './context.ts';

/** Why all work is cancelled when its project is closed, as against work that the user cancels. */
const left = new Error('The project is being closed.');

/** Whether the work was cancelled because its project is being closed. */
export const isLeft = (signal: AbortSignal): boolean => signal.reason === left;

export interface Job {
  readonly id: JobId;
  readonly signal: AbortSignal;
  /** Told to the screen ten times a second at most. */
  progress(done: number, total: number): void;
}

export class Jobs {
  readonly #tell: Tell;
  readonly #running = new Map<
    JobId,
    { kind: JobKind; runId: string | undefined; controller: AbortController; ended: Promise<void> }
  >();

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  /**
   * Starts `work`, which answers with one sentence for the screen; it is to return early when its signal aborts. Work on
   * a run is cancelled when that run is deleted.
   */
  start(kind: JobKind, work: (job: Job) => Promise<string>, runId?: string): JobId {
    const id = randomUUID();
    const controller = new AbortController();
    const job: Job = { id, signal: controller.signal, progress: this.#progress(id, kind) };
    const ended = this.#run(kind, job, work).finally(() => this.#running.delete(id));
    this.#running.set(id, { kind, runId, controller, ended });
    return id;
  }

  /** The same in the place of the work of that kind that goes on. */
  startInstead(kind: JobKind, work: (job: Job) => Promise<string>, runId?: string): JobId {
    for (const job of this.#running.values()) if (job.kind === kind) job.controller.abort();
    return this.start(kind, work, runId);
  }

  isGoing(kind: JobKind): boolean {
    return [...this.#running.values()].some((job) => job.kind === kind);
  }

  /** Resolves once no work of that kind is going. @throws ReceptiveError `interrupted` once `signal` is aborted */
  async untilOver(kind: JobKind, signal: AbortSignal): Promise<void> {
    const aborted = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    const next = () => [...this.#running.values()].find((job) => job.kind === kind);
    for (let job = next(); job && !signal.aborted; job = next()) await Promise.race([job.ended, aborted]);
    throwIfInterrupted(signal);
  }

  /** Does nothing when the job has ended. */
  cancel(id: JobId): void {
    this.#running.get(id)?.controller.abort();
  }

  /** Cancels the work on that run, and waits until it has ended. */
  async cancelOn(runId: string): Promise<void> {
    const running = [...this.#running.values()].filter((job) => job.runId === runId);
    for (const { controller } of running) controller.abort();
    await Promise.all(running.map(({ ended }) => ended));
  }

  /** Cancels everything because the project is being closed, and waits until it has ended. */
  async leave(): Promise<void> {
    const running = [...this.#running.values()];
    for (const { controller } of running) controller.abort(left);
    await Promise.all(running.map(({ ended }) => ended));
  }

  async #run(kind: JobKind, job: Job, work: (job: Job) => Promise<string>): Promise<void> {
    // The id reaches the screen before anything about the job does.
    await new Promise((resolve) => setImmediate(resolve));
    const outcome = await work(job).then(
      (summary) => ({ end: job.signal.aborted ? 'stopped' : 'completed', summary, error: null }) as const,
      (error: unknown) =>
        job.signal.aborted
          ? ({ end: 'stopped', summary: '', error: null } as const)
          : ({ end: 'failed', summary: '', error: reportError(error) } as const),
    );
    this.#tell('job.ended', { jobId: job.id, kind, ...outcome } satisfies Events['job.ended']);
  }

  #progress(jobId: JobId, kind: JobKind): Job['progress'] {
    let started = performance.now();
    const isDue = createThrottle();
    return (done, total) => {
      // What it waited for before says nothing about how long the rest takes.
      if (done === 0) started = performance.now();
      if (!isDue(done, total)) return;
      const seconds = (performance.now() - started) / 1000;
      const etaSeconds = done === 0 ? null : (seconds / done) * (total - done);
      this.#tell('job.progress', { jobId, kind, done, total, etaSeconds });
    };
  }
}

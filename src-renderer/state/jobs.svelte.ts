import type { Events, JobId, JobKind } from '../../src-main/shared/events.ts';
import type { Connection } from './connection.svelte.ts';

/** How far a job has come; `total` is 0 until it is known how much there is. */
export type Job = Omit<Events['job.progress'], 'kind'>;

/** The engine's jobs of some kinds, at most one of each at a time: what is going on, and a way to end it. */
export class Jobs<Kind extends JobKind> {
  readonly #connection: Connection;
  readonly #kinds: readonly Kind[];
  #going = $state.raw<Partial<Record<JobKind, Job>>>({});
  /** A short job can end before the reply that names it arrives. */
  readonly #ended = new Set<JobId>();

  constructor(line: Connection, kinds: readonly Kind[]) {
    this.#connection = line;
    this.#kinds = kinds;
  }

  /** null while there is none. */
  get(kind: Kind): Job | null {
    return this.#going[kind] ?? null;
  }

  /** Follows the engine's events; returns what stops it. `onEnded` hears how each job went. */
  follow(onEnded: (ended: Events['job.ended']) => void): () => void {
    const isMine = (kind: JobKind) => this.#kinds.some((mine) => mine === kind);
    const stops = [
      this.#connection.on('job.progress', ({ kind, ...job }) => {
        if (isMine(kind) && !this.#ended.has(job.jobId)) this.#going = { ...this.#going, [kind]: job };
      }),
      this.#connection.on('job.ended', (ended) => {
        if (!isMine(ended.kind)) return;
        this.#ended.add(ended.jobId);
        if (this.#going[ended.kind]?.jobId === ended.jobId) this.#going = { ...this.#going, [ended.kind]: undefined };
        onEnded(ended);
      }),
      this.#connection.on('engine.state', ({ state }) => {
        if (state === 'lost') this.forget();
      }),
    ];
    return () => stops.forEach((stop) => stop());
  }

  /** The engine named the job that it was asked for, which may have taken another's place, or told its progress already. */
  begin(kind: Kind, jobId: JobId): void {
    if (this.#ended.has(jobId) || this.#going[kind]?.jobId === jobId) return;
    this.#going = { ...this.#going, [kind]: { jobId, done: 0, total: 0, etaSeconds: null } };
  }

  async cancel(kind: Kind): Promise<void> {
    const job = this.#going[kind];
    if (job) await this.#connection.request('job.cancel', { jobId: job.jobId });
  }

  forget(): void {
    this.#going = {};
  }
}

import type { FindingKind } from '../../src-main/shared/image-query.ts';
import type { QualityReport } from '../../src-main/shared/labelling.ts';
import type { Events } from '../../src-main/shared/protocol.ts';
import { Coalesced } from './coalesce.ts';
import { connection } from './connection.svelte.ts';
import type { Connection } from './connection.svelte.ts';
import { project } from './project.svelte.ts';
import type { ProjectState } from './project.svelte.ts';

/** Labels come one after another: which copies contradict each other is looked at when they pause, ms. */
const settleMs = 500;

export type QualityProgress = Omit<Events['job.progress'], 'kind'>;

/** The quality scan: what it found, and how far the present one has come. */
export class QualityState {
  readonly #connection: Connection;
  readonly #project: ProjectState;
  readonly #reading = new Coalesced(() => this.#read());
  #report = $state.raw<QualityReport | null>(null);
  #progress = $state.raw<QualityProgress | null>(null);
  /** A short scan can end before the reply that names it arrives. */
  #endedJob = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(line: Connection, project: ProjectState) {
    this.#connection = line;
    this.#project = project;
  }

  /** null until first read. */
  get report(): QualityReport | null {
    return this.#report;
  }
  get progress(): QualityProgress | null {
    return this.#progress;
  }

  /** Follows the engine's events; returns what stops it. `onEnded` hears how a scan went. */
  follow(onEnded: (ended: Events['job.ended']) => void, onError: (error: unknown) => void): () => void {
    const stops = [
      this.#connection.on('project.changed', ({ what }) => {
        if (what.includes('images')) this.refresh().catch(onError);
      }),
      this.#connection.on('images.relabelled', () => {
        if (!this.#report?.findings.some(({ kind }) => kind === 'exactDuplicate')) return;
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.refresh().catch(onError), settleMs);
      }),
      this.#connection.on('job.progress', ({ kind, ...progress }) => {
        if (kind === 'quality' && progress.jobId !== this.#endedJob) this.#progress = progress;
      }),
      this.#connection.on('job.ended', (ended) => {
        if (ended.kind !== 'quality') return;
        this.#endedJob = ended.jobId;
        this.#progress = null;
        this.refresh().catch(onError);
        onEnded(ended);
      }),
      this.#connection.on('engine.state', ({ state }) => {
        if (state === 'lost') this.#progress = null;
      }),
    ];
    return () => {
      clearTimeout(this.#timer);
      stops.forEach((stop) => stop());
    };
  }

  refresh(): Promise<void> {
    return this.#reading.run();
  }

  /** Reads everything anew: another project was opened. */
  async reload(): Promise<void> {
    this.#report = null;
    this.#progress = null;
    await this.refresh();
  }

  async start(): Promise<void> {
    const jobId = await this.#connection.request('quality.start');
    if (jobId !== this.#endedJob) this.#progress ??= { jobId, done: 0, total: 0, etaSeconds: null };
  }

  async cancel(): Promise<void> {
    if (this.#progress) await this.#connection.request('job.cancel', { jobId: this.#progress.jobId });
  }

  /** Leaves out all images of a finding, of duplicates all but one; answers with their number. */
  async exclude(kind: FindingKind): Promise<number> {
    const reply = await this.#connection.request('quality.exclude', { kind });
    this.#project.adopt(reply.project);
    await this.refresh();
    return reply.excluded;
  }

  async #read(): Promise<void> {
    this.#report = this.#project.current ? await this.#connection.request('quality.report') : null;
  }
}

export const quality = new QualityState(connection, project);

import type { FindingKind } from '../../src-main/shared/image-query.ts';
import type { QualityReport } from '../../src-main/shared/labelling.ts';
import type { Events } from '../../src-main/shared/events.ts';
import { Coalesced } from './coalesce.ts';
import { connection } from './connection.svelte.ts';
import type { Connection } from './connection.svelte.ts';
import { Jobs } from './jobs.svelte.ts';
import type { Job } from './jobs.svelte.ts';
import { project } from './project.svelte.ts';
import type { ProjectState } from './project.svelte.ts';

/** Labels come one after another: which copies contradict each other is looked at when they pause, ms. */
const settleMs = 500;

/** The quality scan: what it found, and how far the present one has come. */
export class QualityState {
  readonly #connection: Connection;
  readonly #project: ProjectState;
  readonly #reading = new Coalesced(() => this.#read());
  #report = $state.raw<QualityReport | null>(null);
  readonly #jobs: Jobs<'quality'>;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(line: Connection, project: ProjectState) {
    this.#connection = line;
    this.#project = project;
    this.#jobs = new Jobs(line, ['quality']);
  }

  /** null until first read. */
  get report(): QualityReport | null {
    return this.#report;
  }
  get progress(): Job | null {
    return this.#jobs.get('quality');
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
      this.#jobs.follow((ended) => {
        this.refresh().catch(onError);
        onEnded(ended);
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

  /** Another project was opened. */
  forget(): void {
    this.#report = null;
    this.#jobs.forget();
  }

  async start(): Promise<void> {
    this.#jobs.begin('quality', await this.#connection.request('quality.start'));
  }

  cancel(): Promise<void> {
    return this.#jobs.cancel('quality');
  }

  /** Leaves out all images of a finding, of duplicates all but one; answers with their number. */
  async exclude(kind: FindingKind): Promise<number> {
    const reply = await this.#connection.request('quality.exclude', { kind });
    this.#project.adopt(reply.project);
    await this.refresh();
    return reply.excluded;
  }

  /** Takes the labels off all images of a finding; answers with their number. */
  async unlabel(kind: FindingKind): Promise<number> {
    const { ids } = await this.#connection.request('images.list', { finding: kind });
    this.#project.adopt(await this.#connection.request('labels.set', { ids: [...ids], classId: null }));
    await this.refresh();
    return ids.length;
  }

  async #read(): Promise<void> {
    this.#report = this.#project.current ? await this.#connection.request('quality.report') : null;
  }
}

export const quality = new QualityState(connection, project);

import type { SuggestionState } from '../../src-main/shared/labelling.ts';
import type { RunSummary } from '../../src-main/shared/project.ts';
import type { Events } from '../../src-main/shared/events.ts';
import type { Params } from '../../src-main/shared/protocol.ts';
import { Coalesced } from './coalesce.ts';
import { connection } from './connection.svelte.ts';
import type { Connection } from './connection.svelte.ts';
import { Jobs } from './jobs.svelte.ts';
import type { Job } from './jobs.svelte.ts';
import { project } from './project.svelte.ts';
import type { ProjectState } from './project.svelte.ts';
import { runs } from './run.svelte.ts';
import type { Runs } from './run.svelte.ts';
import { usableRuns } from './usable-runs.ts';

type WorkKind = 'suggest' | 'features';

/** Counting again costs the engine a moment, so it waits until labels come less quickly. */
const settleMs = 2000;

/** What models suggest for the project's images: what there is, what is being made, and who makes it. */
export class Suggestions {
  readonly #connection: Connection;
  readonly #project: ProjectState;
  readonly #runs: Runs;
  readonly #reading = new Coalesced(() => this.#read());
  #state = $state.raw<SuggestionState | null>(null);
  readonly #jobs: Jobs<WorkKind>;
  #runId = $state<string | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(line: Connection, project: ProjectState, runs: Runs) {
    this.#connection = line;
    this.#project = project;
    this.#runs = runs;
    this.#jobs = new Jobs(line, ['suggest', 'features']);
  }

  /** null until first read. */
  get state(): SuggestionState | null {
    return this.#state;
  }
  get available(): readonly RunSummary[] {
    return usableRuns(this.#runs.list);
  }
  /** Who suggests: a run's id, or null for the built-in network. */
  get runId(): string | null {
    return this.available.some(({ id }) => id === this.#runId) ? this.#runId : null;
  }

  /** What is being made, if anything. */
  working(kind: WorkKind): Job | null {
    return this.#jobs.get(kind);
  }

  choose(runId: string | null): void {
    this.#runId = runId;
  }

  /** Follows the engine's events; returns what stops it. */
  follow(onEnded: (ended: Events['job.ended']) => void, onError: (error: unknown) => void): () => void {
    const stops = [
      this.#connection.on('project.changed', ({ what }) => {
        if (what.includes('images')) this.refresh().catch(onError);
      }),
      this.#connection.on('images.relabelled', () => {
        // Without suggestions a label changes nothing here.
        if (!this.#state?.source) return;
        this.#timer ??= setTimeout(() => {
          this.#timer = undefined;
          this.refresh().catch(onError);
        }, settleMs);
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
    this.#state = null;
  }

  async start(scope: Params<'suggestions.start'>['scope']): Promise<void> {
    this.#jobs.begin('suggest', await this.#connection.request('suggestions.start', { runId: this.runId, scope }));
  }

  /** Computes what "find similar" needs. */
  async compare(): Promise<void> {
    this.#jobs.begin('features', await this.#connection.request('features.start'));
  }

  cancel(kind: WorkKind): Promise<void> {
    return this.#jobs.cancel(kind);
  }

  /** How many suggestions `acceptAbove` would accept. */
  async countAbove(confidence: number, classId: number | undefined): Promise<number> {
    const { ids } = await this.#connection.request('images.list', {
      classId: null,
      excluded: false,
      confidence: { from: confidence },
      predictedId: classId,
    });
    return ids.length;
  }

  /** Labels the images that a model is sure of; answers with their number. */
  async acceptAbove(confidence: number, classId: number | undefined): Promise<number> {
    const given = classId === undefined ? { confidence } : { confidence, classId };
    const reply = await this.#connection.request('suggestions.acceptAbove', given);
    this.#project.adopt(reply.project);
    await this.refresh();
    return reply.accepted;
  }

  async clear(): Promise<void> {
    await this.#connection.request('suggestions.clear');
    await this.refresh();
  }

  async #read(): Promise<void> {
    if (this.#project.current) this.#state = await this.#connection.request('suggestions.state');
  }
}

export const suggestions = new Suggestions(connection, project, runs);

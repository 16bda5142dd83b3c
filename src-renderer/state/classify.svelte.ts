import { ReceptiveError, errorFromReport } from '../../src-main/shared/errors.ts';
import type { ClassifyResult, ExportResult } from '../../src-main/shared/inspection.ts';
import type { RunSummary } from '../../src-main/shared/project.ts';
import type { Events } from '../../src-main/shared/events.ts';
import type { RunEnd, WeightsChoice } from '../../src-main/shared/run.ts';
import { text } from '../messages/index.ts';
import { connection } from './connection.svelte.ts';
import type { Connection } from './connection.svelte.ts';
import { runs } from './run.svelte.ts';
import type { Runs } from './run.svelte.ts';
import { chosenRun, usableRuns } from './usable-runs.ts';

export type ClassifyProgress = Pick<Events['job.progress'], 'done' | 'total' | 'etaSeconds'>;

/** Images that were dropped, and what the chosen run takes them for. Another drop replaces the results. */
export class ClassifyState {
  readonly #connection: Connection;
  readonly #runs: Runs;
  /** The job whose events count. While its name is not known yet, the first job that is not an older one is it. */
  #job = $state.raw<{ id: string | null } | null>(null);
  readonly #olderJobs = new Set<string>();
  #runId = $state<string | null>(null);
  #weights = $state<WeightsChoice>('last');
  #by = $state.raw<{ run: RunSummary; weights: WeightsChoice } | null>(null);
  #results = $state.raw<readonly ClassifyResult[]>([]);
  #progress = $state.raw<ClassifyProgress | null>(null);
  #end = $state.raw<RunEnd | null>(null);

  constructor(line: Connection, runs: Runs) {
    this.#connection = line;
    this.#runs = runs;
  }

  get available(): readonly RunSummary[] {
    return usableRuns(this.#runs.list);
  }
  get run(): RunSummary | null {
    return chosenRun(this.available, this.#runId);
  }
  get weights(): WeightsChoice {
    return this.#weights;
  }
  get results(): readonly ClassifyResult[] {
    return this.#results;
  }
  /** What the results were made with, where that is not what is chosen now. */
  get byOther(): { run: RunSummary; weights: WeightsChoice } | null {
    const isChosen = this.#by?.run.id === this.run?.id && this.#by?.weights === this.#weights;
    return isChosen ? null : this.#by;
  }
  get busy(): boolean {
    return this.#job !== null;
  }
  get progress(): ClassifyProgress | null {
    return this.#progress;
  }
  /** How the last classification ended; null before and while it goes on. */
  get end(): RunEnd | null {
    return this.#end;
  }

  choose(runId: string, weights: WeightsChoice): void {
    this.#runId = runId;
    this.#weights = weights;
  }

  /** Follows the engine's events; returns what stops it. */
  follow(onError: (error: unknown) => void): () => void {
    const stops = [
      this.#connection.on('classify.results', ({ jobId, results }) => {
        if (this.#isMine(jobId)) this.#results = [...this.#results, ...results];
      }),
      this.#connection.on('job.progress', ({ jobId, kind, done, total, etaSeconds }) => {
        if (kind === 'classify' && this.#isMine(jobId)) this.#progress = { done, total, etaSeconds };
      }),
      this.#connection.on('job.ended', ({ jobId, kind, end, error }) => {
        if (kind !== 'classify' || !this.#isMine(jobId)) return;
        this.#finish(jobId, end);
        if (error) onError(errorFromReport(error));
      }),
      this.#connection.on('engine.state', ({ state }) => {
        if (state === 'lost' && this.#job) this.#finish(this.#job.id, 'engineLost');
      }),
    ];
    return () => stops.forEach((stop) => stop());
  }

  /** Has the chosen run loaded for what comes next. What goes wrong with it is told when something is classified. */
  prepare(): void {
    const { run } = this;
    if (!run) return;
    void this.#connection.request('classify.prepare', { runId: run.id, weights: this.#weights }).catch(() => undefined);
  }

  async start(paths: string[]): Promise<void> {
    const run = this.run;
    if (!run) throw new ReceptiveError('usage', text.shell.dropNoRun, text.shell.dropNoRunHint);
    await this.cancel();
    this.forget();
    const job = { id: null as string | null };
    this.#job = job;
    this.#by = { run, weights: this.#weights };
    try {
      const jobId = await this.#connection.request('classify.start', { runId: run.id, weights: this.#weights, paths });
      if (this.#job === job) this.#job = { id: jobId };
    } catch (error) {
      if (this.#job === job) this.#job = null;
      throw error;
    }
  }

  async cancel(): Promise<void> {
    const jobId = this.#job?.id;
    if (jobId) await this.#connection.request('job.cancel', { jobId });
  }

  /** Takes the results off the screen; what is still under way is no longer listened to. */
  forget(): void {
    if (this.#job?.id) this.#olderJobs.add(this.#job.id);
    this.#job = null;
    this.#results = [];
    this.#progress = null;
    this.#end = null;
  }

  saveCsv(path: string): Promise<void> {
    return this.#connection.request('classify.saveCsv', { path, results: [...this.#results] });
  }

  exportTo(runId: string, path: string): Promise<ExportResult> {
    return this.#connection.request('export.tfjs', { runId, weights: this.#weights, path });
  }

  #isMine(jobId: string): boolean {
    if (!this.#job || this.#olderJobs.has(jobId)) return false;
    this.#job.id ??= jobId;
    return this.#job.id === jobId;
  }

  #finish(jobId: string | null, end: RunEnd): void {
    if (jobId) this.#olderJobs.add(jobId);
    this.#job = null;
    this.#progress = null;
    this.#end = end;
  }
}

export const classify = new ClassifyState(connection, runs);

import type { ErrorReport } from '../../src-main/shared/errors.ts';
import type { NetworkJson } from '../../src-main/shared/network/spec.ts';
import type { DamagedRun, RunSummary } from '../../src-main/shared/project.ts';
import type { Events } from '../../src-main/shared/events.ts';
import type { EpochMetrics, Recipe, RunEnd } from '../../src-main/shared/run.ts';
import { bestEpoch } from '../../src-main/shared/run.ts';
import { afterProgress, startedRun, withEpoch, type ActiveRun, type RunNote } from './active-run.ts';
import { Coalesced } from './coalesce.ts';
import { connection, type Connection } from './connection.svelte.ts';

const keptNotes = 500;
const noMetrics: readonly EpochMetrics[] = [];

/** The project's training runs: the one that is going, the list, and the metrics of those that were looked at. */
export class Runs {
  readonly #connection: Connection;
  #active = $state.raw<ActiveRun | null>(null);
  #stopping = $state(false);
  #list = $state.raw<readonly RunSummary[]>([]);
  #damaged = $state.raw<readonly DamagedRun[]>([]);
  #metrics = $state.raw<Readonly<Record<string, readonly EpochMetrics[]>>>({});
  #notes = $state.raw<readonly RunNote[]>([]);
  #live = $state.raw<Events['training.live'] | null>(null);
  readonly #reading = new Coalesced(() => this.#read());
  #path: string | undefined;
  #loading = new Set<string>();

  constructor(line: Connection) {
    this.#connection = line;
  }

  get active(): ActiveRun | null {
    return this.#active;
  }
  /** What the active run's network made of an image when it was last looked at. */
  get live(): Events['training.live'] | null {
    return this.#live && this.#live.runId === this.#active?.runId ? this.#live : null;
  }
  /** The active run was asked to stop and has not yet ended. */
  get stopping(): boolean {
    return this.#active !== null && this.#stopping;
  }
  /** What the active run does; null without one. */
  get state(): ActiveRun['state'] | 'stopping' | null {
    return this.stopping ? 'stopping' : (this.#active?.state ?? null);
  }
  /** Newest first. */
  get list(): readonly RunSummary[] {
    return this.#list;
  }
  /** Folders among the runs that cannot be used. */
  get damaged(): readonly DamagedRun[] {
    return this.#damaged;
  }
  /** What happened since the window opened, oldest first. */
  get notes(): readonly RunNote[] {
    return this.#notes;
  }

  metricsOf(runId: string): readonly EpochMetrics[] {
    return this.#metrics[runId] ?? noMetrics;
  }

  /** Follows the engine's events and keeps the list current; returns what stops it. */
  follow(): () => void {
    const stops = [
      this.#connection.on('training.started', (started) => this.#onStarted(started)),
      this.#connection.on('training.progress', (progress) => this.#onProgress(progress)),
      this.#connection.on('training.epoch', ({ runId, metrics }) => this.#onEpoch(runId, metrics)),
      this.#connection.on('training.warning', ({ runId, error }) => this.#note({ kind: 'warning', error }, runId)),
      this.#connection.on('training.live', (look) => (this.#live = look)),
      this.#connection.on('training.ended', ({ runId, end, error }) => this.#onEnded(runId, end, error)),
      this.#connection.on('project.changed', ({ what }) => {
        if (what.includes('project') || what.includes('runs')) void this.refresh();
      }),
      this.#connection.on('engine.state', (engine) => {
        if (engine.state === 'lost' && this.#active) {
          const hint = '';
          this.#onEnded(this.#active.runId, 'engineLost', { code: 'engine-lost', message: engine.reason, hint });
        }
        if (engine.state === 'ready') void this.refresh();
      }),
    ];
    void this.refresh();
    return () => stops.forEach((stop) => stop());
  }

  /** Reads the list again; while the engine is away it stays as it is. */
  refresh(): Promise<void> {
    return this.#reading.run();
  }

  async #read(): Promise<void> {
    try {
      const project = await this.#connection.request('project.current');
      if (project?.path !== this.#path) this.#forget(project?.path);
      if (!project) return;
      const list = await this.#connection.request('runs.list');
      this.#list = list.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
      this.#damaged = await this.#connection.request('runs.damaged');
    } catch {
      return;
    }
  }

  /** Fetches a run's metrics once; later epochs arrive as events. */
  async load(runId: string): Promise<void> {
    if (this.#metrics[runId] || this.#loading.has(runId)) return;
    this.#loading.add(runId);
    try {
      const metrics = await this.#connection.request('runs.metrics', { runId });
      const known = this.metricsOf(runId);
      this.#metrics = { ...this.#metrics, [runId]: known.length > metrics.length ? known : metrics };
    } finally {
      this.#loading.delete(runId);
    }
  }

  async start(name: string, network: NetworkJson, recipe: Recipe): Promise<string> {
    const { runId } = await this.#connection.request('training.start', { name, network, recipe });
    await this.refresh();
    return runId;
  }

  /** Goes on where its last checkpoint was saved. */
  async resume({ id }: RunSummary): Promise<void> {
    await this.load(id);
    await this.#connection.request('training.resume', { runId: id });
    await this.refresh();
  }

  async pause(): Promise<void> {
    const active = this.#active;
    if (!active) return;
    await this.#connection.request('training.pause', { runId: active.runId });
    this.#active = this.#active && { ...this.#active, state: 'paused' };
    this.#note({ kind: 'paused', epoch: active.epoch }, active.runId);
  }

  async continue(): Promise<void> {
    const active = this.#active;
    if (!active) return;
    await this.#connection.request('training.continue', { runId: active.runId });
    this.#active = this.#active && { ...this.#active, state: 'training' };
    this.#note({ kind: 'continued', epoch: active.epoch }, active.runId);
  }

  /** The step that is being done comes to its end first, and what was learnt is saved. */
  async stop(): Promise<void> {
    if (!this.#active) return;
    this.#stopping = true;
    try {
      await this.#connection.request('training.stop', { runId: this.#active.runId });
    } catch (error) {
      this.#stopping = false;
      throw error;
    }
  }

  async rename(runId: string, name: string): Promise<void> {
    await this.#connection.request('runs.rename', { runId, name });
    await this.refresh();
  }

  async note(runId: string, note: string): Promise<void> {
    await this.#connection.request('runs.note', { runId, note });
    await this.refresh();
  }

  async delete(runId: string): Promise<void> {
    await this.#connection.request('runs.delete', { runId });
    // While it is listed its curves are shown, and would be asked for.
    await this.refresh();
    this.#metrics = Object.fromEntries(Object.entries(this.#metrics).filter(([id]) => id !== runId));
  }

  #onStarted({ runId, name, epochs, from }: Events['training.started']) {
    this.#active = startedRun(runId, name, epochs);
    if (from === null) {
      this.#metrics = { ...this.#metrics, [runId]: this.metricsOf(runId) };
      this.#note({ kind: 'started' }, runId);
    } else this.#note({ kind: 'resumed', epoch: from }, runId);
  }

  #onProgress(progress: Events['training.progress']) {
    if (!this.#active && this.#isGoing(progress.runId)) {
      const run = this.#list.find(({ id }) => id === progress.runId);
      this.#active = startedRun(progress.runId, run?.name ?? '', progress.epochs);
      void this.load(progress.runId);
    }
    this.#active = afterProgress(this.#active, progress);
  }

  /** A run that was going before this window was (re)loaded is taken up again. */
  #isGoing(runId: string): boolean {
    return this.#list.some((run) => run.id === runId && run.end === null);
  }

  #onEpoch(runId: string, metrics: EpochMetrics) {
    if (this.#active?.runId !== runId) return;
    const before = this.metricsOf(runId);
    const after = withEpoch(before, metrics);
    this.#metrics = { ...this.#metrics, [runId]: after };
    const best = before.length > 0 && bestEpoch(after) === metrics;
    this.#note({ kind: best ? 'best' : 'epoch', metrics }, runId);
  }

  #onEnded(runId: string, end: RunEnd, error: ErrorReport | null) {
    if (this.#active?.runId === runId) {
      // What is completed before its last epoch was ended by early stopping.
      const early = end === 'completed' && this.#active.epoch < this.#active.epochs;
      this.#note({ kind: 'ended', end, error, early }, runId);
      this.#active = null;
      this.#stopping = false;
      this.#live = null;
    }
    void this.refresh();
  }

  #note(note: NoteBody, runId: string) {
    this.#notes = [...this.#notes, { ...note, at: Date.now(), runId } as RunNote].slice(-keptNotes);
  }

  /** Starts again for the project at that path. */
  #forget(path: string | undefined) {
    this.#path = path;
    this.#active = null;
    this.#stopping = false;
    this.#list = [];
    this.#damaged = [];
    this.#metrics = {};
    this.#notes = [];
  }
}

type NoteBody<N = RunNote> = N extends RunNote ? Omit<N, 'at' | 'runId'> : never;

export const runs = new Runs(connection);

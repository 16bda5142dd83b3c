import { reportError, type ErrorReport } from '../../src-main/shared/errors.ts';
import type { Evaluation } from '../../src-main/shared/inspection.ts';
import type { RunSummary } from '../../src-main/shared/project.ts';
import type { WeightsChoice } from '../../src-main/shared/run.ts';
import { connection } from './connection.svelte.ts';
import type { Connection } from './connection.svelte.ts';
import { Latest } from './latest.ts';
import { runs } from './run.svelte.ts';
import type { Runs } from './run.svelte.ts';
import { chosenRun, usableRuns } from './usable-runs.ts';

export const evaluationSplits = ['validation', 'test', 'train', 'all'] as const;
export type EvaluationSplit = (typeof evaluationSplits)[number];

/** What one run makes of one set of labelled images. */
export class EvaluateState {
  readonly #connection: Connection;
  readonly #runs: Runs;
  readonly #latest = new Latest();
  #runId = $state<string | null>(null);
  #weights = $state<WeightsChoice>('last');
  #split = $state<EvaluationSplit>('validation');
  #result = $state.raw<Evaluation | null>(null);
  #problem = $state.raw<ErrorReport | null>(null);
  #busy = $state(false);

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
  get split(): EvaluationSplit {
    return this.#split;
  }
  /** Of the chosen run and set; null until evaluated. */
  get result(): Evaluation | null {
    return this.#result;
  }
  /** Why what is chosen could not be evaluated. */
  get problem(): ErrorReport | null {
    return this.#problem;
  }
  get busy(): boolean {
    return this.#busy;
  }

  choose(runId: string, weights: WeightsChoice, split: EvaluationSplit): void {
    this.forget();
    this.#runId = runId;
    this.#weights = weights;
    this.#split = split;
  }

  /** Evaluates what is chosen; a reply that comes after another choice is dropped, and so is what went wrong with it. */
  async evaluate(): Promise<void> {
    const run = this.run;
    if (!run) return;
    const asked = { runId: run.id, weights: this.#weights, split: this.#split };
    this.forget();
    this.#busy = true;
    try {
      const reply = await this.#latest.run(() => this.#connection.request('evaluate.run', asked));
      if (!reply) return;
      this.#result = reply.value;
      this.#busy = false;
    } catch (error) {
      this.#busy = false;
      this.#problem = reportError(error);
    }
  }

  /** Drops the result and whatever is under way. */
  forget(): void {
    this.#latest.cancel();
    this.#result = null;
    this.#problem = null;
    this.#busy = false;
  }
}

export const evaluate = new EvaluateState(connection, runs);

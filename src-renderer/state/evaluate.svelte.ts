import type { Evaluation } from '../../src-main/shared/inspection.ts';
import type { RunSummary } from '../../src-main/shared/project.ts';
import type { Params } from '../../src-main/shared/protocol.ts';
import type { WeightsChoice } from '../../src-main/shared/run.ts';
import { connection } from './connection.svelte.ts';
import type { Connection } from './connection.svelte.ts';
import { GrowingAnswer } from './growing-answer.svelte.ts';
import type { Job } from './jobs.svelte.ts';
import { runs } from './run.svelte.ts';
import type { Runs } from './run.svelte.ts';
import { chosenRun, usableRuns } from './usable-runs.ts';

export const evaluationSplits = ['validation', 'test', 'train', 'all'] as const;
export type EvaluationSplit = (typeof evaluationSplits)[number];

type Question = Params<'evaluate.run'>;

/** What one run makes of one set of labelled images. */
export class EvaluateState {
  readonly #connection: Connection;
  readonly #runs: Runs;
  readonly #work: GrowingAnswer<'evaluate.result', Question>;
  #runId = $state<string | null>(null);
  #weights = $state<WeightsChoice>('last');
  #split = $state<EvaluationSplit>('validation');
  /** What was asked of what is chosen. */
  #question = $state.raw<Question | null>(null);

  constructor(line: Connection, runs: Runs) {
    this.#connection = line;
    this.#runs = runs;
    this.#work = new GrowingAnswer(line, {
      ask: (question: Question) => line.request('evaluate.run', question),
      event: 'evaluate.result',
      kind: 'evaluate',
    });
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
    return this.#isAnswered ? this.#work.answer : null;
  }
  /** Why what is chosen could not be evaluated. */
  get problem(): string | null {
    return this.#isAsked ? this.#work.problem : null;
  }
  /** Whether somebody stopped it. */
  get stopped(): boolean {
    return this.#isAsked && this.#work.stopped;
  }
  /** How far it has come; null while nothing is evaluated. */
  get job(): Omit<Job, 'jobId'> | null {
    if (!this.#isAsked || this.#isAnswered || this.#work.stopped || this.#work.problem !== null) return null;
    return this.#work.job ?? { done: 0, total: 0, etaSeconds: null };
  }

  /** The run that was asked for may have been deleted since. */
  get #isAsked(): boolean {
    return this.#question !== null && this.#question.runId === this.run?.id;
  }
  get #isAnswered(): boolean {
    return this.#isAsked && this.#work.answered === this.#question;
  }

  /** Follows the engine's events; returns what stops it. */
  follow(): () => void {
    return this.#work.follow();
  }

  choose(runId: string, weights: WeightsChoice, split: EvaluationSplit): void {
    this.forget();
    this.#runId = runId;
    this.#weights = weights;
    this.#split = split;
  }

  /** Has the chosen run loaded for what comes next. What goes wrong with it is told when it is evaluated. */
  prepare(): void {
    const { run } = this;
    if (!run) return;
    void this.#connection.request('evaluate.prepare', { runId: run.id, weights: this.#weights }).catch(() => undefined);
  }

  /** Evaluates what is chosen. */
  async evaluate(): Promise<void> {
    const { run } = this;
    if (!run) return;
    // It stays the chosen one when a newer run has ended.
    this.#runId = run.id;
    this.#question = { runId: run.id, weights: this.#weights, split: this.#split };
    await this.#work.ask(this.#question);
    // Before, it could not be told what to stop.
    if (this.#question === null) await this.cancel();
  }

  /** Drops the result, and stops what is under way. */
  forget(): void {
    this.#question = null;
    void this.cancel();
  }

  cancel(): Promise<void> {
    return this.#work.cancel();
  }
}

export const evaluate = new EvaluateState(connection, runs);

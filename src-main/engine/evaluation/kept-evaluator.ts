import { throwIfInterrupted } from '../images/interrupted.ts';
import { EvaluatorProcess } from './evaluator-process.ts';
import type { EvaluatorWork } from './evaluator-process.ts';
import type { RunOrder } from './evaluator.ts';

/**
 * The process that evaluates, or the one that classifies: it takes a while to start and to load a run, so it is kept for
 * what is asked next. After a minute of rest it ends, and its memory is free.
 */
export class KeptEvaluator {
  readonly #work: EvaluatorWork;
  readonly #restMs: number;
  #process: EvaluatorProcess | null = null;
  #users = 0;
  #rest: NodeJS.Timeout | undefined;

  constructor(work: EvaluatorWork, restMs = 60_000) {
    this.#work = work;
    this.#restMs = restMs;
  }

  /** Has the run loaded for what comes next; what goes wrong with it is told then. */
  prepare(order: RunOrder): void {
    this.use(new AbortController().signal, (evaluator) => evaluator.call('open', order)).catch(() => undefined);
  }

  /** Lends it to `work`. When `signal` aborts it ends at once, whatever it is doing; the next one begins anew. */
  async use<T>(signal: AbortSignal, work: (evaluator: EvaluatorProcess) => Promise<T>): Promise<T> {
    throwIfInterrupted(signal);
    clearTimeout(this.#rest);
    if (!this.#process?.alive) this.#process = new EvaluatorProcess(this.#work);
    const used = this.#process;
    const onAbort = (): void => this.#end(used);
    signal.addEventListener('abort', onAbort);
    this.#users++;
    try {
      return await work(used);
    } finally {
      signal.removeEventListener('abort', onAbort);
      if (--this.#users === 0) this.#rest = setTimeout(() => this.close(), this.#restMs).unref();
    }
  }

  close(): void {
    clearTimeout(this.#rest);
    if (this.#process) this.#end(this.#process);
  }

  #end(used: EvaluatorProcess): void {
    used.close();
    if (this.#process === used) this.#process = null;
  }
}

import { throwIfInterrupted } from '../images/interrupted.ts';
import { EvaluatorProcess } from './evaluator-process.ts';

/**
 * The process that classifies: it takes a while to start and to load a run, so it is kept for what is dropped next. After
 * a minute of rest it ends, and its memory is free.
 */
export class KeptEvaluator {
  readonly #restMs: number;
  #process: EvaluatorProcess | null = null;
  #users = 0;
  #rest: NodeJS.Timeout | undefined;

  constructor(restMs = 60_000) {
    this.#restMs = restMs;
  }

  /** Lends it to `work`. When `signal` aborts it ends at once, whatever it is doing; the next one begins anew. */
  async use<T>(signal: AbortSignal, work: (evaluator: EvaluatorProcess) => Promise<T>): Promise<T> {
    throwIfInterrupted(signal);
    clearTimeout(this.#rest);
    if (!this.#process?.alive) this.#process = new EvaluatorProcess('classifies');
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

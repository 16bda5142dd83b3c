import { setImmediate } from 'node:timers/promises';
import { throwIfInterrupted } from '../../images/interrupted.ts';

/** Pieces of work, one after another: how far they are is told before each, and between them they can be interrupted. */
export class Steps {
  readonly #signal: AbortSignal;
  readonly #onProgress: (done: number, total: number) => void;
  #done = 0;
  #total = 0;

  constructor(signal: AbortSignal, onProgress: (done: number, total: number) => void) {
    this.#signal = signal;
    this.#onProgress = onProgress;
  }

  expect(count: number): void {
    this.#total += count;
  }

  /** @throws ReceptiveError `interrupted` */
  async run<T>(work: () => T | Promise<T>): Promise<T> {
    this.#onProgress(this.#done, this.#total);
    await setImmediate(); // a signal that came meanwhile gets its turn
    throwIfInterrupted(this.#signal);
    const result = await work();
    this.#onProgress(++this.#done, this.#total);
    return result;
  }
}

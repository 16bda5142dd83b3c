import { reportError, type ErrorReport } from '../../src-main/shared/errors.ts';
import { Latest } from './latest.ts';

/** The answer to the newest of several questions; the one before stays until it is there. */
export class Answer<T> {
  #value = $state.raw<T | null>(null);
  #error = $state.raw<ErrorReport | null>(null);
  readonly #latest = new Latest();

  get value(): T | null {
    return this.#value;
  }
  get error(): ErrorReport | null {
    return this.#error;
  }

  async load(ask: () => Promise<T>): Promise<void> {
    try {
      const reply = await this.#latest.run(ask);
      if (!reply) return;
      this.#value = reply.value;
      this.#error = null;
    } catch (error) {
      this.#error = reportError(error);
    }
  }

  cancel(): void {
    this.#latest.cancel();
  }
}

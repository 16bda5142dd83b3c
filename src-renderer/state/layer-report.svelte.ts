import { reportError, type ErrorReport } from '../../src-main/shared/errors.ts';
import { Latest } from './latest.ts';

/** What one tab asked about one layer; while the next image's is computed the layer's last answer stays. */
export class LayerReport {
  #key = $state.raw<string | null>(null);
  #value = $state.raw<unknown>(undefined);
  #error = $state.raw<ErrorReport | null>(null);
  readonly #latest = new Latest();

  /** The answer to what was asked under `key`; undefined until there is one. */
  under(key: string): { value: unknown } | undefined {
    return this.#key === key && !this.#error ? { value: this.#value } : undefined;
  }

  get error(): ErrorReport | null {
    return this.#error;
  }

  async load(key: string, ask: () => Promise<unknown>): Promise<void> {
    if (this.#key !== key) this.#error = null;
    try {
      const reply = await this.#latest.run(ask);
      if (!reply) return;
      this.#value = reply.value;
      this.#error = null;
    } catch (error) {
      this.#error = reportError(error);
    }
    this.#key = key;
  }

  cancel(): void {
    this.#latest.cancel();
  }
}

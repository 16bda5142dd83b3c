/**
 * Runs `work` when asked, one at a time: what is asked while it runs is done once more afterwards, however often it was
 * asked. So a flood of "this changed" events costs two readings, and the last reading is never older than the last event.
 */
export class Coalesced {
  readonly #work: () => Promise<void>;
  #running: Promise<void> | null = null;
  #again = false;

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  /** Resolves when a run that started after this call has ended; rejects with what the last run throws. */
  run(): Promise<void> {
    if (this.#running) {
      this.#again = true;
      return this.#running;
    }
    this.#running = this.#loop().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #loop(): Promise<void> {
    for (;;) {
      this.#again = false;
      try {
        await this.#work();
      } catch (error) {
        if (!this.#again) throw error;
      }
      if (!this.#again) return;
    }
  }
}

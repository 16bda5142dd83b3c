/** Of requests that follow each other, only the newest reply counts: an older one that comes late is dropped. */
export class Latest {
  #turn = 0;

  /** The reply, or null when something newer was asked meanwhile. A stale failure is dropped as well. */
  async run<T>(work: () => Promise<T>): Promise<{ value: T } | null> {
    const turn = ++this.#turn;
    try {
      const value = await work();
      return turn === this.#turn ? { value } : null;
    } catch (error) {
      if (turn !== this.#turn) return null;
      throw error;
    }
  }

  /** Drops whatever is under way. */
  cancel(): void {
    this.#turn++;
  }
}

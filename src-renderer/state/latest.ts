/** Of all of them, what is under way. */
const underWay = new Set<Promise<void>>();

/** Resolves once no reply is awaited any more and what has come is on the screen. */
export async function allAnswered(): Promise<void> {
  while (underWay.size > 0) {
    await Promise.all(underWay);
    // What has come is drawn meanwhile, and may ask for more.
    await new Promise((resolve) => setTimeout(resolve));
  }
}

/**
 * Of requests that follow each other quickly (an arrow key held down) only the newest counts: one is under way at a
 * time, those that were overtaken while waiting are never sent, and a reply that was overtaken is dropped.
 */
export class Latest {
  #turn = 0;
  #running: Promise<void> | null = null;

  /** The reply, or null when something newer was asked meanwhile. A failure that was overtaken is dropped as well. */
  async run<T>(work: () => Promise<T>): Promise<{ value: T } | null> {
    const turn = ++this.#turn;
    while (this.#running) await this.#running;
    if (turn !== this.#turn) return null;
    const reply = work();
    const done = reply.then(
      () => undefined,
      () => undefined,
    );
    const running = done.then(() => {
      this.#running = null;
      underWay.delete(running);
    });
    this.#running = running;
    underWay.add(running);
    try {
      const value = await reply;
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

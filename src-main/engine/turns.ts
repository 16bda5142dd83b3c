/** Work that takes turns: each piece begins when the one before has ended, however that was. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Answers, or throws, as `work` does. */
  take<T>(work: () => T | Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

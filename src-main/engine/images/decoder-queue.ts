/** The order in which images are decoded: what a person is waiting for, then work, then what may be wanted later. */
export const decoderPriorities = ['now', 'work', 'ahead'] as const;
export type DecoderPriority = (typeof decoderPriorities)[number];

export class DecoderQueue<T> {
  readonly #waiting: Record<DecoderPriority, T[]> = { now: [], work: [], ahead: [] };

  add(job: T, priority: DecoderPriority): void {
    this.#waiting[priority].push(job);
  }

  /** Back to where it was taken from. */
  putBack(job: T, priority: DecoderPriority): void {
    this.#waiting[priority].unshift(job);
  }

  get isEmpty(): boolean {
    return decoderPriorities.every((priority) => this.#waiting[priority].length === 0);
  }

  /** The oldest of the most urgent. */
  take(): T | undefined {
    const priority = decoderPriorities.find((priority) => this.#waiting[priority].length > 0);
    return priority && this.#waiting[priority].shift();
  }

  /** Whether it was still waiting. */
  remove(job: T): boolean {
    for (const waiting of Object.values(this.#waiting)) {
      const at = waiting.indexOf(job);
      if (at < 0) continue;
      waiting.splice(at, 1);
      return true;
    }
    return false;
  }

  takeAll(): T[] {
    return decoderPriorities.flatMap((priority) => this.#waiting[priority].splice(0));
  }
}

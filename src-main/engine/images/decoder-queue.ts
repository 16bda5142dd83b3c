/** The order in which images are decoded: what a person is waiting for, then work, then what may be wanted later. */
export const decoderPriorities = ['now', 'work', 'ahead'] as const;
export type DecoderPriority = (typeof decoderPriorities)[number];

export class DecoderQueue<T extends { readonly number: number }> {
  readonly #waiting: Record<DecoderPriority, T[]> = { now: [], work: [], ahead: [] };

  add(job: T, priority: DecoderPriority): void {
    this.#waiting[priority].push(job);
  }

  /** Back to where it was taken from: jobs are numbered as they come. */
  putBack(job: T, priority: DecoderPriority): void {
    const waiting = this.#waiting[priority];
    const later = waiting.findIndex(({ number }) => number > job.number);
    waiting.splice(later < 0 ? waiting.length : later, 0, job);
  }

  /** How urgent what comes next is; undefined when nothing waits. */
  get next(): DecoderPriority | undefined {
    return decoderPriorities.find((priority) => this.#waiting[priority].length > 0);
  }

  /** The oldest of the most urgent. */
  take(): T | undefined {
    return this.next && this.#waiting[this.next].shift();
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

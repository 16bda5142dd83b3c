/**
 * Which runs go on by themselves after a crash: those that had done an epoch since they began or were resumed, and more
 * of them than at the crash before. So one that crashes again and again at one place comes to rest there.
 */
export class CrashedRuns {
  /** Epochs: done by now, and those that have to be exceeded. */
  readonly #runs = new Map<string, { done: number; before: number }>();

  /** `from`: the epochs it has; null for a new one. */
  began(runId: string, from: number | null): void {
    const done = from ?? 0;
    this.#runs.set(runId, { done, before: Math.max(done, this.#runs.get(runId)?.before ?? 0) });
  }

  epochDone(runId: string, epoch: number): void {
    const run = this.#runs.get(runId);
    if (run) run.done = epoch;
  }

  /** To be asked once a crash. */
  goesOn(runId: string): boolean {
    const run = this.#runs.get(runId);
    if (!run || run.done <= run.before) return false;
    run.before = run.done;
    return true;
  }
}

/** Beside the rows of the first steps, of which there are few. */
const mostRows = 128;
const mostBytes = 8 * 2 ** 20;

/** Which steps are recorded: the first ones, where most happens, each after twice as many as the one before; then evenly. */
export class RecordSchedule {
  readonly #interval: number;
  readonly #steps: number;

  /** `steps` in all, `numbers` (float32) in what is kept of one. */
  constructor(steps: number, numbers: number) {
    this.#interval = Math.ceil(Math.max(1, steps / mostRows, (steps * 4 * numbers) / mostBytes));
    this.#steps = steps;
  }

  /** The next step that is due after `step`; the last one is in any case. */
  after(step: number): number {
    const doubled = step < 1 ? 1 : 2 ** (Math.floor(Math.log2(step)) + 1);
    const due = doubled < this.#interval ? doubled : (Math.floor(step / this.#interval) + 1) * this.#interval;
    return step < this.#steps ? Math.min(due, this.#steps) : due;
  }

  /** Of the steps that were recorded, perhaps for a shorter run, those as far apart as they are to be. */
  thinned(steps: readonly number[]): Set<number> {
    const kept = new Set<number>();
    let due = 0;
    for (const step of steps) {
      if (step < due) continue;
      kept.add(step);
      due = this.after(step);
    }
    return kept;
  }
}

/**
 * How much of a run's time may go into looking at it. Whoever looks has an account, which grows as the run trains and is
 * never overdrawn but for what a look takes longer than the one before. All accounts together are 4.5 % of the time
 * trained: what looking costs and no clock shows, such as cold caches, has the rest of 5 %.
 */
export const lookShares = { recorder: 0.03, live: 0.015 } as const;

/** A first look of this length or more is as long as any: what TensorFlow needs to set itself up is little beside it. */
const longMs = 500;

export class LookBudget {
  readonly clock: () => number;
  #trainedMs = 0;
  #steps = 0;
  #mark: number;

  /** `clock`: in ms. */
  constructor(clock: () => number) {
    this.clock = clock;
    this.#mark = clock();
  }

  /** To be called after each step, before anything looks. */
  stepDone(): void {
    const now = this.clock();
    this.#trainedMs += now - this.#mark;
    this.#steps++;
    this.#mark = now;
  }

  /** What went on since the last step was no training: looking, validating, saving. */
  skip(): void {
    this.#mark = this.clock();
  }

  get trainedMs(): number {
    return this.#trainedMs;
  }

  /** What a step takes, in the mean; 0 before the first. */
  get stepMs(): number {
    return this.#steps === 0 ? 0 : this.#trainedMs / this.#steps;
  }

  /** Of whoever may look for that share of the time trained. */
  account(share: number): LookAccount {
    return new LookAccount(this, share);
  }
}

export class LookAccount {
  readonly #budget: LookBudget;
  readonly #share: number;
  #spentMs = 0;
  #lastMs = 0;

  constructor(budget: LookBudget, share: number) {
    this.#budget = budget;
    this.#share = share;
  }

  /** Looks before the first step, at no cost to the account, to know what a look takes. */
  prepare(look: () => void): void {
    this.#lastMs = this.#time(look);
    if (this.#lastMs < longMs) this.#lastMs = this.#time(look);
  }

  /** Looks if that can be afforded; whether it did. */
  tryTo(look: () => void): boolean {
    // What the last one took, but for one that was held up: as a rule a look takes less than a step.
    const expectedMs = Math.min(this.#lastMs, this.#budget.stepMs);
    if (this.#spentMs + expectedMs > this.#share * this.#budget.trainedMs) return false;
    this.#lastMs = this.spend(look);
    return true;
  }

  /** Does what has to be done in any case; looks that follow wait for it. Returns how long it took. */
  spend(work: () => void): number {
    const took = this.#time(work);
    this.#spentMs += took;
    return took;
  }

  #time(work: () => void): number {
    const begun = this.#budget.clock();
    work();
    this.#budget.skip();
    return this.#budget.clock() - begun;
  }
}

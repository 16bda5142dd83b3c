/** Pause, continue and stop for one piece of long work. The work calls `checkpoint` where it can be held up. */
export class WorkControl {
  #stop = new AbortController();
  #paused = false;
  #stoodMs = 0;
  #wake: (() => void) | null = null;

  /** Aborted by `stop`, for work that takes a signal. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  get stopped(): boolean {
    return this.signal.aborted;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Milliseconds by a clock that stands still while the work does: for rates and remaining times. */
  now(): number {
    return performance.now() - this.#stoodMs;
  }

  pause(): void {
    if (!this.stopped) this.#paused = true;
  }

  continue(): void {
    this.#paused = false;
    this.#wake?.();
    this.#wake = null;
  }

  stop(): void {
    this.#stop.abort();
    this.continue();
  }

  /**
   * Lets waiting messages be answered, then waits as long as the work is paused; `onHold` is done before such a wait.
   * False once it is to stop.
   */
  async checkpoint(onHold?: () => Promise<void>): Promise<boolean> {
    await new Promise((resolve) => setImmediate(resolve));
    const stoppedAt = performance.now();
    if (this.#paused) await onHold?.();
    while (this.#paused) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#stoodMs += performance.now() - stoppedAt;
    return !this.stopped;
  }
}

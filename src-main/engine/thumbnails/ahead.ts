/**
 * Makes pictures before they are asked for: those near the eye first, then outwards along the list, one at a time and
 * only while nobody waits for a picture.
 */
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { ThumbnailMaker } from './maker.ts';

/** Time without a direct request before the next picture is made, and how often that is looked at; ms. */
const quiet = 100;
const pause = 50;
/** Time spent on images that need nothing before other work gets its turn, ms. */
const slice = 4;

export class AheadOfTime {
  readonly #maker: ThumbnailMaker;
  readonly #lastAsked: () => number;
  readonly #stop = new AbortController();
  #list: Uint32Array = new Uint32Array();
  #size = 0;
  #near: readonly number[] = [];
  /** By id: 1 for those that were looked after. */
  #done = new Uint8Array();
  #restart = false;
  #running: Promise<void> = Promise.resolve();
  #isRunning = false;

  /** `lastAsked`: when a picture was last asked for directly, as `performance.now()` tells time; Infinity while one is. */
  constructor(maker: ThumbnailMaker, lastAsked: () => number) {
    this.#maker = maker;
    this.#lastAsked = lastAsked;
  }

  /** `near`: ids, nearest to the eye first; `list`: what to go on with, outwards from the first of them. */
  look(near: readonly number[], list: Uint32Array, size: number): void {
    if (size !== this.#size) this.#done = new Uint8Array();
    this.#near = near;
    this.#list = list;
    this.#size = size;
    this.#restart = true;
    if (!this.#isRunning) this.#running = this.#run();
  }

  /** Ends it, and waits for the picture that is being made. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    const { signal } = this.#stop;
    while (this.#restart && !signal.aborted) {
      this.#restart = false;
      let sliceEnd = performance.now() + slice;
      for (const id of outwards(this.#near, this.#list)) {
        if (this.#restart || signal.aborted) break;
        if (this.#done[id] === 1) continue;
        if (performance.now() > sliceEnd) {
          await setImmediate();
          sliceEnd = performance.now() + slice;
        }
        if (await this.#waitForQuiet()) break;
        this.#remember(id);
        await this.#make(id);
      }
    }
    this.#isRunning = false;
  }

  /** True when there is something else to look at by then. */
  async #waitForQuiet(): Promise<boolean> {
    while (performance.now() - this.#lastAsked() < quiet) {
      await setTimeout(pause, undefined, { ref: false });
      if (this.#restart || this.#stop.signal.aborted) return true;
    }
    return false;
  }

  #remember(id: number): void {
    if (id >= this.#done.length) {
      const longer = new Uint8Array(Math.max(id * 2, 1024));
      longer.set(this.#done);
      this.#done = longer;
    }
    this.#done[id] = 1;
  }

  async #make(id: number): Promise<void> {
    try {
      if (!this.#maker.isWorthMaking(id, this.#size)) return;
      await this.#maker.make(id, this.#size, { priority: 'ahead', signal: this.#stop.signal });
    } catch {
      // Whoever looks at it is told what is wrong with it.
    }
  }
}

/** First what is near, then the list from where the first of them is, one after, one before, and so on. */
export function* outwards(near: readonly number[], list: Uint32Array): Generator<number> {
  yield* near;
  const centre = near[0] === undefined ? -1 : list.indexOf(near[0]);
  if (centre < 0) return;
  for (let distance = 1; distance < list.length; distance++) {
    const after = list[centre + distance];
    const before = list[centre - distance];
    if (after !== undefined) yield after;
    if (before !== undefined) yield before;
    if (after === undefined && before === undefined) return;
  }
}

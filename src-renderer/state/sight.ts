/** Tells the engine where the eye is in the list, so that pictures near it are made first. */
import type { Connection } from './connection.svelte.ts';

/** Screens before and after the one in sight that count as near it. */
const screensAround = 2;
/** Least time between two tellings, ms: scrolling tells at every frame. */
const interval = 100;

/** Ids from `first` to `last`, then those around them, one after, one before, and so on. */
export function nearIds(ids: Uint32Array, first: number, last: number): number[] {
  const near = Array.from(ids.subarray(first, last + 1));
  const reach = screensAround * (last - first + 1);
  for (let distance = 1; distance <= reach; distance++) {
    if (last + distance < ids.length) near.push(ids[last + distance]!);
    if (first - distance >= 0) near.push(ids[first - distance]!);
  }
  return near;
}

export class Sight {
  readonly #connection: Connection;
  #next: (() => { ids: number[]; size: number }) | null = null;
  #waiting = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** `what` is asked when its turn has come; by then only the newest counts. */
  look(what: () => { ids: number[]; size: number }): void {
    this.#next = what;
    if (!this.#waiting) this.#tell();
  }

  #tell(): void {
    const seen = this.#next?.();
    this.#next = null;
    this.#waiting = seen !== undefined;
    if (!seen) return;
    setTimeout(() => this.#tell(), interval);
    // Without an engine there is nothing to make; it is told again at the next movement.
    if (seen.ids.length > 0) void this.#connection.request('images.look', seen).catch(() => undefined);
  }
}

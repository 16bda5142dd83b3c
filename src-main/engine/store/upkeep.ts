/** Takes snapshots of an open project by itself: soon after it was opened, now and then while it is worked on, at its end. */
import { reportError } from '../../shared/errors.ts';
import type { Database } from './database.ts';
import { takeSnapshot } from './snapshots.ts';

/** Milliseconds. The first images are on the screen before the first copy is made. */
const firstAfter = 3_000;
const every = 10 * 60_000;

export class Upkeep {
  readonly #db: Database;
  readonly #first: NodeJS.Timeout;
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> = Promise.resolve();
  #told = false;

  constructor(db: Database) {
    this.#db = db;
    // A process that has nothing else to do does not wait for these.
    this.#first = setTimeout(() => void this.#run(), firstAfter).unref();
    this.#timer = setInterval(() => void this.#run(), every).unref();
  }

  /** Takes the last one, if it is wanted. The database must not be closed before. */
  async end(lastCopy: boolean): Promise<void> {
    clearTimeout(this.#first);
    clearInterval(this.#timer);
    await (lastCopy ? this.#run() : this.#running);
  }

  #run(): Promise<void> {
    this.#running = this.#running.then(() => this.#take());
    return this.#running;
  }

  /** Without room for a copy the work goes on; saying it once is enough. */
  async #take(): Promise<void> {
    try {
      await takeSnapshot(this.#db);
    } catch (error) {
      if (!this.#told) console.error(`No automatic copy of the project could be made: ${reportError(error).message}`);
      this.#told = true;
    }
  }
}

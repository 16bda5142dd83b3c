import type { NetworkJson } from '../../src-main/shared/network/spec.ts';
import type { Recipe } from '../../src-main/shared/run.ts';
import { connection, type Connection } from './connection.svelte.ts';
import { runs, type Runs } from './run.svelte.ts';

/** A run that begins when those before it have ended, with network and recipe as they were when it was put there. */
interface Waiting {
  id: number;
  name: string;
  network: NetworkJson;
  recipe: Recipe;
}

/** Runs that wait for the one that is going. They are given up with the project. */
export class TrainQueue {
  readonly #connection: Connection;
  readonly #runs: Pick<Runs, 'active' | 'start'>;
  #waiting = $state.raw<readonly Waiting[]>([]);
  #path: string | undefined;
  #lastId = 0;
  #starting = false;

  constructor(line: Connection, all: Pick<Runs, 'active' | 'start'>) {
    this.#connection = line;
    this.#runs = all;
  }

  get waiting(): readonly Waiting[] {
    return this.#waiting;
  }

  add(name: string, network: NetworkJson, recipe: Recipe): void {
    this.#waiting = [...this.#waiting, { id: ++this.#lastId, name, network, recipe }];
  }

  remove(id: number): void {
    this.#waiting = this.#waiting.filter((one) => one.id !== id);
  }

  /** Follows the engine's events; `onError` hears why a run could not begin. Returns what stops it. */
  follow(onError: (error: unknown) => void): () => void {
    const next = () => void this.#next(onError);
    const stops = [
      this.#connection.on('training.ended', next),
      this.#connection.on('engine.state', ({ state }) => {
        if (state === 'ready') next();
      }),
      this.#connection.on('project.changed', ({ what }) => {
        if (what.includes('project')) void this.#leave().catch(onError);
      }),
    ];
    return () => stops.forEach((stop) => stop());
  }

  /** A run that cannot begin is told and left out; while the engine is away they wait. */
  async #next(onError: (error: unknown) => void): Promise<void> {
    // What ended is not active any more when all have heard of it.
    await Promise.resolve();
    const [first] = this.#waiting;
    if (!first || this.#starting || this.#runs.active || this.#connection.engine.state !== 'ready') return;
    this.#starting = true;
    this.remove(first.id);
    try {
      await this.#runs.start(first.name, first.network, first.recipe);
    } catch (error) {
      onError(error);
    } finally {
      this.#starting = false;
    }
    if (!this.#runs.active) await this.#next(onError);
  }

  async #leave(): Promise<void> {
    const path = (await this.#connection.request('project.current'))?.path;
    if (path !== this.#path) this.#waiting = [];
    this.#path = path;
  }
}

export const trainQueue = new TrainQueue(connection, runs);

import type { NetworkJson } from '../../src-main/shared/network/spec.ts';
import type { WaitingRun } from '../../src-main/shared/project.ts';
import type { Recipe } from '../../src-main/shared/run.ts';
import { Coalesced } from './coalesce.ts';
import { connection, type Connection } from './connection.svelte.ts';

/** Runs that wait for the one that is going. They are the project's: the engine keeps them and begins them. */
export class TrainQueue {
  readonly #connection: Connection;
  readonly #reading = new Coalesced(() => this.#read());
  #waiting = $state.raw<readonly WaitingRun[]>([]);

  constructor(line: Connection) {
    this.#connection = line;
  }

  /** In the order in which they begin. */
  get waiting(): readonly WaitingRun[] {
    return this.#waiting;
  }

  add(name: string, network: NetworkJson, recipe: Recipe): Promise<void> {
    return this.#connection.request('queue.add', { name, network, recipe });
  }

  remove(id: number): Promise<void> {
    return this.#connection.request('queue.remove', { id });
  }

  /** Those of a project that was closed meanwhile wait for this. */
  start(): Promise<void> {
    return this.#connection.request('queue.start');
  }

  /** Follows the engine's events; returns what stops it. */
  follow(): () => void {
    const stops = [
      this.#connection.on('engine.state', ({ state }) => {
        if (state === 'ready') void this.refresh();
      }),
      this.#connection.on('project.changed', ({ what }) => {
        if (what.includes('project') || what.includes('queue')) void this.refresh();
      }),
    ];
    void this.refresh();
    return () => stops.forEach((stop) => stop());
  }

  /** Reads them again; while the engine is away they stay as they are. */
  refresh(): Promise<void> {
    return this.#reading.run();
  }

  async #read(): Promise<void> {
    try {
      const project = await this.#connection.request('project.current');
      this.#waiting = project ? await this.#connection.request('queue.list') : [];
    } catch {
      return;
    }
  }
}

export const trainQueue = new TrainQueue(connection);

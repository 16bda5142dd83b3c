import type { RefusedProject, Snapshot } from '../../src-main/shared/labelling.ts';
import { connection } from './connection.svelte.ts';
import type { Connection } from './connection.svelte.ts';

/** The project that was not opened because of its database, and the automatic copies that it could be restored from. */
export class RecoveryState {
  readonly #connection: Connection;
  #refused = $state.raw<RefusedProject | null>(null);
  #snapshots = $state.raw<readonly Snapshot[]>([]);

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get refused(): RefusedProject | null {
    return this.#refused;
  }

  get snapshots(): readonly Snapshot[] {
    return this.#snapshots;
  }

  /** Asks the engine; true when there is such a project. */
  async look(): Promise<boolean> {
    const refused = await this.#connection.request('project.refused');
    this.#snapshots = refused ? await this.#connection.request('project.snapshots', { path: refused.path }) : [];
    this.#refused = refused;
    return refused !== null;
  }

  dismiss(): void {
    this.#refused = null;
  }
}

export const recovery = new RecoveryState(connection);

import type { Events } from '../../src-main/shared/events.ts';
import type { Params } from '../../src-main/shared/protocol.ts';
import { connection } from './connection.svelte.ts';
import type { Connection } from './connection.svelte.ts';
import { Jobs } from './jobs.svelte.ts';
import type { Job } from './jobs.svelte.ts';

/** The export of labels that is going on, if any. */
export class GiveBackState {
  readonly #connection: Connection;
  readonly #jobs: Jobs<'exportLabels'>;

  constructor(line: Connection) {
    this.#connection = line;
    this.#jobs = new Jobs(line, ['exportLabels']);
  }

  /** null while there is none. */
  get progress(): Job | null {
    return this.#jobs.get('exportLabels');
  }

  /** Follows the engine's events; returns what stops it. */
  follow(onEnd: (ended: Events['job.ended']) => void): () => void {
    return this.#jobs.follow(onEnd);
  }

  async start(params: Params<'labels.export'>): Promise<void> {
    this.#jobs.begin('exportLabels', await this.#connection.request('labels.export', params));
  }

  cancel(): Promise<void> {
    return this.#jobs.cancel('exportLabels');
  }
}

export const giveBack = new GiveBackState(connection);

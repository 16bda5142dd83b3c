import type { Events, Params } from '../../src-main/shared/protocol.ts';
import { connection } from './connection.svelte.ts';
import type { Connection } from './connection.svelte.ts';

export type GiveBackProgress = Pick<Events['job.progress'], 'done' | 'total' | 'etaSeconds'>;

/** The export of labels that is going on, if any. */
export class GiveBackState {
  readonly #connection: Connection;
  #jobId = $state<string | null>(null);
  #progress = $state.raw<GiveBackProgress | null>(null);
  /** A short export can end before the reply that names it arrives. */
  #ended = '';

  constructor(line: Connection) {
    this.#connection = line;
  }

  get busy(): boolean {
    return this.#jobId !== null;
  }
  /** Null until the first image is done. */
  get progress(): GiveBackProgress | null {
    return this.#progress;
  }

  /** Follows the engine's events; returns what stops it. */
  follow(onEnd: (ended: Events['job.ended']) => void): () => void {
    const stops = [
      this.#connection.on('job.progress', ({ jobId, kind, done, total, etaSeconds }) => {
        if (kind !== 'exportLabels') return;
        this.#jobId = jobId;
        this.#progress = { done, total, etaSeconds };
      }),
      this.#connection.on('job.ended', (ended) => {
        if (ended.kind !== 'exportLabels') return;
        this.#ended = ended.jobId;
        this.#jobId = null;
        this.#progress = null;
        onEnd(ended);
      }),
    ];
    return () => stops.forEach((stop) => stop());
  }

  async start(params: Params<'labels.export'>): Promise<void> {
    const jobId = await this.#connection.request('labels.export', params);
    if (jobId !== this.#ended) this.#jobId = jobId;
  }

  async cancel(): Promise<void> {
    if (this.#jobId !== null) await this.#connection.request('job.cancel', { jobId: this.#jobId });
  }
}

export const giveBack = new GiveBackState(connection);

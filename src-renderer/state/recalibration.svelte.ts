import { connection } from './connection.svelte.ts';
import type { Connection } from './connection.svelte.ts';
import { Jobs } from './jobs.svelte.ts';
import type { Job } from './jobs.svelte.ts';
import type { WeightsChoice } from '../../src-main/shared/run.ts';

/** Measuring a run's running statistics anew, and taking that back. */
export class RecalibrationState {
  readonly #connection: Connection;
  readonly #jobs: Jobs<'recalibrate'>;
  #problem = $state.raw<string | null>(null);

  constructor(line: Connection) {
    this.#connection = line;
    this.#jobs = new Jobs(line, ['recalibrate']);
  }

  get job(): Job | null {
    return this.#jobs.get('recalibrate');
  }
  /** Why the last one ended without a result. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Follows the engine's events; `onChange` hears when inference has become another. Returns what stops it. */
  follow(onChange: () => void): () => void {
    return this.#jobs.follow(({ end, error }) => {
      this.#problem = error && [error.message, error.hint].filter(Boolean).join(' ');
      if (end === 'completed') onChange();
    });
  }

  async start(runId: string, weights: WeightsChoice): Promise<void> {
    this.#problem = null;
    this.#jobs.begin('recalibrate', await this.#connection.request('batchNorm.recalibrate', { runId, weights }));
  }

  cancel(): Promise<void> {
    return this.#jobs.cancel('recalibrate');
  }

  async undo(runId: string, weights: WeightsChoice): Promise<void> {
    this.#problem = null;
    await this.#connection.request('batchNorm.undo', { runId, weights });
  }
}

export const recalibration = new RecalibrationState(connection);

import type { NetworkJson } from '../../src-main/shared/network/spec.ts';
import type { RatePoint } from '../../src-main/shared/rate-search.ts';
import type { Recipe } from '../../src-main/shared/run.ts';
import { connection } from './connection.svelte.ts';
import type { Connection } from './connection.svelte.ts';
import { Jobs } from './jobs.svelte.ts';
import type { Job } from './jobs.svelte.ts';

/** The search for a learning rate: what the loss did at each rate so far, and what is suggested in the end. */
export class FindRate {
  readonly #connection: Connection;
  readonly #jobs: Jobs<'findRate'>;
  #points = $state.raw<readonly RatePoint[]>([]);
  #suggestion = $state.raw<number | null>(null);
  #problem = $state.raw<string | null>(null);
  #over = $state(false);

  constructor(line: Connection) {
    this.#connection = line;
    this.#jobs = new Jobs(line, ['findRate']);
  }

  get job(): Job | null {
    return this.#jobs.get('findRate');
  }
  get points(): readonly RatePoint[] {
    return this.#points;
  }
  /** null while it is not known, and where the loss never fell. */
  get suggestion(): number | null {
    return this.#suggestion;
  }
  /** Why it ended without a result. */
  get problem(): string | null {
    return this.#problem;
  }
  /** It came to its end, by itself. */
  get over(): boolean {
    return this.#over;
  }

  /** Follows the engine's events; returns what stops it. */
  follow(): () => void {
    const stops = [
      this.#jobs.follow(({ end, error }) => {
        this.#over = end === 'completed';
        this.#problem = error && [error.message, error.hint].filter(Boolean).join(' ');
      }),
      this.#connection.on('rates.points', ({ points, suggestion }) => {
        this.#points = points;
        this.#suggestion = suggestion;
      }),
    ];
    return () => stops.forEach((stop) => stop());
  }

  async start(network: NetworkJson, recipe: Recipe): Promise<void> {
    this.#points = [];
    this.#suggestion = null;
    this.#problem = null;
    this.#over = false;
    this.#jobs.begin('findRate', await this.#connection.request('rates.find', { network, recipe }));
  }

  cancel(): Promise<void> {
    return this.#jobs.cancel('findRate');
  }
}

export const findRate = new FindRate(connection);

import type { Attribution, AttributionMethod } from '../../src-main/shared/inspect/attribution.ts';
import type { Params } from '../../src-main/shared/protocol.ts';
import { connection } from './connection.svelte.ts';
import type { Connection } from './connection.svelte.ts';
import { Jobs } from './jobs.svelte.ts';
import type { Job } from './jobs.svelte.ts';

/** What speaks for a class: the newest question's answer, as far as it is known, and the work on it. */
export class Attributions {
  /** What is chosen on the screen, whatever layer is looked at: how it is found out, for which class, how it is shown. */
  method = $state<AttributionMethod>('gradCam');
  /** null: what the image is taken for. */
  className = $state<string | null>(null);
  /** Of the overlay, in %. */
  strength = $state(60);
  readonly #connection: Connection;
  readonly #jobs: Jobs<'explain'>;
  #answer = $state.raw<Attribution | null>(null);
  #problem = $state.raw<string | null>(null);
  #stopped = $state(false);
  /** Names the newest job; its heat may come before the reply that names it, and an older one's after. */
  #jobId: string | null = null;
  readonly #early = new Map<string, Attribution>();

  constructor(line: Connection) {
    this.#connection = line;
    this.#jobs = new Jobs(line, ['explain']);
  }

  get job(): Job | null {
    return this.#jobs.get('explain');
  }
  get answer(): Attribution | null {
    return this.#answer;
  }
  /** Why there is no answer. */
  get problem(): string | null {
    return this.#problem;
  }
  /** Whether the answer is in part only, because somebody stopped the work on it. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Follows the engine's events; returns what stops it, and the work that goes on. */
  follow(): () => void {
    const stops = [
      this.#jobs.follow(({ jobId, error, end }) => {
        if (jobId !== this.#jobId) return;
        this.#problem = error && [error.message, error.hint].filter(Boolean).join(' ');
        this.#stopped = end === 'stopped';
      }),
      this.#connection.on('explain.heat', ({ jobId, attribution }) => {
        if (jobId === this.#jobId) this.#answer = attribution;
        else this.#early.set(jobId, attribution);
      }),
    ];
    return () => {
      stops.forEach((stop) => stop());
      void this.cancel();
    };
  }

  async ask(question: Params<'explain.class'>): Promise<void> {
    this.#problem = null;
    this.#stopped = false;
    this.#jobId = null;
    this.#early.clear();
    const jobId = await this.#connection.request('explain.class', question);
    this.#jobId = jobId;
    this.#jobs.begin('explain', jobId);
    this.#answer = this.#early.get(jobId) ?? this.#answer;
  }

  cancel(): Promise<void> {
    return this.#jobs.cancel('explain');
  }
}

export const attributions = new Attributions(connection);

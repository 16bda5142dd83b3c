import type { EventName, Events, JobId, JobKind } from '../../src-main/shared/events.ts';
import { reportError } from '../../src-main/shared/errors.ts';
import type { Connection } from './connection.svelte.ts';
import { Jobs } from './jobs.svelte.ts';
import type { Job } from './jobs.svelte.ts';

/** Events that tell what a job has found so far. */
type Growing = { [E in EventName]: Events[E] extends { jobId: JobId; answer: unknown } ? E : never }[EventName];

interface Work<E extends Growing, Q> {
  /** Starts it. */
  ask: (question: Q) => Promise<JobId>;
  event: E;
  kind: JobKind;
}

/** Long work whose answer grows: the newest question's answer, as far as it is known, and the work on it. */
export class GrowingAnswer<E extends Growing, Q> {
  readonly #connection: Connection;
  readonly #work: Work<E, Q>;
  readonly #jobs: Jobs<JobKind>;
  #answer = $state.raw<Events[E]['answer'] | null>(null);
  #problem = $state.raw<string | null>(null);
  #stopped = $state(false);
  /** The newest question; the answer may still be the one before's. */
  #asked: string | null = null;
  #answered = $state.raw<Q | null>(null);
  /** Names the newest job; its answer may come before the reply that names it, and an older one's after. */
  #jobId: JobId | null = null;
  #question: Q | null = null;
  #isForgetting = false;
  readonly #early = new Map<JobId, Events[E]['answer']>();

  constructor(line: Connection, work: Work<E, Q>) {
    this.#connection = line;
    this.#work = work;
    this.#jobs = new Jobs(line, [work.kind]);
  }

  get job(): Job | null {
    return this.#jobs.get(this.#work.kind);
  }
  get answer(): Events[E]['answer'] | null {
    return this.#answer;
  }
  /** What it answers. */
  get answered(): Q | null {
    return this.#answered;
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
      // Before the jobs hear of it, which forget what was going on.
      this.#connection.on('engine.state', ({ state }) => {
        if (state === 'lost' && this.job) this.#asked = null;
      }),
      this.#jobs.follow(({ jobId, error, end }) => {
        if (jobId !== this.#jobId) return;
        this.#problem = error && [error.message, error.hint].filter(Boolean).join(' ');
        this.#stopped = end === 'stopped';
        if (end !== 'completed') this.#asked = null;
      }),
      this.#connection.on(this.#work.event, ({ jobId, answer }: { jobId: JobId; answer: Events[E]['answer'] }) => {
        if (jobId === this.#jobId) this.#take(answer);
        else this.#early.set(jobId, answer);
      }),
    ];
    return () => {
      // What is still to be told is not heard: it is asked again where somebody comes back.
      if (this.job) this.#asked = null;
      stops.forEach((stop) => stop());
      void this.cancel();
      this.#jobs.forget();
    };
  }

  async ask(question: Q): Promise<void> {
    this.#forgetWhenChanged();
    this.#problem = null;
    this.#stopped = false;
    this.#jobId = null;
    this.#early.clear();
    this.#question = question;
    this.#asked = JSON.stringify(question);
    let jobId: JobId;
    try {
      jobId = await this.#work.ask(question);
    } catch (error) {
      const { message, hint } = reportError(error);
      this.#problem = [message, hint].filter(Boolean).join(' ');
      this.#asked = null;
      return;
    }
    this.#jobId = jobId;
    this.#jobs.begin(this.#work.kind, jobId);
    const early = this.#early.get(jobId);
    if (early) this.#take(early);
  }

  /** Asks, unless the answer is there or on its way. */
  async want(question: Q): Promise<void> {
    if (this.#asked !== JSON.stringify(question)) await this.ask(question);
  }

  cancel(): Promise<void> {
    return this.#jobs.cancel(this.#work.kind);
  }

  /** With other weights or images the answer would be another, whether somebody follows or not. */
  #forgetWhenChanged(): void {
    if (this.#isForgetting) return;
    this.#isForgetting = true;
    this.#connection.on('project.changed', ({ what }) => {
      if (what.some((one) => one === 'runs' || one === 'images' || one === 'project')) this.#asked = null;
    });
  }

  #take(answer: Events[E]['answer']): void {
    this.#answer = answer;
    this.#answered = this.#question;
  }
}

/** The other side of the bridge, for tests of the page's state: answers what it is told to, and tells events. */
import type { Bridge, RequestArguments } from '../../../src-main/shared/bridge.ts';
import { reportError } from '../../../src-main/shared/errors.ts';
import type { EventName, Events } from '../../../src-main/shared/events.ts';
import type { Params, Reply, RequestName, Result } from '../../../src-main/shared/protocol.ts';
import { Connection } from '../../../src-renderer/state/connection.svelte.ts';

type Answers = { [N in RequestName]?: (params: Params<N>) => Result<N> | Promise<Result<N>> };

export class BridgeStandIn implements Bridge {
  readonly asked: { name: RequestName; params: unknown }[] = [];
  readonly connection = new Connection(() => this);
  readonly answers: Answers;
  readonly #listeners = new Map<EventName, Set<(payload: never) => void>>();

  constructor(answers: Answers) {
    this.answers = answers;
  }

  async request<N extends RequestName>(name: N, ...[params]: RequestArguments<N>): Promise<Reply<Result<N>>> {
    this.asked.push({ name, params });
    const answer = this.answers[name];
    if (!answer) throw new Error(`The test has no answer to ${name}.`);
    try {
      return { ok: true, value: await answer(params as Params<N>) };
    } catch (error) {
      return { ok: false, error: reportError(error) };
    }
  }

  on<N extends EventName>(event: N, listener: (payload: Events[N]) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  pathsOf(files: File[]): string[] {
    return files.map((file) => `/dropped/${file.name}`);
  }

  tell<N extends EventName>(event: N, payload: Events[N]): void {
    for (const listener of this.#listeners.get(event) ?? []) (listener as (payload: Events[N]) => void)(payload);
  }

  timesAsked(name: RequestName): number {
    return this.asked.filter((request) => request.name === name).length;
  }
}

export const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

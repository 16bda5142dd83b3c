/** The other side of the page's bridge, as a test writes it: replies by request, events when it says so. */
import type { Bridge } from '../../src-main/shared/bridge.ts';
import { reportError } from '../../src-main/shared/errors.ts';
import type { EventName, Events } from '../../src-main/shared/events.ts';
import type { RequestName } from '../../src-main/shared/protocol.ts';
import { Connection } from '../../src-renderer/state/connection.svelte.ts';

type Answer = (params: never) => unknown;

export class ScriptedBridge {
  readonly asked: { name: RequestName; params: unknown }[] = [];
  readonly answers: Partial<Record<RequestName, Answer>>;
  readonly #listeners = new Map<EventName, Set<(payload: never) => void>>();

  constructor(answers: Partial<Record<RequestName, Answer>>) {
    this.answers = answers;
  }

  readonly connection = new Connection(() => this.#bridge);

  readonly #bridge: Bridge = {
    request: async (name, ...params) => {
      this.asked.push({ name, params: params[0] });
      try {
        const answer = this.answers[name];
        if (!answer) throw new Error(`nothing answers ${name}`);
        return { ok: true, value: (await answer(params[0] as never)) as never };
      } catch (error) {
        return { ok: false, error: reportError(error) };
      }
    },
    on: (event, listener) => {
      const listeners = this.#listeners.get(event) ?? new Set();
      this.#listeners.set(event, listeners);
      listeners.add(listener as (payload: never) => void);
      return () => listeners.delete(listener as (payload: never) => void);
    },
    pathsOf: () => [],
  };

  emit<N extends EventName>(event: N, payload: Events[N]): void {
    for (const listener of this.#listeners.get(event) ?? []) (listener as (payload: Events[N]) => void)(payload);
  }

  /** Parameters of every request of that name so far. */
  paramsOf(name: RequestName): unknown[] {
    return this.asked.filter((entry) => entry.name === name).map((entry) => entry.params);
  }
}

/** A promise and the function that fulfils it. */
export function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((fulfil) => (resolve = fulfil));
  return { promise, resolve };
}

/** Lets everything that waits only for promises happen. */
export const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

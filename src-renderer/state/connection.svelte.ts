import type { Bridge, RequestArguments } from '../../src-main/shared/bridge.ts';
import { errorFromReport } from '../../src-main/shared/errors.ts';
import type { EngineState } from '../../src-main/shared/app.ts';
import type { EventName, Events } from '../../src-main/shared/events.ts';
import type { RequestName, Result } from '../../src-main/shared/protocol.ts';

/** The page's line to main and the engine: requests that throw what went wrong, events, and how the engine is. */
export class Connection {
  readonly #bridge: () => Bridge;
  #engine = $state.raw<EngineState>({ state: 'starting' });
  #told = false;
  #loss = $state.raw<string | null>(null);

  /** The bridge is asked for when first used, so that state can be made before there is a window. */
  constructor(bridge: () => Bridge) {
    this.#bridge = bridge;
  }

  get engine(): EngineState {
    return this.#engine;
  }

  /** Why the engine was lost, from then until it is ready again. */
  get loss(): string | null {
    return this.#loss;
  }

  /** Follows the engine's state; returns what stops it. The event wins over the answer when both arrive. */
  start(): () => void {
    const stop = this.on('engine.state', (state) => {
      this.#told = true;
      this.#take(state);
    });
    void this.request('app.info').then(
      (info) => {
        if (!this.#told) this.#take(info.engine);
      },
      () => undefined,
    );
    return stop;
  }

  /** Rejects with a `ReceptiveError` when the other side says no. */
  async request<N extends RequestName>(name: N, ...params: RequestArguments<N>): Promise<Result<N>> {
    const reply = await this.#bridge().request(name, ...params);
    if (!reply.ok) throw errorFromReport(reply.error);
    return reply.value;
  }

  on<N extends EventName>(event: N, listener: (payload: Events[N]) => void): () => void {
    return this.#bridge().on(event, listener);
  }

  /** Absolute paths of dropped files and folders; what is not on disk is left out. */
  pathsOf(files: File[]): string[] {
    return this.#bridge().pathsOf(files);
  }

  #take(state: EngineState): void {
    this.#engine = state;
    if (state.state === 'lost') this.#loss = state.reason;
    if (state.state === 'ready') this.#loss = null;
  }
}

export const connection = new Connection(() => window.receptive);

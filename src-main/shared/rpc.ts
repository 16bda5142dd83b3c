/**
 * The link between main and the engine: birpc over the IPC channel of `child_process.fork` with 'advanced' serialization,
 * so typed arrays cross as they are. Requests go to the engine, events come from it. There is no timeout: long work
 * answers at once and reports by events, and a lost engine is noticed by its channel closing.
 */
import { createBirpc } from 'birpc';
import { reportError } from './errors.ts';
import type { ErrorReport } from './errors.ts';
import type { EventName, Events } from './events.ts';
import type { EngineRequestName, Params, Reply, Result } from './protocol.ts';

/** What `process` in the engine and the `ChildProcess` in main have in common. */
export interface Channel {
  send?(message: unknown, callback: (error: Error | null) => void): boolean;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
}

/** One event, as it crosses. */
export type EngineEvent = { [E in EventName]: { name: E; payload: Events[E] } }[EventName];

interface EngineSide {
  request(name: string, params: unknown): Promise<Reply<unknown>>;
}
interface MainSide {
  event(event: EngineEvent): void;
}

export interface EngineLink {
  /** Never rejects: an engine that is lost, before or while it answers, is a reply with code 'engine-lost'. */
  request<N extends EngineRequestName>(name: N, params: Params<N>): Promise<Reply<Result<N>>>;
  readonly closed: boolean;
}

const lost: ErrorReport = {
  code: 'engine-lost',
  message: 'The engine stopped before it could answer.',
  hint: 'It starts again by itself; try once more in a few seconds.',
};

/** A send that fails closes the channel, and that is told by 'disconnect'; the callback keeps it from being thrown. */
const transport = (channel: Channel) => ({
  post: (message: unknown) => {
    channel.send?.(message, () => undefined);
  },
  on: (listener: (message: unknown) => void) => {
    channel.on('message', listener);
  },
  timeout: -1,
});

/** Main's end. `onEvent` hears everything the engine tells, in order; the engine is ready at its first 'engine.state'. */
export function connectToEngine(channel: Channel, onEvent: (event: EngineEvent) => void): EngineLink {
  const rpc = createBirpc<EngineSide, MainSide>({ event: onEvent }, transport(channel));
  channel.on('disconnect', () => rpc.$close());
  return {
    async request<N extends EngineRequestName>(name: N, params: Params<N>) {
      try {
        return (await rpc.$call('request', name, params)) as Reply<Result<N>>;
      } catch (error) {
        return { ok: false, error: rpc.$closed ? lost : reportError(error) };
      }
    },
    get closed() {
      return rpc.$closed;
    },
  };
}

/** The engine's end: `answer` gets each request, `tell` sends an event. */
export function serveEngine(
  channel: Channel,
  answer: (name: string, params: unknown) => Promise<Reply<unknown>>,
): { tell<E extends EventName>(name: E, payload: Events[E]): void } {
  const rpc = createBirpc<MainSide, EngineSide>(
    { request: answer },
    {
      ...transport(channel),
      // birpc has sent the error to the caller by then; throwing it here as well would end the engine.
      onGeneralError: (_error, functionName) => functionName !== undefined,
    },
  );
  return {
    tell(name, payload) {
      void rpc.$callEvent('event', { name, payload } as EngineEvent);
    },
  };
}

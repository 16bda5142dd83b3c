/** Training has a process of its own: what holds it up, or ends it, is no matter for the rest of the engine. */
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { isAlive, processesOf, linear as network, useEngines, writeClassFolders } from './support.ts';
import type { Engine } from './support.ts';

const engines = useEngines();
// A process for each training: on a busy machine each takes its time to begin.
vi.setConfig({ testTimeout: 300_000 });

/** For each test: it starts several processes, and TensorFlow in some of them. */
const limit = 240_000;
const long = { epochs: 100_000, batchSize: 8 };

async function openColours(): Promise<Engine> {
  const folder = join(engines.home, 'colours');
  await writeClassFolders(folder, 8);
  const engine = await engines.start();
  await engine.ask('project.fromFolder', { folder });
  await engine.event('job.ended');
  return engine;
}

const trainersOf = (engine: Engine): number[] => processesOf(engine, 'training-main');

test(
  'while a step takes as long as it likes, requests are answered, stopping too; it ends once the step is over',
  async () => {
    const engine = await openColours();
    const { runId } = await engine.ask('training.start', { network, recipe: long });
    await engine.event('training.epoch');
    const [trainer] = trainersOf(engine);
    process.kill(trainer!, 'SIGSTOP');
    try {
      expect((await engine.ask('images.list', {})).ids).toHaveLength(16);
      await engine.ask('labels.set', { ids: [1], classId: 2 });
      await engine.ask('training.pause', { runId });
      await engine.ask('training.continue', { runId });
      await engine.ask('training.stop', { runId });
      expect(engine.count('training.ended')).toBe(0);
    } finally {
      process.kill(trainer!, 'SIGCONT');
    }
    expect(await engine.event('training.ended')).toEqual({ runId, end: 'stopped', error: null });
    await expect.poll(() => trainersOf(engine), { timeout: limit }).toEqual([]);
  },
  limit,
);

test(
  'a crash of it is told as one, and costs the run what was not saved yet and the engine nothing',
  async () => {
    const engine = await openColours();
    const { runId } = await engine.ask('training.start', { network, recipe: long });
    await engine.event('training.epoch', ({ metrics }) => metrics.epoch === 3);
    const [trainer] = trainersOf(engine);
    process.kill(trainer!, 'SIGSEGV');
    expect(await engine.event('training.ended')).toEqual({
      runId,
      end: 'engineLost',
      error: {
        code: 'engine-lost',
        message: expect.stringContaining('SIGSEGV'),
        hint: expect.stringMatching(/goes on by itself/),
      },
    });
    const { from } = await engine.event('training.started', (started) => started.from !== null);
    expect(from).toBeGreaterThanOrEqual(3);
    await engine.event('training.epoch', ({ metrics }) => metrics.epoch === from! + 1);
    await engine.ask('training.stop', { runId });
    expect(await engine.event('training.ended', ({ end }) => end === 'stopped')).toMatchObject({ runId });
  },
  limit,
);

test(
  'it ends with its engine, however that ends',
  async () => {
    const engine = await openColours();
    await engine.ask('training.start', { network, recipe: long });
    await engine.event('training.epoch');
    const [trainer] = trainersOf(engine);
    await engine.kill();
    await expect.poll(() => isAlive(trainer!), { timeout: limit }).toBe(false);
  },
  limit,
);

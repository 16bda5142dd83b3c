/** Runs that wait, in a real engine: they begin one after the other, and are the project's. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { Params } from '../../../src-main/shared/protocol.ts';
import { processesOf, useEngines, writeClassFolders } from './support.ts';
import type { Engine } from './support.ts';

const engines = useEngines();
// A process for each training: on a busy machine each takes its time to begin.
vi.setConfig({ testTimeout: 300_000 });

const network: Params<'training.start'>['network'] = {
  input: { size: [8, 8], channels: 3 },
  layers: [
    { name: 'gap', kind: 'globalAvgPool' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
};
const short = { epochs: 1, batchSize: 8 };
const endless = { epochs: 100_000, batchSize: 8 };

async function openColours() {
  const folder = join(engines.home, 'colours');
  await writeClassFolders(folder, 8);
  const engine = await engines.start();
  const { path } = await engine.ask('project.fromFolder', { folder });
  await engine.event('job.ended');
  return { engine, folder, project: path };
}

const waiting = async (engine: Engine) => (await engine.ask('queue.list', undefined)).map(({ name }) => name);
const startOf = (engine: Engine, name: string) => engine.event('training.started', (run) => run.name === name);
const endOf = async (engine: Engine, name: string) => {
  const { runId } = await startOf(engine, name);
  return (await engine.event('training.ended', (ended) => ended.runId === runId)).end;
};

test('each begins when the one before has ended, in the order in which they came', async () => {
  const { engine } = await openColours();
  const { runId } = await engine.ask('training.start', { name: 'first', network, recipe: endless });
  for (const name of ['second', 'third', 'fourth']) await engine.ask('queue.add', { name, network, recipe: short });
  expect(await engine.ask('queue.list', undefined)).toMatchObject([
    { name: 'second', recipe: { epochs: 1, optimizer: 'adam' }, problem: null },
    { name: 'third' },
    { name: 'fourth' },
  ]);
  const [, third] = await engine.ask('queue.list', undefined);
  await engine.ask('queue.remove', { id: third!.id });
  expect(await engine.refusal('queue.remove', { id: third!.id })).toMatchObject({ code: 'not-found' });
  await engine.event('training.epoch');
  await engine.ask('training.stop', { runId });
  expect(await endOf(engine, 'fourth')).toBe('completed');
  expect(await waiting(engine)).toEqual([]);
  expect((await engine.ask('runs.list', undefined)).map(({ name, end }) => [name, end]).toSorted()).toEqual([
    ['first', 'stopped'],
    ['fourth', 'completed'],
    ['second', 'completed'],
  ]);
});

test('where nothing is going any more when it is put there, a run begins at once', async () => {
  const { engine } = await openColours();
  await engine.ask('queue.add', { name: 'only', network, recipe: short });
  expect(await endOf(engine, 'only')).toBe('completed');
  expect(await waiting(engine)).toEqual([]);
});

test('it outlasts a restart, and then waits for a word', async () => {
  const { engine, project } = await openColours();
  await engine.ask('training.start', { name: 'first', network, recipe: endless });
  await engine.ask('queue.add', { name: 'second', network, recipe: endless });
  await engine.ask('queue.add', { name: 'third', network, recipe: short });
  await engine.event('training.epoch');
  // As the window does when it is closed.
  await engine.ask('training.leave', undefined);
  expect(await waiting(engine)).toEqual(['second', 'third']);
  await engine.stop();

  const again = await engines.start();
  await again.ask('project.open', { path: project });
  expect(await waiting(again)).toEqual(['second', 'third']);
  await again.ask('queue.start', undefined);
  const { runId } = await startOf(again, 'second');
  // It has no folder before its images are read: killed until then, it still waits.
  await again.kill();
  const third = await engines.start();
  await third.ask('project.open', { path: project });
  const runs = await third.ask('runs.list', undefined);
  const begun = runs.some(({ id }) => id === runId);
  expect(await waiting(third)).toEqual(begun ? ['third'] : ['second', 'third']);
  await third.ask('project.create', { name: 'other' });
  expect(await waiting(third)).toEqual([]);
});

test('one that cannot begin says why in its place, the next begins, and it is tried again on demand', async () => {
  const { engine, folder } = await openColours();
  const { runId } = await engine.ask('training.start', { name: 'first', network, recipe: endless });
  const tooLarge = { ...network, input: { size: [8, 8], channels: 2 } } as typeof network;
  await engine.ask('queue.add', { name: 'wrong', network: tooLarge, recipe: short });
  await engine.ask('queue.add', { name: 'right', network, recipe: short });
  await engine.event('training.epoch');
  await engine.ask('training.stop', { runId });
  expect(await endOf(engine, 'right')).toBe('completed');
  expect(await engine.ask('queue.list', undefined)).toMatchObject([
    { name: 'wrong', problem: expect.stringMatching(/2 channels/) },
  ]);

  const [wrong] = await engine.ask('queue.list', undefined);
  await engine.ask('queue.remove', { id: wrong!.id });
  rmSync(folder, { recursive: true });
  await engine.ask('queue.add', { name: 'without images', network, recipe: short });
  expect(await endOf(engine, 'without images')).toBe('failed');
  expect(await engine.ask('queue.list', undefined)).toMatchObject([
    { name: 'without images', problem: expect.stringMatching(/\w/) },
  ]);
  await writeClassFolders(folder, 8);
  const runs = (await engine.ask('runs.list', undefined)).length;
  await engine.ask('queue.start', undefined);
  await expect.poll(async () => (await engine.ask('runs.list', undefined)).length).toBe(runs + 1);
  expect(await waiting(engine)).toEqual([]);
});

/** Kills the process that trains; what is said of it. */
async function crash(engine: Engine): Promise<string> {
  const ended = () => engine.events.flatMap(({ name, payload }) => (name === 'training.ended' ? [payload] : []));
  const before = ended().length;
  const trainers = () => processesOf(engine, 'training-main');
  await expect.poll(() => trainers().length).toBe(1);
  process.kill(trainers()[0]!, 'SIGKILL');
  await expect.poll(() => ended().length).toBe(before + 1);
  expect(ended().at(-1)).toMatchObject({ end: 'engineLost', error: { code: 'engine-lost' } });
  return ended().at(-1)!.error!.hint;
}

test('a run whose process is lost goes on before what waits; where it got no further, that begins', async () => {
  const { engine } = await openColours();
  const { runId } = await engine.ask('training.start', { name: 'first', network, recipe: endless });
  await engine.ask('queue.add', { name: 'second', network, recipe: short });
  await engine.event('training.epoch');
  expect(await crash(engine)).toMatch(/goes on by itself/);
  expect(await waiting(engine)).toEqual(['second']);
  const { from } = await engine.event('training.started', (started) => started.from !== null);
  await engine.event('training.epoch', ({ metrics }) => metrics.epoch > from!);
  // Killed as soon as it is there again, until that is before its first epoch.
  let hint: string;
  do hint = await crash(engine);
  while (/goes on by itself/.test(hint));
  expect(hint).toMatch(/^Resume the run/);
  expect(await endOf(engine, 'second')).toBe('completed');
  const runs = await engine.ask('runs.list', undefined);
  expect(runs.map(({ name, end }) => [name, end]).toSorted()).toEqual([
    ['first', 'engineLost'],
    ['second', 'completed'],
  ]);
  const begun = engine.events.flatMap(({ name, payload }) => (name === 'training.started' ? [payload.runId] : []));
  expect(begun.slice(0, -1).every((id) => id === runId)).toBe(true);
});

test('the watched image is the one that is looked at, chosen before or meanwhile, and outlasts a restart', async () => {
  const { engine, project } = await openColours();
  const { ids } = await engine.ask('images.list', { status: 'ok' });
  const [first, last] = [ids[0]!, ids.at(-1)!];
  const maps: typeof network = {
    ...network,
    layers: [{ name: 'conv', kind: 'conv2d', filters: 2, kernelSize: 3 }, ...network.layers],
  };
  const pixelsOf = async (id: number) => {
    const { path } = await engine.ask('images.facts', { id });
    return path.includes('blue') ? 2 : 0; // the channel that is brightest
  };
  const brightest = (pixels: Uint8Array) => {
    const sums = [0, 1, 2].map((channel) =>
      pixels.reduce((sum, value, at) => sum + (at % 3 === channel ? value : 0), 0),
    );
    return sums.indexOf(Math.max(...sums));
  };
  expect((await engine.ask('project.current', undefined))!.watchedImage).toBeNull();
  expect(await engine.ask('training.watch', { imageId: first })).toMatchObject({ watchedImage: first });
  expect(await engine.refusal('training.watch', { imageId: 99_999 })).toMatchObject({ code: 'not-found' });
  await engine.ask('training.start', { network: maps, recipe: endless });
  const look = await engine.event('training.live');
  expect(brightest(look.image.pixels)).toBe(await pixelsOf(first));
  expect(await pixelsOf(last)).not.toBe(await pixelsOf(first));
  await engine.ask('training.watch', { imageId: last });
  const other = await pixelsOf(last);
  await engine.event('training.live', ({ image }) => brightest(image.pixels) === other);
  await engine.stop();
  const again = await engines.start();
  expect(await again.ask('project.open', { path: project })).toMatchObject({ watchedImage: last });
});

import { beforeEach, expect, test } from 'vitest';
import { presets } from '../../../src-main/shared/network/index.ts';
import { networkSchema } from '../../../src-main/shared/network/spec.ts';
import { recipeSchema } from '../../../src-main/shared/run.ts';
import { Runs } from '../../../src-renderer/state/run.svelte.ts';
import { TrainQueue } from '../../../src-renderer/state/train-queue.svelte.ts';
import { ScriptedBridge, settle } from '../scripted-bridge.ts';

const network = networkSchema.parse(presets.mlp);
const recipe = recipeSchema.parse({ epochs: 2 });
const ended = (runId: string) => ({ runId, end: 'completed' as const, error: null });

let path = '/one';
async function makeWorld() {
  let started = 0;
  const bridge = new ScriptedBridge({
    'project.current': () => ({ path }),
    'runs.list': () => [],
    'runs.damaged': () => [],
    'training.start': () => ({ runId: `run-${++started}` }),
  });
  const runs = new Runs(bridge.connection);
  runs.follow();
  const queue = new TrainQueue(bridge.connection, runs);
  const errors: unknown[] = [];
  queue.follow((error) => errors.push(error));
  bridge.connection.start();
  bridge.emit('engine.state', { state: 'ready' });
  bridge.emit('project.changed', { what: ['project'] });
  await settle();
  const names = () => bridge.paramsOf('training.start').map((params) => (params as { name: string }).name);
  return { bridge, runs, queue, errors, names };
}
let world: Awaited<ReturnType<typeof makeWorld>>;
beforeEach(async () => {
  path = '/one';
  world = await makeWorld();
});

test('each begins when the one before has ended, in the order in which they were put there', async () => {
  const { bridge, runs, queue, names } = world;
  await runs.start('first', network, recipe);
  for (const name of ['second', 'third', 'fourth']) queue.add(name, network, recipe);
  queue.remove(queue.waiting[1]!.id);
  expect(names()).toEqual(['first']);
  bridge.emit('training.ended', ended('run-1'));
  await settle();
  expect(names()).toEqual(['first', 'second']);
  expect(runs.active).toMatchObject({ runId: 'run-2', name: 'second' });
  expect(queue.waiting.map(({ name }) => name)).toEqual(['fourth']);
  bridge.emit('training.ended', ended('run-2'));
  await settle();
  bridge.emit('training.ended', ended('run-3'));
  await settle();
  expect(names()).toEqual(['first', 'second', 'fourth']);
});

test('one that cannot begin is told, and the next one begins', async () => {
  const { bridge, runs, queue, names, errors } = world;
  await runs.start('first', network, recipe);
  queue.add('second', network, recipe);
  queue.add('third', network, recipe);
  const start = bridge.answers['training.start']!;
  bridge.answers['training.start'] = (params: { name: string }) => {
    if (params.name === 'second') throw new Error('no');
    return start(params as never);
  };
  bridge.emit('training.ended', ended('run-1'));
  await settle();
  expect(names()).toEqual(['first', 'second', 'third']);
  expect(errors).toHaveLength(1);
});

test('they wait for an engine that was lost, and are given up with the project', async () => {
  const { bridge, runs, queue, names } = world;
  await runs.start('first', network, recipe);
  queue.add('second', network, recipe);
  bridge.emit('engine.state', { state: 'lost', reason: 'gone' });
  bridge.emit('training.ended', ended('run-1'));
  await settle();
  expect(names()).toEqual(['first']);
  bridge.emit('engine.state', { state: 'ready' });
  await settle();
  expect(names()).toEqual(['first', 'second']);

  queue.add('third', network, recipe);
  bridge.emit('project.changed', { what: ['project'] });
  await settle();
  expect(queue.waiting).toHaveLength(1);
  path = '/two';
  bridge.emit('project.changed', { what: ['project'] });
  await settle();
  expect(queue.waiting).toEqual([]);
});

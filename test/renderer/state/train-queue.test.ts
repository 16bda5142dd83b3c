import { expect, test } from 'vitest';
import { presets } from '../../../src-main/shared/network/index.ts';
import { networkSchema } from '../../../src-main/shared/network/spec.ts';
import { recipeSchema } from '../../../src-main/shared/run.ts';
import type { WaitingRun } from '../../../src-main/shared/project.ts';
import { TrainQueue } from '../../../src-renderer/state/train-queue.svelte.ts';
import { ScriptedBridge, settle } from '../scripted-bridge.ts';

const network = networkSchema.parse(presets.mlp);
const recipe = recipeSchema.parse({ epochs: 2 });

test("the queue is the engine's: read when it changes, empty without a project, kept while the engine is away", async () => {
  let waiting: WaitingRun[] = [{ id: 4, name: 'kept', network, recipe, problem: null }];
  let path: string | null = '/one';
  const bridge = new ScriptedBridge({
    'project.current': () => path && { path },
    'queue.list': () => waiting,
    'queue.add': ({ name }) => {
      waiting = [...waiting, { id: 5, name: name ?? '', network, recipe, problem: null }];
      bridge.emit('project.changed', { what: ['queue'] });
    },
    'queue.remove': ({ id }) => {
      waiting = waiting.filter((one) => one.id !== id);
      bridge.emit('project.changed', { what: ['queue'] });
    },
  });
  const queue = new TrainQueue(bridge.connection);
  const names = () => queue.waiting.map(({ name }) => name);
  const stop = queue.follow();
  bridge.connection.start();
  bridge.emit('engine.state', { state: 'ready' });
  await settle();
  expect(names()).toEqual(['kept']);
  await queue.add('second', network, recipe);
  await settle();
  expect(names()).toEqual(['kept', 'second']);
  await queue.remove(4);
  await settle();
  expect(names()).toEqual(['second']);

  bridge.answers['project.current'] = () => {
    throw new Error('The engine is away.');
  };
  bridge.emit('engine.state', { state: 'ready' });
  await settle();
  expect(names()).toEqual(['second']);
  path = null;
  bridge.answers['project.current'] = () => null;
  bridge.emit('project.changed', { what: ['project'] });
  await settle();
  expect(names()).toEqual([]);
  stop();
});

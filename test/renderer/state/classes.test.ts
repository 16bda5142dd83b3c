import { beforeEach, expect, test } from 'vitest';
import { ReceptiveError } from '../../../src-main/shared/errors.ts';
import type { ClassInfo } from '../../../src-main/shared/labelling.ts';
import { ClassesState } from '../../../src-renderer/state/classes.svelte.ts';
import { ProjectState } from '../../../src-renderer/state/project.svelte.ts';
import { BridgeStandIn, settle } from './bridge-stand-in.ts';
import { summary } from './project-summary.ts';

const cat: ClassInfo = { id: 1, name: 'cat', color: '#0072b2', key: '1', count: 4 };
const dog: ClassInfo = { id: 2, name: 'dog', color: '#d55e00', key: null, count: 0 };

function makeWorld() {
  let list = [cat, dog];
  const bridge = new BridgeStandIn({
    'classes.list': () => list,
    'classes.create': ({ name }) => {
      const made = { ...dog, id: 3, name };
      list = [...list, made];
      return made;
    },
    'classes.delete': ({ id }) => void (list = list.filter((info) => info.id !== id)),
    'classes.merge': ({ id }) => void (list = list.filter((info) => info.id !== id)),
    'classes.setKey': ({ id, key }) =>
      void (list = list.map((info) => ({ ...info, key: info.id === id ? key : info.key === key ? null : info.key }))),
  });
  const project = new ProjectState(bridge.connection);
  project.adopt(summary);
  return { bridge, project, classes: new ClassesState(bridge.connection, project) };
}

let world: ReturnType<typeof makeWorld>;
beforeEach(async () => {
  world = makeWorld();
  await world.classes.reload();
});

test('classes are found by their id and by their key', () => {
  const { classes } = world;
  expect(classes.byId(2)).toBe(dog);
  expect(classes.byId(9)).toBeNull();
  expect(classes.byKey('1')).toBe(cat);
  expect(classes.byKey('2')).toBeNull();
});

test('a change is asked for and its result read', async () => {
  const { bridge, classes } = world;
  expect((await classes.create('bird')).id).toBe(3);
  expect(classes.list.map(({ name }) => name)).toEqual(['cat', 'dog', 'bird']);
  await classes.setKey(2, '1');
  expect(classes.byKey('1')?.name).toBe('dog');
  await classes.delete(3, 1);
  expect(bridge.asked.at(-2)).toEqual({ name: 'classes.delete', params: { id: 3, moveTo: 1 } });
  await classes.merge(1, 2);
  expect(bridge.asked.at(-2)).toEqual({ name: 'classes.merge', params: { id: 1, into: 2 } });
  expect(classes.list.map(({ name }) => name)).toEqual(['dog']);
});

test('a change that is refused is thrown, and the list stays', async () => {
  const { bridge, classes } = world;
  bridge.answers['classes.rename'] = () => {
    throw new ReceptiveError('exists', 'There is a class "cat" already.', 'Choose another name.');
  };
  await expect(classes.rename(2, 'cat')).rejects.toMatchObject({ code: 'exists' });
  expect(classes.list).toEqual([cat, dog]);
});

test('the list follows what labels change, until it is told to stop', async () => {
  const { bridge, classes } = world;
  const stop = classes.follow((error) => expect.fail(String(error)));
  bridge.answers['classes.list'] = () => [{ ...cat, count: 5 }];
  bridge.tell('project.changed', { what: ['networks'] });
  await settle();
  expect(classes.byId(1)?.count).toBe(4);
  bridge.tell('project.changed', { what: ['classes', 'project'] });
  await settle();
  expect(classes.byId(1)?.count).toBe(5);
  stop();
  const before = bridge.timesAsked('classes.list');
  bridge.tell('project.changed', { what: ['images'] });
  await settle();
  expect(bridge.timesAsked('classes.list')).toBe(before);
});

test('counts follow labels, read once for many of them', async () => {
  const { bridge, classes } = world;
  const stop = classes.follow((error) => expect.fail(String(error)));
  const before = bridge.timesAsked('classes.list');
  bridge.answers['classes.list'] = () => [{ ...cat, count: 9 }];
  for (const id of [1, 2, 3, 4, 5]) {
    bridge.tell('images.relabelled', { ids: Uint32Array.of(id), classId: 1, origin: 2 });
  }
  await expect.poll(() => classes.byId(1)?.count).toBe(9);
  expect(bridge.timesAsked('classes.list')).toBe(before + 1);
  stop();
});

test("another project's classes are not shown while its own are read", async () => {
  const { bridge, classes } = world;
  let answer: (list: ClassInfo[]) => void = () => undefined;
  bridge.answers['classes.list'] = () => new Promise((resolve) => (answer = resolve));
  const reading = classes.reload();
  expect(classes.list).toEqual([]);
  await settle();
  answer([dog]);
  await reading;
  expect(classes.list).toEqual([dog]);
});

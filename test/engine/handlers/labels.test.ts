import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ProjectSummary } from '../../../src-main/shared/project.ts';
import type { Events } from '../../../src-main/shared/events.ts';
import { useEngines, writeClassFolders } from './support.ts';
import type { Engine } from './support.ts';

const engines = useEngines();

/** An engine with a project of 3 bluish (1 to 3) and 3 reddish images (4 to 6), in classes 1 and 2. */
async function openColours(): Promise<{ engine: Engine; path: string }> {
  const folder = join(engines.home, 'colours');
  await writeClassFolders(folder, 3);
  const engine = await engines.start();
  const { path } = await engine.ask('project.fromFolder', { folder });
  await engine.event('job.ended');
  return { engine, path };
}

/** What is told while `work` is answered: of changes their parts. */
async function toldBy<T>(engine: Engine, work: Promise<T>): Promise<{ answer: T; told: unknown[] }> {
  const before = engine.events.length;
  const answer = await work;
  const told = engine.events.slice(before).map(({ name, payload }) => {
    if (name === 'project.changed') return (payload as Events['project.changed']).what.toSorted();
    if (name !== 'images.relabelled') return name;
    const { ids, classId, origin } = payload as Events['images.relabelled'];
    return { ids: [...ids], classId, origin };
  });
  return { answer, told };
}

const columnsOf = async (engine: Engine) => {
  const { classIds, origins, splits, flags } = await engine.ask('images.list', {});
  return { classIds: [...classIds], origins: [...origins], splits: [...splits], flags: [...flags] };
};

test('labels are told as what changed, and nothing is read anew for them, also when undone', async () => {
  const { engine } = await openColours();
  const set = engine.ask('labels.set', { ids: [1, 2, 4], classId: 2 });
  const { answer, told } = await toldBy<ProjectSummary>(engine, set);
  expect(answer).toMatchObject({ undo: 'Label 3 images "red"', redo: null });
  // 4 is a person's label now, as the folder's was the same.
  expect(told).toEqual([{ ids: [1, 2, 4], classId: 2, origin: 2 }]);
  expect(await columnsOf(engine)).toMatchObject({ classIds: [2, 2, 1, 2, 2, 2], origins: [2, 2, 1, 2, 1, 1] });

  expect((await toldBy(engine, engine.ask('labels.set', { ids: [1, 3], classId: null }))).told).toEqual([
    { ids: [1, 3], classId: 0, origin: 0 },
  ]);
  expect((await toldBy(engine, engine.ask('project.undo', undefined))).told).toEqual([
    { ids: [1], classId: 2, origin: 2 },
    { ids: [3], classId: 1, origin: 1 },
  ]);
  expect((await toldBy(engine, engine.ask('project.redo', undefined))).told).toEqual([
    { ids: [1, 3], classId: 0, origin: 0 },
  ]);
  expect((await toldBy(engine, engine.ask('labels.set', { ids: [1], classId: null }))).told).toEqual([]);
});

test('a label for an image or of a class that is not there is refused', async () => {
  const { engine } = await openColours();
  expect(await engine.refusal('labels.set', { ids: [1, 99], classId: 2 })).toMatchObject({ code: 'not-found' });
  expect(await engine.refusal('labels.set', { ids: [1], classId: 9 })).toMatchObject({ code: 'not-found' });
  expect((await engine.ask('project.current', undefined))!.undo).toBeNull();
});

test('classes are merged, coloured and keyed', async () => {
  const { engine } = await openColours();
  await engine.ask('classes.setColor', { id: 1, color: '#0000ff' });
  await engine.ask('classes.setKey', { id: 1, key: 'b' });
  const merged = await toldBy(engine, engine.ask('classes.merge', { id: 2, into: 1 }));
  expect(merged.told).toEqual([['classes', 'images', 'project']]);
  expect(await engine.ask('classes.list', undefined)).toEqual([
    { id: 1, name: 'blue', color: '#0000ff', key: 'b', count: 6 },
  ]);
  expect(await engine.refusal('classes.setKey', { id: 1, key: 'x' })).toMatchObject({
    code: 'usage',
    message: expect.stringMatching(/"x" cannot be a class's key: it is a command/),
  });
  const undone = await toldBy(engine, engine.ask('project.undo', undefined));
  expect(undone.told).toEqual([['classes', 'images', 'networks', 'project']]);
  expect((await engine.ask('classes.list', undefined)).map(({ name, count }) => [name, count])).toEqual([
    ['blue', 3],
    ['red', 3],
  ]);
  await engine.ask('classes.delete', { id: 1, moveTo: 2 });
  expect((await columnsOf(engine)).classIds).toEqual([2, 2, 2, 2, 2, 2]);
});

test('images are excluded and pinned, which outlives the engine, and is undone after it', async () => {
  const { engine, path } = await openColours();
  const excluded = await toldBy(engine, engine.ask('images.exclude', { ids: [1, 4], excluded: true }));
  expect(excluded.answer.undo).toBe('Exclude 2 images');
  expect(excluded.told).toEqual([['classes', 'images', 'project']]);
  const pinned = await toldBy(engine, engine.ask('images.pin', { ids: [2], split: 'test' }));
  expect(pinned.answer.undo).toBe('Pin 1 image to test');
  expect(pinned.told).toEqual([['images', 'project']]);
  const shares = { validationShare: 0.5, testShare: 0, seed: 1 };
  await engine.ask('split.assign', { ...shares, reassign: true });
  const columns = await columnsOf(engine);
  expect(columns.flags).toEqual([1, 2, 0, 1, 0, 0]);
  expect([columns.splits[0], columns.splits[1], columns.splits[3]]).toEqual([0, 3, 0]);
  expect([columns.splits[4], columns.splits[5]].toSorted()).toEqual([1, 2]);
  await engine.kill();

  const again = await engines.start();
  await again.ask('project.open', { path });
  expect(await columnsOf(again)).toEqual(columns);
  for (let undone = 0; undone < 3; undone++) await again.ask('project.undo', undefined);
  expect(await columnsOf(again)).toMatchObject({ splits: [0, 0, 0, 0, 0, 0], flags: [0, 0, 0, 0, 0, 0] });
  expect(await again.refusal('project.undo', undefined)).toMatchObject({ code: 'usage' });
});

test('undo and redo say which images they lead to, and none for a class or a whole split', async () => {
  const { engine } = await openColours();
  const imagesOf = async (direction: 'undo' | 'redo') => [
    ...(await engine.ask(`project.${direction}`, undefined)).images,
  ];
  await engine.ask('labels.set', { ids: [1, 3], classId: null });
  await engine.ask('images.exclude', { ids: [2], excluded: true });
  await engine.ask('images.pin', { ids: [4, 5], split: 'test' });
  expect([await imagesOf('undo'), await imagesOf('undo'), await imagesOf('undo')]).toEqual([[4, 5], [2], [1, 3]]);
  expect([await imagesOf('redo'), await imagesOf('redo'), await imagesOf('redo')]).toEqual([[1, 3], [2], [4, 5]]);
  await engine.ask('split.assign', { validationShare: 0.3, testShare: 0, seed: 1, reassign: true });
  await engine.ask('classes.delete', { id: 1, moveTo: null });
  expect([await imagesOf('undo'), await imagesOf('undo')]).toEqual([[], []]);
});

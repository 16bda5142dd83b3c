import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mostTries } from '../../../src-main/engine/bring-in/bring-in.ts';
import { Project } from '../../../src-main/engine/store/project.ts';
import { beginImport, countTry } from '../../../src-main/engine/store/unfinished-imports.ts';
import { useEngines, writeImage, writeManyImages } from './support.ts';
import type { Engine } from './support.ts';

const engines = useEngines();
const at = (...parts: string[]): string => join(engines.home, ...parts);
const grey: [number, number, number] = [90, 90, 90];

/** An engine with a project made of two images in p/. */
async function openTwo(): Promise<{ engine: Engine; path: string }> {
  await writeImage(at('p', 'cat', '1.png'), grey, 1);
  await writeImage(at('p', 'dog', '2.png'), grey, 2);
  const engine = await engines.start();
  const { path } = await engine.ask('project.fromFolder', { folder: at('p') });
  await engine.event('job.ended');
  return { engine, path };
}

const newest = (engine: Engine) => engine.event('images.offered', ({ offers }) => offers.length > 0);
const pathsIn = async (engine: Engine) => {
  const { ids } = await engine.ask('images.list', {});
  const facts = await Promise.all([...ids].map((id) => engine.ask('images.facts', { id })));
  return facts.map(({ path }) => path.slice(engines.home.length + 1));
};
const missing = async (engine: Engine) => (await engine.ask('images.list', { missing: true })).ids.length;

describe('new files in a folder that was brought in', () => {
  test('are offered while the project is open, also those in new folders, and come in when they are wanted', async () => {
    const { engine } = await openTwo();
    await writeImage(at('p', 'bird', '3.png'), grey, 3);
    await writeImage(at('p', 'bird', '4.png'), grey, 4);
    writeFileSync(at('p', 'bird', 'notes.txt'), 'x');
    const offers = [{ folder: at('p'), count: 2 }];
    expect(await newest(engine)).toEqual({ offers });
    expect(await engine.ask('images.offers', undefined)).toEqual(offers);
    expect(await pathsIn(engine)).toHaveLength(2);
    const jobId = await engine.ask('images.acceptOffer', { folder: at('p') });
    expect(await engine.event('job.ended', (ended) => ended.jobId === jobId)).toMatchObject({ end: 'completed' });
    expect(await pathsIn(engine)).toHaveLength(5);
    expect((await engine.ask('classes.list', undefined)).map(({ name }) => name)).toEqual(['cat', 'dog', 'bird']);
    await engine.event('images.offered', ({ offers: left }) => left.length === 0);
    expect(await engine.refusal('images.acceptOffer', { folder: at('p') })).toMatchObject({ code: 'not-found' });
    expect(await engine.refusal('images.acceptOffer', { folder: '/etc' })).toMatchObject({ code: 'not-found' });
  });

  test('are offered when the project is opened; declined, they are not until there are more', async () => {
    const { engine, path } = await openTwo();
    await engine.stop();
    await writeImage(at('p', 'cat', '3.png'), grey, 3);
    const again = await engines.start();
    await again.ask('project.open', { path });
    expect(await newest(again)).toEqual({ offers: [{ folder: at('p'), count: 1 }] });
    await again.ask('images.dismissOffer', { folder: at('p') });
    expect(await again.ask('images.offers', undefined)).toEqual([]);
    await again.stop();

    const third = await engines.start();
    await third.ask('project.open', { path });
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect(third.count('images.offered')).toBe(0);
    await writeImage(at('p', 'cat', '4.png'), grey, 4);
    expect(await newest(third)).toEqual({ offers: [{ folder: at('p'), count: 2 }] });
    await third.ask('project.close', undefined);
    await writeImage(at('p', 'cat', '5.png'), grey, 5);
    expect(await third.refusal('images.facts', { id: 1 })).toMatchObject({ code: 'not-found' });
  });
});

describe('files that move while the project is open or closed', () => {
  test('are followed; those that are gone are missing until their folder is shown', async () => {
    const { engine, path } = await openTwo();
    renameSync(at('p', 'cat', '1.png'), at('p', 'dog', 'one.png'));
    await expect.poll(() => pathsIn(engine)).toEqual(['p/dog/one.png', 'p/dog/2.png']);
    await engine.stop();
    renameSync(at('p'), at('q'));

    const again = await engines.start();
    await again.ask('project.open', { path });
    await again.event('project.changed', ({ what }) => what.includes('images'));
    expect(await missing(again)).toBe(2);
    expect((await again.ask('classes.list', undefined)).map(({ count }) => count)).toEqual([1, 1]);
    const jobId = await again.ask('images.locate', { folder: at('q') });
    expect(await again.event('job.ended', (ended) => ended.jobId === jobId)).toMatchObject({
      kind: 'locate',
      end: 'completed',
      summary: '2 images found again; none is missing now.',
    });
    expect(await missing(again)).toBe(0);
    expect(await pathsIn(again)).toEqual(['q/dog/one.png', 'q/dog/2.png']);
    // The project made of the old folder is that of the new one.
    await again.ask('project.close', undefined);
    expect(await again.ask('project.fromFolder', { folder: at('q') })).toMatchObject({ path, imageCount: 2 });
  });

  test('in a folder that is no longer there, the search says so', async () => {
    const { engine } = await openTwo();
    await engine.ask('images.locate', { folder: at('nothing') });
    expect(await engine.event('job.ended', ({ kind }) => kind === 'locate')).toMatchObject({
      end: 'failed',
      error: { code: 'not-found' },
    });
  });
});

describe('a file of labels', () => {
  test('is examined, comes in, and what it names in vain can be asked for until the project is closed', async () => {
    const { engine } = await openTwo();
    const file = at('labels.csv');
    writeFileSync(file, 'path,label\np/cat/1.png,tiger\np/cat/1.png,lion\np/no.png,x\n');
    mkdirSync(at('split', 'train', 'a'), { recursive: true });
    mkdirSync(at('split', 'test', 'a'), { recursive: true });
    expect(
      await engine.ask('images.examine', { paths: [file, at('p'), at('split'), at('p', 'cat', '1.png')] }),
    ).toEqual({
      kinds: ['csv', 'classFolders', 'splitFolders', 'images'],
      severalLabels: 1,
    });
    const jobId = await engine.ask('images.import', { paths: [file], severalLabels: 'first' });
    expect(await engine.event('job.ended', (ended) => ended.jobId === jobId)).toMatchObject({
      end: 'completed',
      summary:
        '1 image labelled anew, which Undo takes back; 1 image with several labels, of which the first was kept; 1 image not found.',
    });
    expect(await engine.ask('images.leftOut', undefined)).toEqual({
      notFound: [{ file, place: 'line 4', path: 'p/no.png', problem: 'there is no such file' }],
      rejected: 0,
    });
    expect(await engine.ask('images.facts', { id: 1 })).toMatchObject({ origin: 'imported' });
    expect(await engine.ask('project.undo', undefined)).toMatchObject({ redo: 'Labels of a file for 1 image' });
    await engine.ask('project.create', { name: 'other' });
    expect(await engine.ask('images.leftOut', undefined)).toEqual({ notFound: [], rejected: 0 });
  });

  test('that is wrong is refused before anything happens', async () => {
    const { engine } = await openTwo();
    writeFileSync(at('labels.csv'), 'path,label\np/cat/1.png\n');
    expect(await engine.refusal('images.examine', { paths: [at('labels.csv')] })).toMatchObject({ code: 'unreadable' });
    expect(await engine.refusal('images.examine', { paths: [at('gone.csv')] })).toMatchObject({ code: 'not-found' });
    await engine.ask('images.import', { paths: [at('labels.csv')] });
    expect(await engine.event('job.ended', ({ end }) => end === 'failed')).toMatchObject({
      error: { code: 'unreadable', message: expect.stringContaining('line 2') },
    });
    expect(await engine.ask('project.current', undefined)).toMatchObject({ imageCount: 2, undo: null });
  });
});

test('an import that stopped the engine too often without headway is told once and not tried again', async () => {
  await writeManyImages(at('many'), 300);
  const engine = await engines.start();
  const { path } = await engine.ask('project.create', { name: 'many' });
  await engine.stop();
  const project = Project.open(path);
  const { id } = beginImport(project.db, [at('many')]);
  for (let tries = 0; tries < mostTries; tries++) countTry(project.db, id);
  project.close();

  const again = await engines.start();
  await again.ask('project.open', { path });
  expect(await again.event('job.ended')).toMatchObject({
    kind: 'import',
    end: 'failed',
    error: { code: 'engine-lost', message: expect.stringContaining(at('many')) },
  });
  expect(await pathsIn(again)).toEqual([]);
  await again.ask('project.close', undefined);
  await again.ask('project.open', { path });
  await again.ask('project.close', undefined);
  expect(again.count('job.ended')).toBe(1);
});

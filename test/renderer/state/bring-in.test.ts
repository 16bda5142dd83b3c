import { beforeEach, describe, expect, test } from 'vitest';
import { ReceptiveError } from '../../../src-main/shared/errors.ts';
import type { ImportPreview, Offer, NotFound } from '../../../src-main/shared/labelling.ts';
import type { ImageColumns } from '../../../src-main/shared/project.ts';
import { BringInState } from '../../../src-renderer/state/bring-in.svelte.ts';
import { ProjectState } from '../../../src-renderer/state/project.svelte.ts';
import { BridgeStandIn, settle } from './bridge-stand-in.ts';
import { summary } from './project-summary.ts';

const lost: NotFound = { file: '/l.csv', place: 'line 3', path: 'x.png', problem: 'there is no such file' };
const offer: Offer = { folder: '/pictures', count: 3 };

function makeWorld() {
  const state = { preview: { kinds: ['csv'], severalLabels: 0 } as ImportPreview, missing: 0, notFound: [lost] };
  const noColumns = { ids: new Uint32Array() } as ImageColumns;
  const bridge = new BridgeStandIn({
    'images.examine': () => state.preview,
    'images.import': () => 'job-1',
    'images.acceptOffer': () => 'job-2',
    'images.locate': () => 'job-3',
    'images.dismissOffer': () => undefined,
    'images.offers': () => [offer],
    'images.leftOut': () => ({ notFound: state.notFound, rejected: 2 }),
    'images.list': ({ missing }) => ({ ...noColumns, ids: new Uint32Array(missing ? state.missing : 99) }),
    'job.cancel': () => undefined,
    'project.create': ({ name }) => ({ ...summary, name }),
    'project.fromFolder': ({ folder }) => ({ ...summary, name: folder }),
    'project.recent': () => [],
  });
  const project = new ProjectState(bridge.connection);
  project.adopt(summary);
  return { state, bridge, project, bringIn: new BringInState(bridge.connection, project) };
}

let world: ReturnType<typeof makeWorld>;
beforeEach(() => {
  world = makeWorld();
});
const follow = () => {
  const ends: string[] = [];
  world.bringIn.follow(
    (ended) => ends.push(ended.summary),
    (error) => expect.fail(String(error)),
  );
  return ends;
};
const importsAsked = () =>
  world.bridge.asked.filter(({ name }) => name === 'images.import').map(({ params }) => params);

describe('an import', () => {
  test('is shown from its start to its end, which is told once, and can be stopped', async () => {
    const { bringIn, bridge } = world;
    const ends = follow();
    await bringIn.start(['/a']);
    expect(bringIn.importing).toMatchObject({ done: 0, total: 0 });
    bridge.tell('job.progress', { jobId: 'job-1', kind: 'import', done: 3, total: 9, etaSeconds: 2 });
    expect(bringIn.importing).toMatchObject({ done: 3, total: 9, etaSeconds: 2 });
    await bringIn.cancel('import');
    expect(bridge.asked.at(-1)).toEqual({ name: 'job.cancel', params: { jobId: 'job-1' } });
    bridge.tell('job.ended', { jobId: 'job-1', kind: 'import', end: 'stopped', summary: '3 of 9', error: null });
    expect(bringIn.importing).toBeNull();
    expect(ends).toEqual(['3 of 9']);
  });

  test('that ends before its start is answered leaves no bar behind', async () => {
    const { bringIn, bridge } = world;
    follow();
    const started = bringIn.start(['/a']);
    bridge.tell('job.ended', { jobId: 'job-1', kind: 'import', end: 'stopped', summary: '', error: null });
    await started;
    expect(bringIn.importing).toBeNull();
  });

  test('is none when it is a classification, and is over when the engine is lost', () => {
    const { bringIn, bridge } = world;
    const ends = follow();
    bridge.tell('job.progress', { jobId: 'job-9', kind: 'classify', done: 1, total: 2, etaSeconds: null });
    bridge.tell('job.ended', { jobId: 'job-9', kind: 'classify', end: 'completed', summary: 'x', error: null });
    expect(bringIn.importing).toBeNull();
    expect(ends).toEqual([]);
    bridge.tell('job.progress', { jobId: 'job-8', kind: 'import', done: 1, total: 2, etaSeconds: null });
    expect(bringIn.importing).not.toBeNull();
    bridge.tell('engine.state', { state: 'lost', reason: 'gone' });
    expect(bringIn.importing).toBeNull();
  });

  test('that ends well has what was not found or cannot be used read; a new one forgets it', async () => {
    const { bringIn, bridge } = world;
    follow();
    await bringIn.start(['/l.csv']);
    bridge.tell('job.ended', { jobId: 'job-1', kind: 'import', end: 'completed', summary: '', error: null });
    await settle();
    expect([bringIn.notFound, bringIn.rejected]).toEqual([[lost], 2]);
    bringIn.forgetNotFound();
    expect([bringIn.notFound, bringIn.rejected]).toEqual([[], 2]);
    bringIn.forgetRejected();
    expect(bringIn.rejected).toBe(0);
    bridge.tell('job.ended', { jobId: 'job-1', kind: 'import', end: 'completed', summary: '', error: null });
    await settle();
    await bringIn.start(['/l.csv']);
    expect([bringIn.notFound, bringIn.rejected]).toEqual([[], 0]);
  });

  test('of a wrong file ends before it begins', async () => {
    const { bringIn, bridge } = world;
    bridge.answers['images.examine'] = () => {
      throw new ReceptiveError('unreadable', 'line 3 is wrong');
    };
    await expect(bringIn.start(['/l.csv'])).rejects.toThrow('line 3 is wrong');
    expect(importsAsked()).toEqual([]);
  });
});

describe('images with several labels', () => {
  beforeEach(() => {
    world.state.preview = { kinds: ['csv'], severalLabels: 12 };
  });

  test.each(['first', 'leaveOut'] as const)(
    'are asked about once, and come in as answered: %s',
    async (severalLabels) => {
      const { bringIn } = world;
      await bringIn.start(['/l.csv']);
      expect(bringIn.question).toEqual({ paths: ['/l.csv'], images: 12, newProject: null });
      expect(importsAsked()).toEqual([]);
      await bringIn.answer(severalLabels);
      expect(bringIn.question).toBeNull();
      expect(importsAsked()).toEqual([{ paths: ['/l.csv'], severalLabels }]);
    },
  );

  test('stay where they are when the question is closed', async () => {
    await world.bringIn.start(['/l.csv']);
    await world.bringIn.answer(null);
    expect(world.bringIn.question).toBeNull();
    expect(importsAsked()).toEqual([]);
  });
});

describe('without a project', () => {
  test('a folder becomes one', async () => {
    world.state.preview = { kinds: ['splitFolders'], severalLabels: 0 };
    await world.bringIn.startNew(['/data/pets']);
    expect(world.project.current?.name).toBe('/data/pets');
    expect(importsAsked()).toEqual([]);
  });

  test('a file of labels comes into a new one of its name', async () => {
    await world.bringIn.startNew(['/data/cats and dogs.csv']);
    expect(world.project.current?.name).toBe('cats and dogs');
    expect(importsAsked()).toEqual([{ paths: ['/data/cats and dogs.csv'], severalLabels: 'first' }]);
  });

  test('nothing is made until a question is answered', async () => {
    world.state.preview = { kinds: ['coco', 'folder'], severalLabels: 2 };
    await world.bringIn.startNew(['/data/coco.json', '/data/images']);
    expect(world.bridge.timesAsked('project.create')).toBe(0);
    await world.bringIn.answer('leaveOut');
    expect(world.bridge.timesAsked('project.create')).toBe(1);
    expect(importsAsked()).toHaveLength(1);
  });
});

describe('files that are new or gone', () => {
  test('offers are read with the project, follow the events, and are taken or declined by their folder', async () => {
    const { bringIn, bridge } = world;
    follow();
    bringIn.forget();
    await bringIn.refresh();
    expect(bringIn.offers).toEqual([offer]);
    await bringIn.accept(offer);
    expect(bringIn.importing).toMatchObject({ jobId: 'job-2' });
    await bringIn.decline(offer);
    expect(bridge.asked.at(-1)).toEqual({ name: 'images.dismissOffer', params: { folder: '/pictures' } });
    bridge.tell('images.offered', { offers: [] });
    expect(bringIn.offers).toEqual([]);
  });

  test('missing images are counted with every change; waved away they stay so until there are more', async () => {
    const { bringIn, bridge, state } = world;
    follow();
    state.missing = 2;
    bringIn.forget();
    await bringIn.refresh();
    expect(bringIn.missing).toBe(2);
    bringIn.waveMissingAway();
    expect(bringIn.missing).toBe(0);
    bridge.tell('project.changed', { what: ['images'] });
    await settle();
    expect(bringIn.missing).toBe(0);
    state.missing = 3;
    bridge.tell('project.changed', { what: ['images'] });
    await settle();
    expect(bringIn.missing).toBe(3);
    await bringIn.locate('/elsewhere');
    expect(bringIn.locating).toMatchObject({ jobId: 'job-3' });
    bridge.tell('job.ended', { jobId: 'job-3', kind: 'locate', end: 'completed', summary: '', error: null });
    expect(bringIn.locating).toBeNull();
  });
});

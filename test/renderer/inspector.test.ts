import { beforeEach, describe, expect, test } from 'vitest';
import type { RunSummary } from '../../src-main/shared/project.ts';
import { Inspector } from '../../src-renderer/state/inspect.svelte.ts';
import { LayerReport } from '../../src-renderer/state/layer-report.svelte.ts';
import { Latest } from '../../src-renderer/state/latest.ts';
import { Runs } from '../../src-renderer/state/run.svelte.ts';
import { tabsOf } from '../../src-renderer/views/inspect/tabs.ts';
import type { LayerSummary } from '../../src-main/shared/inspection.ts';
import type { SavedNetwork } from '../../src-main/shared/project.ts';
import { deferred, ScriptedBridge, settle } from './scripted-bridge.ts';

describe('the newest of several requests', () => {
  test('only its reply counts, and those overtaken while waiting are never sent', async () => {
    const latest = new Latest();
    const replies = [deferred<string>(), deferred<string>(), deferred<string>()];
    const sent: number[] = [];
    const answers = replies.map(({ promise }, index) =>
      latest.run(() => {
        sent.push(index);
        return promise;
      }),
    );
    replies[0]!.resolve('first');
    replies[2]!.resolve('third');
    expect(await Promise.all(answers)).toEqual([null, null, { value: 'third' }]);
    expect(sent).toEqual([0, 2]);
  });

  test('a failure counts only when it is the newest', async () => {
    const latest = new Latest();
    const overtaken = latest.run(() => Promise.reject(new Error('old')));
    const newest = latest.run(() => Promise.reject(new Error('new')));
    expect(await overtaken).toBeNull();
    await expect(newest).rejects.toThrow('new');
    expect(await latest.run(() => Promise.resolve(1))).toEqual({ value: 1 });
  });

  test('what is cancelled is dropped', async () => {
    const latest = new Latest();
    const reply = deferred<number>();
    const answer = latest.run(() => reply.promise);
    latest.cancel();
    reply.resolve(1);
    expect(await answer).toBeNull();
  });
});

describe('looking into a network', () => {
  let bridge: ScriptedBridge;
  let inspector: Inspector;
  const layers = [
    { name: 'conv1', kind: 'conv2d' },
    { name: 'bn1', kind: 'batchNorm' },
    { name: 'pool1', kind: 'maxPool' },
  ];
  let networks: { list: SavedNetwork[]; classes: number };
  const run = (id: string, createdAt: string, last: object | null = {}) => ({ id, createdAt, last }) as RunSummary;

  beforeEach(async () => {
    networks = { list: [{ id: 7, name: 'mine', updatedAt: 'monday' }] as SavedNetwork[], classes: 2 };
    bridge = new ScriptedBridge({
      'project.current': () => ({ path: '/a' }),
      'runs.list': () => [run('done', '1'), run('later', '2'), run('begun', '3', null)],
      // The second image is rejected.
      'images.list': () => ({ ids: new Uint32Array([10, 11, 12, 13]), statuses: new Uint8Array([0, 2, 1, 0]) }),
      'images.facts': ({ id }: { id: number }) => ({ id }),
      'inspect.maps': ({ imageId }: { imageId: number }) => ({ layers, shown: imageId }),
    });
    const runs = new Runs(bridge.connection);
    runs.follow();
    await settle();
    inspector = new Inspector(bridge.connection, runs, networks);
    inspector.follow();
    await settle();
  });

  test('begins with the newest run that has weights, the first usable image and the first layer', () => {
    expect(inspector.subject).toEqual({ runId: 'later', weights: 'last' });
    expect([...inspector.ids]).toEqual([10, 12, 13]);
    expect(inspector.maps).toMatchObject({ subject: { runId: 'later' }, imageId: 10, shown: 10 });
    expect(inspector.layer?.name).toBe('conv1');
  });

  test('goes on and back, round the ends', async () => {
    const seen: (number | null)[] = [];
    for (const by of [1, 1, 1, -1]) {
      await inspector.step(by);
      seen.push(inspector.imageId);
    }
    expect(seen).toEqual([12, 13, 10, 13]);
  });

  test('maps that come late for an image that was left are dropped', async () => {
    const slow = deferred<object>();
    bridge.answers['inspect.maps'] = ({ imageId }: { imageId: number }) =>
      imageId === 12 ? slow.promise : { layers, shown: imageId };
    const left = inspector.chooseImage(12);
    const wanted = inspector.chooseImage(13);
    slow.resolve({ layers, shown: 12 });
    await Promise.all([left, wanted]);
    expect(inspector.maps).toMatchObject({ imageId: 13, shown: 13 });
    expect(inspector.loading).toBe(false);
  });

  test('a cell opens its sum in the layer that made it', () => {
    inspector.openSum('bn1', { map: 2, row: 1, column: 0 });
    expect([inspector.layer?.name, inspector.tab, inspector.cell]).toEqual([
      'bn1',
      'sum',
      { map: 2, row: 1, column: 0 },
    ]);
  });

  test('the same image and run are not computed twice', async () => {
    await inspector.load();
    await inspector.chooseImage(10);
    expect(bridge.paramsOf('inspect.maps')).toHaveLength(1);
  });

  test('other weights of the same run, and a network that nobody trained, are computed anew', async () => {
    await inspector.choose({ runId: 'later', weights: 'start' });
    await inspector.choose({ networkId: 7 });
    const asked = bridge.paramsOf('inspect.maps') as { subject: unknown }[];
    expect(asked.map(({ subject }) => subject)).toEqual([
      { runId: 'later', weights: 'last' },
      { runId: 'later', weights: 'start' },
      { networkId: 7 },
    ]);
    expect(inspector.maps?.subject).toEqual({ networkId: 7 });
  });

  test.each([
    ['changed', () => (networks.list = [{ ...networks.list[0]!, updatedAt: 'tuesday' }])],
    ['given other classes', () => (networks.classes = 3)],
  ])('a saved network that was %s is computed anew, and its old layers are not shown', async (_how, change) => {
    await inspector.choose({ networkId: 7 });
    change();
    const loading = inspector.load();
    expect(inspector.maps).toBeNull();
    await loading;
    expect(inspector.maps?.subject).toEqual({ networkId: 7 });
    expect(bridge.paramsOf('inspect.maps')).toHaveLength(3);
    await inspector.load();
    expect(bridge.paramsOf('inspect.maps')).toHaveLength(3);
  });

  test('of another network the maps before stay until its own have come', async () => {
    const choosing = inspector.choose({ networkId: 7 });
    expect(inspector.maps?.subject).toEqual({ runId: 'later', weights: 'last' });
    await choosing;
    expect(inspector.maps?.subject).toEqual({ networkId: 7 });
  });

  test('of another project nothing is left, though its numbers are the same', async () => {
    await inspector.choose({ networkId: 7 });
    expect(inspector.listed).toBe(true);
    const late = deferred<object>();
    bridge.answers['inspect.maps'] = () => late.promise;
    const left = inspector.chooseImage(12);
    inspector.forget();
    expect([inspector.maps, inspector.imageId, inspector.ids.length, inspector.listed]).toEqual([null, null, 0, false]);
    expect(inspector.subject).toEqual({ runId: 'later', weights: 'last' });
    late.resolve({ layers, shown: 12 });
    await left;
    expect(inspector.maps).toBeNull();
    bridge.answers['inspect.maps'] = ({ imageId }: { imageId: number }) => ({ layers, shown: imageId });
    await inspector.refresh();
    expect([inspector.listed, inspector.maps?.imageId]).toEqual([true, 10]);
  });

  test('that there are no images is only known when they were listed', async () => {
    inspector.forget();
    bridge.answers['images.list'] = () => {
      throw new Error('the engine is away');
    };
    await inspector.refresh();
    expect([inspector.imageId, inspector.listed]).toEqual([null, false]);
    bridge.answers['images.list'] = () => ({ ids: new Uint32Array(0), statuses: new Uint8Array(0) });
    await inspector.refresh();
    expect([inspector.imageId, inspector.listed]).toEqual([null, true]);
  });

  test('what was chosen and is gone gives way to the newest run', async () => {
    await inspector.choose({ networkId: 8 });
    expect(inspector.subject).toEqual({ runId: 'later', weights: 'last' });
  });

  test('an engine that is ready again is asked everything anew', async () => {
    const before = inspector.attempt;
    bridge.emit('engine.state', { state: 'lost', reason: 'killed' });
    await settle();
    expect(inspector.attempt).toBe(before);
    bridge.emit('engine.state', { state: 'ready' } as never);
    await settle();
    expect(inspector.attempt).toBe(before + 1);
  });

  test('what goes wrong is kept to be shown, and trying again clears it', async () => {
    const { 'inspect.maps': working } = bridge.answers;
    bridge.answers['inspect.maps'] = () => {
      throw new Error('the image is gone');
    };
    await inspector.chooseImage(12);
    expect(inspector.error?.message).toBe('the image is gone');
    expect(inspector.maps).toBeNull();
    expect(inspector.loading).toBe(false);
    bridge.answers['inspect.maps'] = working;
    await inspector.load();
    expect(inspector.error).toBeNull();
    expect(inspector.maps).toMatchObject({ imageId: 12 });
  });
});

describe('the tabs of a layer', () => {
  const maps = [8, 8, 3];
  const vector = [64];
  const has = (id: string, kind: string, shape: number[]) =>
    tabsOf({ name: 'layer', kind, shape } as LayerSummary).some((tab) => tab.id === id);

  test.each([
    ['conv2d', maps],
    ['batchNorm', maps],
    ['dense', vector],
    ['flatten', vector],
  ])('every layer begins with its maps: %s', (kind, shape) => {
    expect(tabsOf({ name: 'layer', kind, shape } as LayerSummary)[0]?.id).toBe('maps');
  });

  test.each([
    ['sum', 'conv2d', maps, true],
    ['sum', 'depthwiseConv2d', maps, true],
    ['sum', 'dense', vector, true],
    ['sum', 'activation', maps, false],
    ['kernels', 'separableConv2d', maps, true],
    ['kernels', 'dense', vector, true],
    ['kernels', 'maxPool', maps, false],
    ['batchNorm', 'batchNorm', maps, true],
    ['batchNorm', 'conv2d', maps, false],
    ['pooling', 'maxPool', maps, true],
    ['pooling', 'dense', vector, false],
  ])('%s of %s %j: %j', (id, kind, shape, expected) => {
    expect(has(id, kind, shape)).toBe(expected);
  });

  test('an answer is shown under what was asked, and stays while the same is asked of another image', async () => {
    const report = new LayerReport();
    await report.load('bn1', () => Promise.resolve('of the first image'));
    expect(report.under('bn1')).toEqual({ value: 'of the first image' });
    expect(report.under('bn2')).toBeUndefined();
    const slow = deferred<string>();
    const loading = report.load('bn1', () => slow.promise);
    expect(report.under('bn1')).toEqual({ value: 'of the first image' });
    slow.resolve('of the second');
    await loading;
    expect(report.under('bn1')).toEqual({ value: 'of the second' });
  });

  test('a failure hides the answer before it; asking for something else clears it', async () => {
    const report = new LayerReport();
    await report.load('bn1', () => Promise.resolve('answer'));
    await report.load('bn1', () => Promise.reject(new Error('the image is gone')));
    expect(report.error?.message).toBe('the image is gone');
    expect(report.under('bn1')).toBeUndefined();
    const asked = report.load('bn2', () => Promise.resolve('other'));
    expect(report.error).toBeNull();
    await asked;
    expect(report.under('bn2')).toEqual({ value: 'other' });
  });
});

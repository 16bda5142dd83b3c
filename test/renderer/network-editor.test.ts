import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { presets } from '../../src-main/shared/network/index.ts';
import type { SavedNetwork } from '../../src-main/shared/project.ts';
import { setField } from '../../src-main/shared/network/edit.ts';
import { addAfter } from '../../src-main/shared/network/wiring.ts';
import { NetworkEditor } from '../../src-renderer/state/network.svelte.ts';
import { deferred, ScriptedBridge } from './scripted-bridge.ts';

const lenet = presets['lenet-5']!;

describe('the network that is edited', () => {
  let saved: SavedNetwork[];
  let path: string | null;
  let bridge: ScriptedBridge;
  let editor: NetworkEditor;
  let size: { height: number; width: number };
  let grey: (id: number) => boolean;

  const put = ({ id, name, json }: { id?: number; name: string; json: unknown }): SavedNetwork => {
    const network = { id: id ?? saved.length + 1, name, json, updatedAt: '' } as SavedNetwork;
    saved = [...saved.filter((other) => other.id !== network.id), network];
    return network;
  };
  const settle = () => vi.advanceTimersByTimeAsync(0);
  const changed = async (...what: ('networks' | 'project' | 'images')[]) => {
    bridge.emit('project.changed', { what });
    await settle();
  };
  const setFilters = (filters: unknown) =>
    editor.edit({ draft: setField(editor.draft, 0, 'filters', filters), selected: 0 });

  beforeEach(() => {
    vi.useFakeTimers();
    saved = [];
    path = '/a';
    size = { height: 28, width: 28 };
    grey = () => false;
    bridge = new ScriptedBridge({
      'project.current': () => path && { path },
      'networks.list': () => saved,
      'networks.save': put,
      'networks.delete': ({ id }: { id: number }) => void (saved = saved.filter((network) => network.id !== id)),
      'networks.readFile': () => lenet,
      'classes.list': () => [{ count: 3 }, { count: 0 }, { count: 5 }, { count: 1 }],
      'images.list': () => ({ ids: new Uint32Array([4]) }),
      'images.facts': () => size,
    });
    editor = new NetworkEditor(bridge.connection, async (id) => grey(id));
  });
  afterEach(() => vi.useRealTimers());

  const open = async () => {
    const stop = editor.follow();
    await settle();
    return stop;
  };

  test('a project without networks gets a preset for its images, which is saved only when it is edited', async () => {
    await open();
    expect(editor.draft.input).toEqual({ size: [28, 28], channels: 3 });
    expect(editor.description.valid).toBe(true);
    expect(editor.id).toBeNull();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(bridge.paramsOf('networks.save')).toEqual([]);
    setFilters(8);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(saved).toMatchObject([{ id: 1, name: 'conv-bn-pool' }]);
    expect(editor.id).toBe(1);
    expect(editor.saveState).toBe('saved');
  });

  test.each([
    ['all are grey', () => true, 1],
    ['one is in colour', (id: number) => id !== 4, 3],
    [
      'they cannot be read',
      () => {
        throw new Error('gone');
      },
      3,
    ],
  ])('channels where %s', async (_, looks, channels) => {
    bridge.answers['images.list'] = () => ({ ids: new Uint32Array([4, 5, 6]) });
    grey = looks;
    await open();
    expect(editor.draft.input.channels).toBe(channels);
    expect(editor.draft.input.size).toEqual([28, 28]);
  });

  test('large images are made 64 x 64', async () => {
    size = { height: 768, width: 1024 };
    await open();
    expect(editor.draft.input.size).toEqual([64, 64]);
  });

  test('figures are counted for the classes that have images, at least two', async () => {
    expect(editor.classes).toBe(2);
    await open();
    expect(editor.classes).toBe(3);
    expect(editor.description.layers.at(-1)?.outputShape).toEqual([3]);
  });

  test('edits that follow quickly are saved once, the last of them, wrong or not', async () => {
    put({ name: 'mine', json: lenet });
    await open();
    for (const filters of [1, 12, '']) {
      setFilters(filters);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(editor.saveState).toBe('saving');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(bridge.paramsOf('networks.save')).toEqual([{ id: 1, name: 'mine', json: editor.draft }]);
    expect(editor.draft.layers[0]).toMatchObject({ filters: '' });
    expect(editor.description.layers[0]?.problem?.field).toBe('filters');
    expect(editor.json).toBeNull();
  });

  test('every whole edit is a step of undo of its own, in order, and what was being typed before it another', async () => {
    put({ name: 'mine', json: lenet });
    await open();
    const first = deferred<void>();
    bridge.answers['networks.save'] = async (params: never) => {
      await first.promise;
      return put(params);
    };
    setFilters(1);
    setFilters(12);
    editor.apply(addAfter(editor.draft, 0, 'dropout'));
    editor.apply(addAfter(editor.draft, 0, 'flatten'));
    await settle();
    first.resolve();
    await vi.advanceTimersByTimeAsync(1_000);
    const kinds = bridge
      .paramsOf('networks.save')
      .map((params) => (params as { json: typeof lenet }).json.layers.slice(0, 3).map(({ kind }) => kind));
    expect(kinds).toEqual([
      ['conv2d', 'activation', 'avgPool'],
      ['conv2d', 'dropout', 'activation'],
      ['conv2d', 'flatten', 'dropout'],
    ]);
    expect(editor.saveState).toBe('saved');
  });

  test('several layers are chosen one by one, and the last of them is shown', async () => {
    put({ name: 'mine', json: lenet });
    await open();
    editor.select(4);
    editor.select(1, true);
    expect(editor.picked).toEqual([1, 4]);
    expect(editor.selected).toBe(1);
    editor.select(1, true);
    expect(editor.picked).toEqual([4]);
    editor.select(4, true);
    expect(editor.picked).toEqual([4]);
    editor.select(-1);
    expect(editor.picked).toEqual([]);
  });

  test('a preset is cut to the size of the project’s images', async () => {
    await open();
    expect(editor.imageSize).toEqual([28, 28]);
    await editor.createFromPreset('resnet-18', editor.imageSize!);
    expect(editor.draft.input.size).toEqual([28, 28]);
    const maps = editor.description.layers.findLast(({ outputShape }) => outputShape?.length === 3);
    expect(maps?.outputShape?.[0]).toBeGreaterThanOrEqual(4);
    expect(editor.description.valid).toBe(true);
  });

  test('an edit during a save is saved after it, and nothing older replaces it', async () => {
    put({ name: 'mine', json: lenet });
    await open();
    const first = deferred<void>();
    bridge.answers['networks.save'] = async (params: never) => {
      await first.promise;
      return put(params);
    };
    setFilters(7);
    await vi.advanceTimersByTimeAsync(500);
    setFilters(8);
    await changed('networks');
    expect(editor.draft.layers[0]).toMatchObject({ filters: 8 });
    first.resolve();
    await vi.advanceTimersByTimeAsync(1_000);
    expect((saved[0]!.json.layers[0] as { filters: number }).filters).toBe(8);
    expect(editor.saveState).toBe('saved');
  });

  test('undo in the project comes back into the editor and keeps the selection', async () => {
    put({ name: 'mine', json: lenet });
    await open();
    setFilters(9);
    await vi.advanceTimersByTimeAsync(1_000);
    editor.select(3);
    put({ id: 1, name: 'mine', json: lenet });
    await changed('networks', 'project');
    expect(editor.draft).toEqual(lenet);
    expect(editor.selected).toBe(3);
  });

  test('a save that fails is shown, and the next edit tries again', async () => {
    put({ name: 'mine', json: lenet });
    await open();
    const { 'networks.save': working } = bridge.answers;
    bridge.answers['networks.save'] = () => {
      throw new Error('disk full');
    };
    setFilters(9);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(editor.saveState).toBe('failed');
    bridge.answers['networks.save'] = working;
    setFilters(10);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(editor.saveState).toBe('saved');
    expect(saved[0]!.json.layers[0]).toMatchObject({ filters: 10 });
  });

  test('leaving the view writes what is not yet written', async () => {
    put({ name: 'mine', json: lenet });
    const stop = await open();
    setFilters(11);
    stop();
    await settle();
    expect(saved[0]!.json.layers[0]).toMatchObject({ filters: 11 });
  });

  test('going to another network writes this one first', async () => {
    put({ name: 'one', json: lenet });
    put({ name: 'two', json: presets['mlp'] });
    await open();
    await editor.choose(1);
    editor.edit(addAfter(editor.draft, 0, 'dropout'));
    await editor.choose(2);
    expect(saved.find(({ id }) => id === 1)!.json.layers[1]).toMatchObject({ kind: 'dropout' });
    expect(editor.draft).toEqual(presets['mlp']);
    expect(editor.selected).toBe(-1);
  });

  test('presets and files become networks of their own with free names', async () => {
    await open();
    await editor.createFromPreset('mlp');
    await editor.createFromPreset('mlp');
    expect(await editor.readFile('/somewhere/mlp.json')).toBe('mlp 3');
    expect(saved.map(({ name }) => name)).toEqual(['mlp', 'mlp 2', 'mlp 3']);
    expect(editor.draft).toEqual(lenet);
  });

  test('a network that is deleted gives way to another, the last one to a preset', async () => {
    put({ name: 'one', json: lenet });
    put({ name: 'two', json: presets['mlp'] });
    await open();
    expect(editor.name).toBe('two');
    await editor.delete();
    expect(editor.name).toBe('one');
    await editor.delete();
    expect(editor.id).toBeNull();
    expect(editor.saveState).toBe('unsaved');
  });

  test('another project brings its own networks', async () => {
    put({ name: 'mine', json: lenet });
    await open();
    path = '/b';
    saved = [];
    put({ id: 1, name: 'theirs', json: presets['mlp'] });
    await changed('project');
    expect(editor.name).toBe('theirs');
    path = null;
    await changed('project');
    expect(editor.id).toBeNull();
    expect(editor.classesWithImages).toBe(0);
  });
});

import { beforeEach, describe, expect, test } from 'vitest';
import { ReceptiveError } from '../../../src-main/shared/errors.ts';
import type { ImageColumns, ProjectSummary } from '../../../src-main/shared/project.ts';
import type { Params } from '../../../src-main/shared/protocol.ts';
import { ClassesState } from '../../../src-renderer/state/classes.svelte.ts';
import { ImagesState } from '../../../src-renderer/state/images.svelte.ts';
import { ProjectState } from '../../../src-renderer/state/project.svelte.ts';
import { BridgeStandIn, settle } from './bridge-stand-in.ts';
import { summary } from './project-summary.ts';

/** Five images, two classes; labels are kept as the engine would. Replies to `labels.set` wait until `release`. */
function makeWorld() {
  const labels = new Map([1, 2, 3, 4, 5].map((id) => [id, 0]));
  const held: { release: (error?: Error) => void }[] = [];
  let hold = false;
  const columns = (keep: (id: number) => boolean): ImageColumns => {
    const ids = Uint32Array.from([...labels.keys()].filter(keep));
    return {
      ids,
      classIds: ids.map((id) => labels.get(id) ?? 0),
      statuses: new Uint8Array(ids.length),
      splits: new Uint8Array(ids.length),
      origins: Uint8Array.from(ids, (id) => (labels.get(id) ? 1 : 0)),
      flags: new Uint8Array(ids.length),
      predictedIds: new Uint32Array(ids.length),
      confidences: new Float32Array(ids.length),
    };
  };
  const setLabels = async ({ ids, classId }: Params<'labels.set'>): Promise<ProjectSummary> => {
    if (hold)
      await new Promise<void>((resolve, reject) =>
        held.push({ release: (error) => (error ? reject(error) : resolve()) }),
      );
    for (const id of ids) labels.set(id, classId ?? 0);
    return { ...summary, undo: 'Label' };
  };
  const bridge = new BridgeStandIn({
    'images.list': ({ classId }) => columns((id) => classId === undefined || labels.get(id) === (classId ?? 0)),
    'classes.list': () => [
      { id: 1, name: 'cat', color: '#0072b2', key: '1', count: 0 },
      { id: 2, name: 'dog', color: '#d55e00', key: '2', count: 0 },
    ],
    'images.facts': ({ id }) => ({
      id,
      path: `/${id}.png`,
      status: 'ok',
      reason: null,
      width: 1,
      height: 1,
      format: 'png',
      bytes: 1,
      modifiedAt: '2026-01-01T00:00:00.000Z',
      classId: labels.get(id) || null,
      origin: 'none',
      split: 'none',
      excluded: false,
      pinned: false,
      missing: false,
      prediction: null,
      findings: [],
    }),
    'labels.set': setLabels,
  });
  const project = new ProjectState(bridge.connection);
  project.adopt(summary);
  const classes = new ClassesState(bridge.connection, project);
  const images = new ImagesState(bridge.connection, project, classes);
  return { bridge, project, classes, images, labels, held, holdReplies: () => (hold = true) };
}

let world: ReturnType<typeof makeWorld>;
beforeEach(async () => {
  world = makeWorld();
  await Promise.all([world.images.reload(), world.classes.reload()]);
});
const shown = () => Array.from({ length: world.images.count }, (_, i) => world.images.rows.classAt(i)?.name ?? null);

describe('labels', () => {
  test('the selection gets the class, and the image after it is selected', async () => {
    const { images, labels, project } = world;
    images.pick(0, 'only');
    images.pick(1, 'extend');
    await images.label(1);
    expect(labels.get(1)).toBe(1);
    expect(labels.get(2)).toBe(1);
    expect([...images.selected]).toEqual([3]);
    expect(project.current?.undo).toBe('Label');
  });

  test('a label is shown at once, but counts as saved only after the reply', async () => {
    const { images, held, holdReplies } = world;
    holdReplies();
    images.pick(0, 'only');
    const done = images.label(1);
    expect(shown()).toEqual(['cat', null, null, null, null]);
    expect(images.saving).toBe(true);
    held[0]?.release();
    await done;
    expect(images.saving).toBe(false);
    expect(shown()).toEqual(['cat', null, null, null, null]);
  });

  test('a label that could not be saved is taken off again, and the reason is thrown', async () => {
    const { images, held, holdReplies } = world;
    holdReplies();
    images.pick(0, 'only');
    const done = images.label(1);
    held[0]?.release(new ReceptiveError('disk-full', 'The disk is full.', 'Free some space.'));
    await expect(done).rejects.toMatchObject({ code: 'disk-full', hint: 'Free some space.' });
    expect(shown()).toEqual([null, null, null, null, null]);
    expect(images.saving).toBe(false);
  });

  test('what could not be saved is no longer said to be, and is selected again unless one went elsewhere', async () => {
    const { images, held, holdReplies } = world;
    images.pick(0, 'only');
    await images.label(1);
    expect(images.saved).toBe(true);
    holdReplies();
    images.pick(1, 'only');
    images.pick(2, 'toggle');
    const lost = images.label(1);
    expect([...images.selected]).toEqual([4]);
    held[0]?.release(new ReceptiveError('engine-lost', 'The engine ended.', ''));
    await expect(lost).rejects.toThrow();
    expect(images.saved).toBe(false);
    expect([...images.selected]).toEqual([2, 3]);
    expect(images.focusId).toBe(2);
    const lostToo = images.label(2);
    images.pick(0, 'only');
    held[1]?.release(new ReceptiveError('engine-lost', 'The engine ended.', ''));
    await expect(lostToo).rejects.toThrow();
    expect([...images.selected]).toEqual([1]);
  });

  test('an older reply does not bring an older label back', async () => {
    const { images, held, holdReplies } = world;
    holdReplies();
    images.pick(0, 'only');
    const first = images.label(1);
    images.pick(0, 'only');
    const second = images.label(2);
    held[0]?.release();
    await first;
    expect(shown()[0]).toBe('dog');
    expect(images.saving).toBe(true);
    held[1]?.release();
    await second;
    expect(shown()[0]).toBe('dog');
  });

  test('a list that is read while a label is on its way still shows the label', async () => {
    const { images, holdReplies } = world;
    holdReplies();
    images.pick(0, 'only');
    void images.label(2);
    await images.refresh();
    expect(shown()[0]).toBe('dog');
  });

  test('taking a label off stays on the image', async () => {
    const { images, labels } = world;
    images.pick(2, 'only');
    await images.label(1);
    images.pick(2, 'only');
    await images.label(null);
    expect(labels.get(3)).toBe(0);
    expect(images.focusId).toBe(3);
  });

  test('at the end of the list the selection stays', async () => {
    const { images } = world;
    images.pick(4, 'only');
    await images.label(1);
    expect(images.focusId).toBe(5);
  });

  test('with nothing selected nothing is asked', async () => {
    const empty = makeWorld();
    await empty.images.label(1);
    expect(empty.bridge.timesAsked('labels.set')).toBe(0);
  });
});

describe('order', () => {
  test('what comes first in a new order has the focus; a filter leaves it on its image', async () => {
    const { images, bridge } = world;
    const inOrder = bridge.answers['images.list']!;
    bridge.answers['images.list'] = async (query) => {
      const columns = await inOrder(query);
      return query.sort?.descending ? { ...columns, ids: columns.ids.toReversed() } : columns;
    };
    images.pick(3, 'only');
    await images.setSort({ by: 'added', descending: true });
    expect(images.focusId).toBe(5);
    expect([...images.selected]).toEqual([5]);
    expect(bridge.asked.at(-1)?.params).toEqual({ sort: { by: 'added', descending: true } });
    images.pick(3, 'only');
    await images.setFilter({ classId: null });
    expect(images.focusId).toBe(2);
    await images.setSort(undefined);
    expect(images.focusId).toBe(1);
  });
});

describe('filters', () => {
  test('unlabelled images leave the list as they are labelled, one after the other', async () => {
    const { images, labels } = world;
    await images.setFilter({ classId: null });
    images.pick(0, 'only');
    for (const classId of [1, 2, 1]) {
      await images.label(classId);
      await images.refresh();
    }
    expect([...labels]).toEqual([
      [1, 1],
      [2, 2],
      [3, 1],
      [4, 0],
      [5, 0],
    ]);
    expect(images.focusId).toBe(4);
  });

  test('the newest filter wins over a reply to an older one', async () => {
    const { images } = world;
    images.pick(0, 'only');
    await images.label(1);
    const first = images.setFilter({ classId: 1 });
    const second = images.setFilter({ classId: null });
    await Promise.all([first, second]);
    expect(images.count).toBe(4);
    await images.clearFilters();
    expect(images.count).toBe(5);
    expect(images.isFiltered).toBe(false);
  });
});

describe('typed faster than the disk can write, with the unlabelled shown', () => {
  test('each key labels the next image, and each is gone at once', async () => {
    const { images, bridge, labels, held, holdReplies } = world;
    await images.setFilter({ classId: null });
    images.pick(0, 'only');
    holdReplies();
    const saves = [1, 2, 1].map((classId) => images.label(classId));
    const asked = bridge.asked.filter(({ name }) => name === 'labels.set').map(({ params }) => params);
    expect(asked).toEqual([
      { ids: [1], classId: 1 },
      { ids: [2], classId: 2 },
      { ids: [3], classId: 1 },
    ]);
    expect(images.count).toBe(2);
    expect(images.focusId).toBe(4);
    for (const { release } of held) release();
    await Promise.all(saves);
    expect(images.count).toBe(2);
    expect(images.focusId).toBe(4);
    expect([...labels.values()]).toEqual([1, 2, 1, 0, 0]);
  });

  test('an image whose label is refused comes back to its place, and the keyboard stays where it is', async () => {
    const { images, held, holdReplies } = world;
    await images.setFilter({ classId: null });
    images.pick(1, 'only');
    holdReplies();
    const first = images.label(1);
    const second = images.label(2);
    held[0]?.release(new ReceptiveError('disk-full', 'The disk is full.'));
    await expect(first).rejects.toMatchObject({ code: 'disk-full' });
    held[1]?.release();
    await second;
    expect(Array.from({ length: images.count }, (_, index) => images.rows.idAt(index))).toEqual([1, 2, 4, 5]);
    expect(images.focusId).toBe(4);
  });

  test('several that are selected leave together; what follows the last of them takes their place', async () => {
    const { images } = world;
    await images.setFilter({ classId: null });
    images.pick(0, 'only');
    images.pick(2, 'toggle');
    await images.label(1);
    expect(images.focusId).toBe(4);
    expect([...images.selected]).toEqual([4]);
    images.pick(2, 'only');
    expect(images.focusId).toBe(5);
    await images.label(1);
    expect(images.focusId).toBe(4);
  });

  test('a list that was asked for before a label was saved does not bring the image back', async () => {
    const { images, bridge } = world;
    await images.setFilter({ classId: null });
    images.pick(0, 'only');
    const inOrder = bridge.answers['images.list']!;
    const { promise: late, resolve: arrive } = Promise.withResolvers<void>();
    bridge.answers['images.list'] = async (query) => {
      const columns = await inOrder(query);
      await late;
      return columns;
    };
    const reading = images.refresh();
    await images.label(1);
    arrive();
    await reading;
    expect(images.count).toBe(4);
    expect(images.rows.idAt(0)).toBe(2);
  });
});

describe('events', () => {
  test('labels that came from elsewhere are shown, and the list is not read for them', async () => {
    const { images, bridge } = world;
    images.follow((error) => expect.fail(String(error)));
    const before = bridge.timesAsked('images.list');
    bridge.tell('images.relabelled', { ids: Uint32Array.of(2, 4), classId: 2, origin: 3 });
    await settle();
    expect(shown()).toEqual([null, 'dog', null, 'dog', null]);
    expect(images.rows.originAt(3)).toBe('suggestion');
    expect(bridge.timesAsked('images.list')).toBe(before);
  });

  test('the list is read when images may belong into it now', async () => {
    const { images, bridge, labels } = world;
    images.follow((error) => expect.fail(String(error)));
    await images.setFilter({ classId: 2 });
    expect(images.count).toBe(0);
    labels.set(3, 2);
    bridge.tell('images.relabelled', { ids: Uint32Array.of(3), classId: 2, origin: 3 });
    await settle();
    expect(images.rows.idAt(0)).toBe(3);
    const before = bridge.timesAsked('images.list');
    bridge.tell('images.relabelled', { ids: Uint32Array.of(1), classId: 1, origin: 3 });
    await settle();
    expect(bridge.timesAsked('images.list')).toBe(before);
  });

  test('a flood of changes is read twice: at its start and after its end', async () => {
    const { images, bridge } = world;
    images.follow((error) => expect.fail(String(error)));
    const before = bridge.timesAsked('images.list');
    for (let i = 0; i < 100; i++) bridge.tell('project.changed', { what: ['images'] });
    await settle();
    expect(bridge.timesAsked('images.list')).toBe(before + 2);
  });

  test('after the last stop nothing is heard any more', async () => {
    const { images, bridge } = world;
    images.follow(() => undefined)();
    const before = bridge.timesAsked('images.list');
    bridge.tell('project.changed', { what: ['images'] });
    await settle();
    expect(bridge.timesAsked('images.list')).toBe(before);
  });
});

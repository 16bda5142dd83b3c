import { expect, test } from 'vitest';
import type { ImageColumns } from '../../../src-main/shared/project.ts';
import { createRandom } from '../../../src-main/shared/random.ts';
import type { ImageChange } from '../../../src-renderer/state/image-columns.ts';
import { ShownColumns } from '../../../src-renderer/state/shown-columns.svelte.ts';

/** Enough rows for a list that is no more to be given back. */
const count = 12_000;

/** Image `n` has the id 10 n. */
function listOf(classIds: (id: number) => number): ImageColumns {
  const ids = Uint32Array.from({ length: count }, (_, row) => 10 * row);
  return {
    ids,
    classIds: ids.map(classIds),
    statuses: new Uint8Array(count),
    splits: new Uint8Array(count),
    origins: new Uint8Array(count),
    flags: new Uint8Array(count),
    predictedIds: ids.map((id) => id + 1),
    confidences: new Float32Array(count).fill(0.5),
  };
}

const noUpdate = (update: () => void) => update();
const label = (ids: number[], classId: number): ImageChange => ({ ids: new Set(ids), classId });

test('whatever is shown, saved, refused and told from elsewhere in whatever order, the list is that of all of it', async () => {
  for (const classId of [undefined, null]) {
    const random = createRandom(5);
    const list = new ShownColumns();
    const start = listOf(() => 0);
    await list.read(classId === null ? { classId } : {}, () => Promise.resolve(start), noUpdate);
    const saved = new Map<number, number>();
    let waiting: ImageChange[] = [];
    for (let step = 0; step < 150; step++) {
      // Often the first of the list, which leaves in another way than those in its middle.
      const first = [...list.columns.ids.subarray(0, 1 + random.int(2))];
      const any = [10 * random.int(count), 10 * random.int(count)];
      const change = label(random.int(2) === 0 ? first : any, random.int(3));
      const what = random.int(4);
      if (what === 0) list.show(change);
      if (what === 0) waiting.push(change);
      const ended = what === 1 ? waiting[0] : undefined;
      const isSaved = random.int(3) > 0;
      if (ended && isSaved) list.save(ended);
      if (ended) list.settle(ended);
      if (what === 2) list.save(change);
      for (const id of (ended && isSaved ? ended : what === 2 ? change : label([], 0)).ids) {
        // A list without labels lets go of an image at its first label, and has it back only when it is read anew.
        if (classId === undefined || !saved.get(id)) saved.set(id, (ended ?? change).classId!);
      }
      waiting = waiting.filter((other) => other !== ended);
      const now = new Map(saved);
      for (const { ids, classId: given } of waiting) {
        for (const id of ids) if (classId === undefined || !now.get(id)) now.set(id, given!);
      }
      const ids = Array.from({ length: count }, (_, row) => 10 * row).filter(
        (id) => classId === undefined || !now.get(id),
      );
      const { columns } = list;
      expect([...columns.ids].join(), `step ${step}`).toBe(ids.join());
      expect([...columns.classIds].join()).toBe(ids.map((id) => now.get(id) ?? 0).join());
      expect([...columns.predictedIds].join()).toBe(ids.map((id) => id + 1).join());
      for (const name of ['statuses', 'splits', 'origins', 'flags', 'confidences'] as const) {
        expect(columns[name], name).toHaveLength(ids.length);
      }
    }
  }
});

test('a change that is saved leaves no second list behind, and none is gone while it may still be read', async () => {
  const list = new ShownColumns();
  await list.read({ classId: null }, () => Promise.resolve(listOf(() => 0)), noUpdate);
  const lists: ImageColumns[] = [list.columns];
  for (const id of [50, 10, 70, 40]) {
    const change = label([id], 1);
    list.show(change);
    list.save(change);
    expect(lists.at(-1)!.ids, 'the list before').toHaveLength(count - lists.length + 1);
    list.settle(change);
    lists.push(list.columns);
  }
  expect(lists.slice(0, -2).map(({ ids }) => (ids.buffer as ArrayBuffer).detached)).toEqual([true, true, true]);
  expect(list.columns.ids).toHaveLength(count - 4);
});

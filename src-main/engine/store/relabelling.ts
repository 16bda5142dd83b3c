/** What a step of undo or redo means for a list of images that is shown. */
import { targetOf, valueAt } from './changes.ts';
import type { Change, Direction } from './changes.ts';

/** Images that got the same label: 0 for none; the origin is an index into `labelOrigins`. */
export interface Relabelled {
  ids: number[];
  classId: number;
  origin: number;
}

/** More different labels than this are not worth telling one by one: the list is read anew sooner. */
const most = 50;

/** Ids of the images that somebody was at who made these changes; none of a class that came or went, or of a whole split. */
export function placesOf(changes: readonly Change[]): Uint32Array {
  if (changes.some(({ kind }) => kind !== 'images')) return new Uint32Array();
  return Uint32Array.from(
    changes.flatMap((change) => {
      if (change.kind !== 'images') return [];
      const { class_id, excluded, pinned } = change.columns;
      return class_id || excluded || pinned ? change.ids : [];
    }),
  );
}

/** The labels that images got by a step; null when it did anything else, or too much. */
export function relabelledBy(changes: readonly Change[], direction: Direction): Relabelled[] | null {
  const groups = new Map<string, Relabelled>();
  for (const change of changes) {
    if (change.kind !== 'images') return null;
    const { class_id, origin, ...others } = change.columns;
    if (!class_id || !origin || Object.keys(others).length > 0) return null;
    change.ids.forEach((id, index) => {
      const classId = Number(valueAt(targetOf(class_id, direction), index) ?? 0);
      const by = Number(valueAt(targetOf(origin, direction), index));
      const key = `${classId} ${by}`;
      if (!groups.has(key)) groups.set(key, { ids: [], classId, origin: by });
      groups.get(key)!.ids.push(id);
    });
  }
  return groups.size > most ? null : [...groups.values()];
}

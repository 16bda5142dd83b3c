import { rowsOf } from './image-columns.ts';

/**
 * A selection in an ordered list of ids, as file managers do it: a plain click chooses one, Ctrl adds or takes away one,
 * Shift chooses everything from the anchor. Pure: every function returns a new selection.
 */
export interface Selection {
  readonly ids: ReadonlySet<number>;
  /** Where the keyboard is: an index, -1 in an empty list. */
  readonly focus: number;
  /** Where Shift reaches from. */
  readonly anchor: number;
}

export type Pick = 'only' | 'toggle' | 'extend';

export const emptySelection: Selection = { ids: new Set(), focus: -1, anchor: -1 };

/** The selection after index `at` was picked. Outside the list nothing changes. */
export function pick(selection: Selection, list: ArrayLike<number>, at: number, how: Pick): Selection {
  const id = list[at];
  if (id === undefined) return selection;
  if (how === 'toggle') {
    const ids = new Set(selection.ids);
    if (!ids.delete(id)) ids.add(id);
    return { ids, focus: at, anchor: at };
  }
  if (how === 'extend' && selection.anchor >= 0) {
    const ids = new Set<number>();
    const last = Math.max(selection.anchor, at);
    for (let i = Math.min(selection.anchor, at); i <= last; i++) ids.add(list[i]!);
    return { ids, focus: at, anchor: selection.anchor };
  }
  return { ids: new Set([id]), focus: at, anchor: at };
}

export function selectAll(selection: Selection, list: ArrayLike<number>): Selection {
  if (list.length === 0) return emptySelection;
  return { ids: new Set(Array.from(list)), focus: Math.max(0, selection.focus), anchor: 0 };
}

/**
 * The same selection in a list that was read again: what is gone is no longer selected; the focus stays on its image, or
 * where it was. When nothing selected is left, the focused image is.
 */
export function restore(selection: Selection, before: ArrayLike<number>, after: Uint32Array): Selection {
  if (after.length === 0) return emptySelection;
  const focusId = before[selection.focus];
  const kept = focusId === undefined ? -1 : after.indexOf(focusId);
  const focus = kept >= 0 ? kept : Math.min(Math.max(selection.focus, 0), after.length - 1);
  const anchorId = before[selection.anchor];
  const anchor = anchorId === undefined ? -1 : after.indexOf(anchorId);
  const ids = new Set<number>();
  for (const row of rowsOf(after, selection.ids)) ids.add(after[row]!);
  if (ids.size === 0) ids.add(after[focus]!);
  return { ids, focus, anchor: anchor >= 0 ? anchor : focus };
}

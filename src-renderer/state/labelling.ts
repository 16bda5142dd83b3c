/**
 * Labels that are shown before they are on disk. Each change has a turn; a picture shows its newest change until that
 * change's own reply came, so replies that arrive late cannot bring an older label back.
 */
export interface PendingLabels {
  readonly turn: number;
  /** By image id. Class id 0 is no label, as in `ImageColumns`. */
  readonly changes: ReadonlyMap<number, { turn: number; classId: number }>;
}

export const nothingPending: PendingLabels = { turn: 0, changes: new Map() };

export function beginLabel(pending: PendingLabels, ids: Iterable<number>, classId: number | null): PendingLabels {
  const turn = pending.turn + 1;
  const changes = new Map(pending.changes);
  for (const id of ids) changes.set(id, { turn, classId: classId ?? 0 });
  return { turn, changes };
}

/** Forgets the changes of one turn, saved or refused; newer changes of the same images stay. */
export function endLabel(pending: PendingLabels, turn: number): PendingLabels {
  const changes = new Map([...pending.changes].filter(([, change]) => change.turn !== turn));
  return { turn: pending.turn, changes };
}

/** Class ids with the saved change written in, in the order of `ids`. */
export function withSavedLabels(
  ids: Uint32Array,
  classIds: Uint32Array,
  labelled: ReadonlySet<number>,
  classId: number | null,
): Uint32Array {
  const saved = classIds.slice();
  for (let i = 0; i < ids.length; i++) if (labelled.has(ids[i]!)) saved[i] = classId ?? 0;
  return saved;
}

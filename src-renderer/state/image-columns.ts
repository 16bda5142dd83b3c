/**
 * The list of images as columns, and what a change of labels, exclusions or pins makes of it. Pure, so that a change can
 * be shown before it is on disk, and taken back. Columns that nothing changed in stay the same arrays.
 */
import { imageStatuses, labelOrigins, splits } from '../../src-main/shared/image-query.ts';
import type { ImageFilter } from '../../src-main/shared/image-query.ts';
import { imageFlags, remakeColumns } from '../../src-main/shared/project.ts';
import type { ImageColumns } from '../../src-main/shared/project.ts';

export const noImages: ImageColumns = {
  ids: new Uint32Array(),
  classIds: new Uint32Array(),
  statuses: new Uint8Array(),
  splits: new Uint8Array(),
  origins: new Uint8Array(),
  flags: new Uint8Array(),
  predictedIds: new Uint32Array(),
  confidences: new Float32Array(),
};

/** What happened to some images; what is left out stays as it is. */
export interface ImageChange {
  readonly ids: ReadonlySet<number>;
  /** 0 takes the label off. */
  readonly classId?: number;
  /** Index into `labelOrigins`; without it a new label is a person's. */
  readonly origin?: number;
  /** Images without a label got their suggested class. */
  readonly accepted?: boolean;
  readonly excluded?: boolean;
  /** Index into `splits`; 0 holds the image no longer. */
  readonly pin?: number;
}

const rejected = imageStatuses.indexOf('rejected');
const byPerson = labelOrigins.indexOf('person');
const bySuggestion = labelOrigins.indexOf('suggestion');

/** Up to this many ids are looked up one by one, which is faster than asking of every row. */
const few = 16;

/** Where the rows of `wanted` are, ascending. */
export function rowsOf(ids: Uint32Array, wanted: ReadonlySet<number>): number[] {
  if (wanted.size <= few) {
    const rows = Array.from(wanted, (id) => ids.indexOf(id));
    return rows.filter((row) => row >= 0).sort((a, b) => a - b);
  }
  const rows: number[] = [];
  for (let row = 0; row < ids.length; row++) if (wanted.has(ids[row]!)) rows.push(row);
  return rows;
}

/** The columns after a change; rows that it changed and that no longer fit `filter` are gone. */
export function withChange(columns: ImageColumns, change: ImageChange, filter: ImageFilter): ImageColumns {
  const rows = rowsOf(columns.ids, change.ids);
  // On these rows alone first: where all of them leave, what changed in them need not be written into the whole list.
  const before = onlyRows(columns, rows);
  const after = changed(before, [...rows.keys()], change);
  // What hangs on the columns is not told of a change that makes none, such as one that is shown already.
  if (after === before) return columns;
  const leaving = rows.filter((_, at) => !fits(after, at, filter));
  return without(leaving.length === rows.length ? columns : changed(columns, rows, change), leaving);
}

function onlyRows(columns: ImageColumns, rows: readonly number[]): ImageColumns {
  return remakeColumns(columns, rows.length, (to, column) => rows.forEach((row, at) => (to[at] = column[row]!)));
}

/** The same columns where the change makes none. */
function changed(columns: ImageColumns, rows: readonly number[], change: ImageChange): ImageColumns {
  const made = { ...columns };
  if (change.classId !== undefined) setLabels(made, rows, change.classId, change.origin);
  if (change.accepted) acceptSuggestions(made, rows);
  if (change.excluded !== undefined) made.flags = flagged(made.flags, rows, 'excluded', change.excluded);
  if (change.pin !== undefined) {
    made.flags = flagged(made.flags, rows, 'pinned', change.pin > 0);
    if (change.pin > 0) made.splits = filled(made.splits, rows, change.pin);
  }
  const isSame = (Object.keys(columns) as (keyof ImageColumns)[]).every((name) => made[name] === columns[name]);
  return isSame ? columns : made;
}

/** What cannot be used gets no label. */
function setLabels(columns: ImageColumns, rows: readonly number[], classId: number, origin = byPerson): void {
  const labelled = rows.filter((row) => columns.statuses[row] !== rejected);
  columns.classIds = filled(columns.classIds, labelled, classId);
  columns.origins = filled(columns.origins, labelled, classId === 0 ? 0 : origin);
}

/** The suggested class of an image: the predicted one while it has no label and takes part; 0 for none. */
export function suggestedClass(columns: ImageColumns, row: number): number {
  return columns.classIds[row] === 0 && !hasFlag(columns, row, 'excluded') ? (columns.predictedIds[row] ?? 0) : 0;
}

function acceptSuggestions(columns: ImageColumns, rows: readonly number[]): void {
  const accepted = rows.filter((row) => suggestedClass(columns, row) !== 0);
  if (accepted.length === 0) return;
  columns.origins = filled(columns.origins, accepted, bySuggestion);
  columns.classIds = columns.classIds.slice();
  for (const row of accepted) columns.classIds[row] = columns.predictedIds[row]!;
}

function filled<T extends Uint8Array | Uint32Array>(column: T, rows: readonly number[], value: number): T {
  if (rows.every((row) => column[row] === value)) return column;
  const copy = column.slice() as T;
  for (const row of rows) copy[row] = value;
  return copy;
}

function flagged(flags: Uint8Array, rows: readonly number[], flag: keyof typeof imageFlags, on: boolean): Uint8Array {
  if (rows.every((row) => ((flags[row]! & imageFlags[flag]) !== 0) === on)) return flags;
  const copy = flags.slice();
  for (const row of rows) copy[row] = on ? copy[row]! | imageFlags[flag] : copy[row]! & ~imageFlags[flag];
  return copy;
}

export const hasFlag = (columns: ImageColumns, row: number, flag: keyof typeof imageFlags): boolean =>
  ((columns.flags[row] ?? 0) & imageFlags[flag]) !== 0;

/** Whether a row meets the conditions that labelling, excluding and pinning can change; the others it met before. */
function fits(columns: ImageColumns, row: number, filter: ImageFilter): boolean {
  const classId = columns.classIds[row]!;
  const predictedId = columns.predictedIds[row]!;
  const isWrong = classId !== 0 && predictedId !== 0 && classId !== predictedId;
  return (
    fitsLabel(classId, columns.origins[row]!, filter) &&
    (filter.predictedWrongly === undefined || filter.predictedWrongly === isWrong) &&
    (filter.excluded === undefined || filter.excluded === hasFlag(columns, row, 'excluded')) &&
    (filter.pinned === undefined || filter.pinned === hasFlag(columns, row, 'pinned')) &&
    (filter.split === undefined || filter.split === splits[columns.splits[row]!])
  );
}

function fitsLabel(classId: number, origin: number, filter: ImageFilter): boolean {
  return (
    (filter.classId === undefined || (filter.classId ?? 0) === classId) &&
    (filter.origin === undefined || filter.origin === labelOrigins[origin])
  );
}

/** Whether images that now have this label may belong into a list of `filter` that they were not in. */
export function mayJoin(classId: number, origin: number, filter: ImageFilter): boolean {
  const asks = filter.classId !== undefined || filter.origin !== undefined || filter.predictedWrongly !== undefined;
  return asks && fitsLabel(classId, origin, filter);
}

/**
 * The columns without these rows, which are given in ascending order. From the beginning, where who labels what has no
 * label mostly is, they are cut off: copying a megabyte at each key would cost some keys a frame.
 */
function without(columns: ImageColumns, rows: readonly number[]): ImageColumns {
  if (rows.length === 0) return columns;
  if (rows.at(-1) === rows.length - 1) return cut(columns, rows.length);
  return remakeColumns(columns, columns.ids.length - rows.length, (to, column) => {
    let from = 0;
    let at = 0;
    for (const row of [...rows, column.length]) {
      to.set(column.subarray(from, row), at);
      at += row - from;
      from = row + 1;
    }
  });
}

/** The columns from a row on, in the memory of the whole ones. */
function cut(columns: ImageColumns, from: number): ImageColumns {
  return {
    ids: columns.ids.subarray(from),
    classIds: columns.classIds.subarray(from),
    statuses: columns.statuses.subarray(from),
    splits: columns.splits.subarray(from),
    origins: columns.origins.subarray(from),
    flags: columns.flags.subarray(from),
    predictedIds: columns.predictedIds.subarray(from),
    confidences: columns.confidences.subarray(from),
  };
}

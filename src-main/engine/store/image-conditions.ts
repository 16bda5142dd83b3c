/** The conditions of a filter, as tests of an image's id. */
import { imageStatuses, labelOrigins, splits } from '../../shared/image-query.ts';
import type { ImageFilter } from '../../shared/image-query.ts';
import { imageFlags } from '../../shared/project.ts';
import type { Database } from './database.ts';
import { idsAtOnce } from './image-table.ts';
import type { ImageTable } from './image-table.ts';

export type Condition = (id: number) => boolean;

/** All but `finding` and `similarTo`. Every one of them must hold. */
export function conditionsOf(db: Database, table: ImageTable, filter: ImageFilter): Condition[] {
  const { classIds, predictedIds, confidences, widths, heights, modified } = table;
  const isPredicted: Condition = (id) => predictedIds[id] !== 0;
  const isWrong: Condition = (id) => classIds[id] !== 0 && isPredicted(id) && classIds[id] !== predictedIds[id];
  return [
    equals(classIds, filter.classId === null ? 0 : filter.classId),
    equals(table.statuses, numberIn(imageStatuses, filter.status)),
    equals(table.splits, numberIn(splits, filter.split)),
    equals(table.origins, numberIn(labelOrigins, filter.origin)),
    equals(table.formats, numberIn(table.formatNames, filter.format)),
    equals(predictedIds, filter.predictedId === null ? 0 : filter.predictedId),
    hasFlag(table, 'excluded', filter.excluded),
    hasFlag(table, 'pinned', filter.pinned),
    hasFlag(table, 'missing', filter.missing),
    filter.predictedWrongly === undefined ? null : (id: number) => isWrong(id) === filter.predictedWrongly,
    within(filter.modified, (id) => modified[id]!),
    within(filter.confidence, (id) => (isPredicted(id) ? confidences[id]! : NaN)),
    within(filter.longerSide, (id) => Math.max(widths[id]!, heights[id]!) || NaN),
    filter.text ? hasText(db, table, filter.text) : null,
  ].filter((condition) => condition !== null);
}

const numberIn = <T>(names: readonly T[], name: T | undefined): number | undefined =>
  name === undefined ? undefined : names.indexOf(name);

function equals(column: Uint8Array | Uint32Array, value: number | undefined): Condition | null {
  return value === undefined ? null : (id) => column[id] === value;
}

function hasFlag({ flags }: ImageTable, name: keyof typeof imageFlags, wanted: boolean | undefined): Condition | null {
  return wanted === undefined ? null : (id) => ((flags[id]! & imageFlags[name]) !== 0) === wanted;
}

/** `value` is NaN where it is unknown, which no range holds. */
function within(
  range: { from?: number | undefined; to?: number | undefined } | undefined,
  value: (id: number) => number,
): Condition | null {
  if (range?.from === undefined && range?.to === undefined) return null;
  const { from = -Infinity, to = Infinity } = range;
  return (id) => value(id) >= from && value(id) <= to;
}

/** Letters count as the same in capitals and small, in every script, and however their accents are written. */
function hasText(db: Database, table: ImageTable, text: string): Condition {
  const marks = new Uint8Array(table.statuses.length);
  const wanted = new RegExp(escaped(text.normalize('NFC')), 'iu');
  // SQLite's own LIKE knows the capitals of ASCII only.
  const next = db.sql.prepare(
    'SELECT json_group_array(id) AS ids, json_group_array(path) AS paths FROM images WHERE id > ? AND id <= ?',
  );
  for (let after = 0; after < marks.length; after += idsAtOnce) {
    const piece = next.get(after, after + idsAtOnce);
    const ids = JSON.parse(String(piece?.['ids'])) as number[];
    const paths = JSON.parse(String(piece?.['paths'])) as string[];
    paths.forEach((path, index) => {
      if (wanted.test(path.normalize('NFC'))) marks[ids[index]!] = 1;
    });
  }
  return (id) => marks[id] === 1;
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');

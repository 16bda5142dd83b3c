/** The active filters in words, and what is typed into their fields as numbers. */
import type { ImageFilter } from '../../../src-main/shared/image-query.ts';
import { text } from '../../messages/index.ts';

export interface Chip {
  filter: keyof ImageFilter;
  text: string;
}

/** A calendar day of this computer's time zone, "2026-11-23", as milliseconds since 1970 UTC: its first or its last. */
export function dayToTime(day: string, end: 'first' | 'last'): number | undefined {
  const match = /^(\d{4,6})-(\d{2})-(\d{2})$/.exec(day);
  if (!match) return undefined;
  const [year = 0, month = 1, date = 1] = match.slice(1).map(Number);
  return end === 'first'
    ? new Date(year, month - 1, date).getTime()
    : new Date(year, month - 1, date + 1).getTime() - 1;
}

export function timeToDay(time: number | undefined): string {
  if (time === undefined) return '';
  const date = new Date(time);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** 0.295 -> 29.5, without the digits that binary fractions add. */
export const toPercent = (share: number): number => Number((share * 100).toFixed(4));

/** "jpeg" -> "JPEG" */
export const formatName = (format: string): string =>
  (text.imageFilters.formats as Record<string, string>)[format] ?? format;

/** One chip for each filter that is set. `nameOf` is null for a class that is gone. */
export function describeFilter(filter: ImageFilter, nameOf: (classId: number) => string | null): Chip[] {
  const chip = text.imageFilters.chip;
  const words = text.imageFilters;
  const className = (id: number) => nameOf(id) ?? chip.gone;
  const chips: Chip[] = [];
  const add = <K extends keyof ImageFilter>(
    key: K,
    describe: (value: Exclude<ImageFilter[K], undefined>) => string | null,
  ) => {
    const value = filter[key];
    if (value === undefined) return;
    const description = describe(value as Exclude<ImageFilter[K], undefined>);
    if (description !== null) chips.push({ filter: key, text: description });
  };
  const range = <T>(
    { from, to }: { from?: number | undefined; to?: number | undefined },
    read: (value: number) => T,
    describe: (from: T | null, to: T | null) => string,
  ) =>
    from === undefined && to === undefined
      ? null
      : describe(from === undefined ? null : read(from), to === undefined ? null : read(to));
  add('text', (typed) => (typed === '' ? null : chip.text(typed)));
  add('classId', (id) => chip.class(id === null ? text.images.unlabelled : className(id)));
  add('status', (status) => chip.status(words.statuses[status]));
  add('split', (split) => chip.split(words.splits[split]));
  add('origin', (origin) => chip.origin(words.origins[origin]));
  add('excluded', chip.excluded);
  add('pinned', chip.pinned);
  add('missing', chip.missing);
  add('format', (format) => chip.format(formatName(format)));
  add('longerSide', (pixels) => range(pixels, (value) => value, chip.longerSide));
  add('modified', (times) => range(times, timeToDay, chip.modified));
  add('predictedId', (id) => chip.prediction(id === null ? null : className(id)));
  add('predictedWrongly', chip.predictedWrongly);
  add('confidence', (shares) => range(shares, toPercent, chip.confidence));
  add('finding', (kind) => chip.finding(words.findings[kind]));
  add('similarTo', (ids) => chip.similarTo(ids.length));
  return chips;
}

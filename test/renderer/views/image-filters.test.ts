import { describe, expect, test } from 'vitest';
import { findingKinds, imageFilterSchema } from '../../../src-main/shared/image-query.ts';
import type { ImageFilter } from '../../../src-main/shared/image-query.ts';
import { text } from '../../../src-renderer/messages/index.ts';
import { dayToTime, describeFilter, timeToDay, toPercent } from '../../../src-renderer/views/images/filter-words.ts';

const nameOf = (id: number) => ({ 1: 'cat', 2: 'dog' })[id] ?? null;
const chips = (filter: ImageFilter) => describeFilter(filter, nameOf).map(({ text }) => text);

describe('chips', () => {
  test('every condition has a chip of its own', () => {
    const filter: Required<ImageFilter> = {
      text: 'garden',
      classId: 1,
      status: 'warning',
      split: 'validation',
      origin: 'suggestion',
      excluded: false,
      pinned: true,
      missing: true,
      format: 'jpeg',
      longerSide: { from: 1000, to: 2000 },
      modified: { from: dayToTime('2026-01-31', 'first')!, to: dayToTime('2026-02-28', 'last')! },
      predictedId: 2,
      predictedWrongly: true,
      confidence: { to: 0.295 },
      finding: 'blurred',
      similarTo: [4, 5],
    };
    expect(imageFilterSchema.parse(filter)).toEqual(filter);
    expect(Object.keys(filter).sort()).toEqual(Object.keys(imageFilterSchema.shape).sort());
    expect(chips(filter)).toEqual([
      'Path: garden',
      'Class: cat',
      'State: With a warning',
      'Split: Validation',
      'Set by: Accepted suggestion',
      'Not excluded',
      'Pinned',
      'File missing',
      'Format: JPEG',
      'Longer side 1,000 to 2,000 px',
      'Changed 2026-01-31 to 2026-02-28',
      'Predicted: dog',
      'Predicted wrongly',
      'Confidence ≤ 29.5 %',
      `Found: ${text.imageFilters.findings.blurred}`,
      'Similar to 2 images',
    ]);
  });

  test('what is not set has none', () => {
    expect(chips({})).toEqual([]);
    expect(chips({ classId: undefined, text: '', longerSide: {} })).toEqual([]);
  });

  test('none is a condition too, and a class that is gone is said to be', () => {
    expect(chips({ classId: null, predictedId: null })).toEqual(['Class: Unlabelled', 'No prediction']);
    expect(chips({ classId: 9 })).toEqual(['Class: a class that is gone']);
  });

  test('every finding has a name', () => {
    expect(findingKinds.filter((kind) => !chips({ finding: kind })[0]?.match(/^Found: \S/))).toEqual([]);
  });
});

describe('days', () => {
  test('a day lasts from its first to its last millisecond in this time zone', () => {
    const first = dayToTime('2026-11-23', 'first')!;
    const last = dayToTime('2026-11-23', 'last')!;
    expect(new Date(first).toString()).toMatch(/Nov 23 2026 00:00:00/);
    expect(new Date(last).toString()).toMatch(/Nov 23 2026 23:59:59/);
    expect(new Date(last + 1).toString()).toMatch(/Nov 24 2026 00:00:00/);
    expect(timeToDay(first)).toBe('2026-11-23');
    expect(timeToDay(last)).toBe('2026-11-23');
  });

  test('a half-typed day is none', () => {
    expect(dayToTime('', 'first')).toBeUndefined();
    expect(timeToDay(undefined)).toBe('');
  });
});

test.each([
  [0.295, 29.5],
  [0.07, 7],
  [1, 100],
  [1 / 3, 33.3333],
])('%f is %f %%', (share, percent) => {
  expect(toPercent(share)).toBe(percent);
});

import { expect, test } from 'vitest';
import { RecordSchedule } from '../../../src-main/engine/training/record-schedule.ts';

function stepsOf(schedule: RecordSchedule, last: number): number[] {
  const steps = [0];
  while (steps.at(-1)! < last) steps.push(schedule.after(steps.at(-1)!));
  return steps;
}

test('a short run is recorded at every step', () => {
  expect(stepsOf(new RecordSchedule(5, 100), 5)).toEqual([0, 1, 2, 3, 4, 5]);
});

test('a long one at its first steps, then evenly, and at its end', () => {
  const steps = stepsOf(new RecordSchedule(1290, 100), 1290);
  expect(steps.slice(0, 7)).toEqual([0, 1, 2, 4, 8, 11, 22]);
  expect(steps.slice(-2)).toEqual([1287, 1290]);
});

test.each([1, 127, 129, 5000, 1_000_000])('of %i steps there are some 128 rows at most', (last) => {
  expect(stepsOf(new RecordSchedule(last, 100), last).length).toBeLessThanOrEqual(
    128 + 2 + Math.log2(last / 128 + 1) + 1,
  );
});

test('rows of a large network take 8 MB at most beside those of the first steps', () => {
  const numbers = 2 ** 17; // 512 KiB a row
  expect(stepsOf(new RecordSchedule(100_000, numbers), 100_000).length).toBeLessThanOrEqual(
    16 + 2 + Math.log2(100_000 / 16),
  );
});

test('what was recorded of a shorter run is thinned out as far as it is now recorded', () => {
  const short = stepsOf(new RecordSchedule(128, 100), 128);
  expect(short).toHaveLength(129);
  const longer = new RecordSchedule(1024, 100);
  const kept = [...longer.thinned(short)];
  expect(kept).toEqual([0, 1, 2, 4, 8, ...Array.from({ length: 15 }, (_, at) => 16 + 8 * at)]);
  // Those that it would have kept itself, all of them, also where looks came late.
  expect([...longer.thinned(kept)]).toEqual(kept);
  const late = [0, 3, 5, 9, 16, 25, 33];
  expect([...longer.thinned(late)]).toEqual(late);
});

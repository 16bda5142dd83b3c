import { expect, test } from 'vitest';
import { CrashedRuns } from '../../src-main/shared/crashed-runs.ts';

const runs = () => {
  const crashed = new CrashedRuns();
  return {
    /** Whether it goes on after it began or was resumed with so many epochs, did these, and crashed. */
    crash(from: number | null, ...epochs: number[]): boolean {
      crashed.began('a', from);
      for (const epoch of epochs) crashed.epochDone('a', epoch);
      return crashed.goesOn('a');
    },
    crashed,
  };
};

test('a run goes on where it had done an epoch, as often as it has done one more', () => {
  const { crash } = runs();
  expect(crash(null)).toBe(false);
  expect(crash(null, 1)).toBe(true);
  expect(crash(1)).toBe(false);
  expect(crash(1, 2, 3)).toBe(true);
  expect(crash(3, 4)).toBe(true);
});

test('one whose epochs could not be saved comes to rest where it crashed before', () => {
  const { crash } = runs();
  expect(crash(3, 4, 5, 6)).toBe(true);
  expect(crash(3, 4, 5, 6)).toBe(false);
  expect(crash(3, 4, 5)).toBe(false);
  expect(crash(3, 4, 5, 6, 7)).toBe(true);
});

test('a run is no other, and one that was never heard of stays where it is', () => {
  const { crash, crashed } = runs();
  expect(crash(null, 1)).toBe(true);
  crashed.began('b', null);
  crashed.epochDone('c', 9);
  expect(crashed.goesOn('b')).toBe(false);
  expect(crashed.goesOn('c')).toBe(false);
});

import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { mapInParallel } from '../../../src-main/engine/images/parallel.ts';

test('answers in the order of the items, a few at a time', async () => {
  let going = 0;
  let most = 0;
  const doubled = await mapInParallel([30, 10, 20, 0], 2, async (item) => {
    most = Math.max(most, ++going);
    await wait(item);
    going--;
    return 2 * item;
  });
  expect(doubled).toEqual([60, 20, 40, 0]);
  expect(most).toBe(2);
});

test('a failure stops what has not begun, and is told when what has begun is over', async () => {
  const over: number[] = [];
  const work = mapInParallel([1, 2, 3, 4], 2, async (item) => {
    await wait(item === 1 ? 0 : 50);
    if (item === 1) throw new Error('the first');
    over.push(item);
  });
  await expect(work).rejects.toThrow('the first');
  expect(over).toEqual([2]);
});

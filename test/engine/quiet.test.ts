import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { noteRequest, untilQuiet } from '../../src-main/engine/quiet.ts';

async function timeOf(work: Promise<void>): Promise<number> {
  const start = performance.now();
  await work;
  return performance.now() - start;
}
const never = new AbortController().signal;

test('waits for a pause in what is asked for, and not at all where nothing is', async () => {
  expect(await timeOf(untilQuiet(never))).toBeLessThan(100);
  noteRequest();
  const quiet = timeOf(untilQuiet(never));
  await wait(200);
  noteRequest();
  expect(await quiet).toBeGreaterThan(450);
});

test('goes on now and then although there is no pause', async () => {
  const asking = setInterval(noteRequest, 50);
  noteRequest();
  const time = await timeOf(untilQuiet(never));
  clearInterval(asking);
  expect(time).toBeGreaterThan(1500);
});

test('an abort is not waited for', async () => {
  noteRequest();
  const controller = new AbortController();
  const time = timeOf(untilQuiet(controller.signal));
  controller.abort();
  expect(await time).toBeLessThan(200);
});

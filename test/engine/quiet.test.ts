import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { noteRequest, untilQuiet } from '../../src-main/engine/quiet.ts';

async function timeOf(work: Promise<void>): Promise<number> {
  const start = performance.now();
  await work;
  return performance.now() - start;
}
/** Which comes first: the end of `work`, or the next turn of the event loop. */
const first = (work: Promise<void>) => Promise.race([work.then(() => 'quiet'), nextTurn('waited')]);
const never = new AbortController().signal;

test('waits for a pause in what is asked for, and not at all where nothing is', async () => {
  expect(await first(untilQuiet(never))).toBe('quiet');
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
  const told = first(untilQuiet(controller.signal));
  controller.abort();
  expect(await told).toBe('quiet');
});

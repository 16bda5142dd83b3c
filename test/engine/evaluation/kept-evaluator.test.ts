import { expect, test } from 'vitest';
import { KeptEvaluator } from '../../../src-main/engine/evaluation/kept-evaluator.ts';
import type { EvaluatorProcess } from '../../../src-main/engine/evaluation/evaluator-process.ts';

const signal = new AbortController().signal;
const same = (evaluator: EvaluatorProcess) => Promise.resolve(evaluator);
const hasEnded = (evaluator: EvaluatorProcess) => expect.poll(() => evaluator.alive, { timeout: 60_000 }).toBe(false);

test('the process is kept for the next use, and ends after its rest, not while anybody uses it', async () => {
  const kept = new KeptEvaluator('classifies', 0);
  const { promise, resolve } = Promise.withResolvers<void>();
  const long = kept.use(signal, (evaluator) => promise.then(() => evaluator));
  const first = await kept.use(signal, same);
  await new Promise((rested) => setTimeout(rested, 20));
  expect(await kept.use(signal, same)).toBe(first);
  expect(first.alive).toBe(true);
  resolve();
  expect(await long).toBe(first);
  await hasEnded(first);

  const second = await kept.use(signal, same);
  expect(second).not.toBe(first);
  await hasEnded(second);
});

test('stopped, it ends at once, and the next use has another', async () => {
  const kept = new KeptEvaluator('classifies');
  const stop = new AbortController();
  const open = (evaluator: EvaluatorProcess) => evaluator.call('open', { run: '/nowhere', weights: 'last' });
  const stopped = expect(kept.use(stop.signal, open)).rejects.toMatchObject({ code: 'engine-lost' });
  stop.abort();
  await stopped;
  await expect(kept.use(stop.signal, open)).rejects.toMatchObject({ code: 'interrupted' });
  await expect(kept.use(signal, open)).rejects.toMatchObject({ code: 'not-found' });
  const last = await kept.use(signal, same);
  kept.close();
  await hasEnded(last);
});

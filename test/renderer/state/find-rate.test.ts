import { expect, test } from 'vitest';
import { FindRate } from '../../../src-renderer/state/find-rate.svelte.ts';
import { recipeSchema } from '../../../src-main/shared/run.ts';
import { BridgeStandIn } from './bridge-stand-in.ts';

const network = { input: { size: [8, 8] as [number, number], channels: 1 }, layers: [] };
const point = { learningRate: 0.01, loss: 2, smoothed: 2 };

test('a search shows its points while it goes, its suggestion or problem at the end, and begins anew', async () => {
  let started = 0;
  const bridge = new BridgeStandIn({ 'rates.find': () => `job-${++started}`, 'job.cancel': () => undefined });
  const search = new FindRate(bridge.connection);
  search.follow();
  expect(search.over).toBe(false);

  await search.start(network, recipeSchema.parse({}));
  bridge.tell('rates.points', { jobId: 'job-1', points: [point], suggestion: null });
  expect(search.points).toEqual([point]);
  expect([search.over, search.suggestion]).toEqual([false, null]);
  bridge.tell('rates.points', { jobId: 'job-1', points: [point, point], suggestion: 0.01 });
  bridge.tell('job.ended', { jobId: 'job-1', kind: 'findRate', end: 'completed', summary: '', error: null });
  expect([search.over, search.suggestion, search.problem]).toEqual([true, 0.01, null]);

  await search.start(network, recipeSchema.parse({}));
  expect([search.over, search.suggestion, search.points.length]).toEqual([false, null, 0]);
  const error = { code: 'out-of-memory' as const, message: 'No memory.', hint: 'Smaller.' };
  bridge.tell('job.ended', { jobId: 'job-2', kind: 'findRate', end: 'failed', summary: '', error });
  expect([search.over, search.problem]).toEqual([false, 'No memory. Smaller.']);

  // Stopped by somebody it has found nothing out, not that there is nothing.
  await search.start(network, recipeSchema.parse({}));
  bridge.tell('job.ended', { jobId: 'job-3', kind: 'findRate', end: 'stopped', summary: '', error: null });
  expect([search.over, search.suggestion, search.problem]).toEqual([false, null, null]);
});

import { expect, test } from 'vitest';
import { RecalibrationState } from '../../../src-renderer/state/recalibration.svelte.ts';
import { BridgeStandIn } from './bridge-stand-in.ts';

const job = { jobId: 'one', kind: 'recalibrate' as const };

test('a recalibration is followed to its end, and only one that is complete changes anything', async () => {
  const bridge = new BridgeStandIn({
    'batchNorm.recalibrate': () => 'one',
    'batchNorm.undo': () => undefined,
    'job.cancel': () => undefined,
  });
  const state = new RecalibrationState(bridge.connection);
  let changes = 0;
  const stop = state.follow(() => changes++);

  await state.start('run', 'best');
  expect(bridge.asked.at(-1)).toEqual({ name: 'batchNorm.recalibrate', params: { runId: 'run', weights: 'best' } });
  bridge.tell('job.progress', { ...job, done: 3, total: 9, etaSeconds: 1 });
  expect(state.job).toMatchObject({ done: 3, total: 9 });
  await state.cancel();
  expect(bridge.asked.at(-1)).toEqual({ name: 'job.cancel', params: { jobId: 'one' } });
  bridge.tell('job.ended', { ...job, end: 'stopped', summary: '', error: null });
  expect([state.job, changes]).toEqual([null, 0]);

  bridge.tell('job.ended', {
    ...{ ...job, jobId: 'two', end: 'failed', summary: '' },
    error: { code: 'no-images', message: 'They are gone.', hint: 'Find them.' },
  });
  expect([state.problem, changes]).toEqual(['They are gone. Find them.', 0]);

  bridge.tell('job.ended', { ...job, jobId: 'three', end: 'completed', summary: '', error: null });
  expect([state.problem, changes]).toEqual([null, 1]);
  stop();
});

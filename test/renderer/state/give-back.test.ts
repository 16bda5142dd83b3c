import { expect, test } from 'vitest';
import { GiveBackState } from '../../../src-renderer/state/give-back.svelte.ts';
import { BridgeStandIn } from './bridge-stand-in.ts';

test('an export is going on until it ends, or the engine with it; another one can follow', async () => {
  let started = 0;
  const bridge = new BridgeStandIn({ 'labels.export': () => `job-${++started}`, 'job.cancel': () => undefined });
  const giveBack = new GiveBackState(bridge.connection);
  const ended: string[] = [];
  giveBack.follow(({ jobId }) => ended.push(jobId));
  const start = () => giveBack.start({ format: 'csv', path: '/labels.csv', link: false, bySide: false });

  await start();
  expect(giveBack.progress).toEqual({ jobId: 'job-1', done: 0, total: 0, etaSeconds: null });
  await giveBack.cancel();
  expect(bridge.asked.at(-1)).toEqual({ name: 'job.cancel', params: { jobId: 'job-1' } });
  bridge.tell('job.ended', { jobId: 'job-1', kind: 'exportLabels', end: 'stopped', summary: '', error: null });
  expect(giveBack.progress).toBeNull();

  await start();
  bridge.tell('engine.state', { state: 'lost', reason: 'gone' });
  expect(giveBack.progress).toBeNull();
  await start();
  expect(giveBack.progress).toMatchObject({ jobId: 'job-3' });
  expect(ended).toEqual(['job-1']);
});

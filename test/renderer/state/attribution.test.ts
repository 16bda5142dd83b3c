import { expect, test } from 'vitest';
import { Attributions } from '../../../src-renderer/state/attribution.svelte.ts';
import { deferred, ScriptedBridge, settle } from '../scripted-bridge.ts';

const question = {
  subject: { networkId: 1 },
  imageId: 1,
  classIndex: 0,
  how: { method: 'gradCam', layer: 'conv1' },
} as const;

test('heat that overtakes the reply is kept, and that of an older question is not shown', async () => {
  const reply = deferred<string>();
  const bridge = new ScriptedBridge({ 'explain.class': () => reply.promise, 'job.cancel': () => undefined });
  const attributions = new Attributions(bridge.connection);
  attributions.follow();
  const asked = attributions.ask(question);
  bridge.emit('explain.heat', { jobId: 'old', answer: { classIndex: 9 } as never });
  bridge.emit('explain.heat', { jobId: 'new', answer: { classIndex: 0 } as never });
  expect(attributions.answer).toBeNull();
  reply.resolve('new');
  await asked;
  expect(attributions.answer).toEqual({ classIndex: 0 });
  bridge.emit('explain.heat', { jobId: 'old', answer: { classIndex: 9 } as never });
  expect(attributions.answer).toEqual({ classIndex: 0 });
});

test('what goes wrong is said, and the next question clears it', async () => {
  const bridge = new ScriptedBridge({ 'explain.class': () => 'job', 'job.cancel': () => undefined });
  const attributions = new Attributions(bridge.connection);
  const stop = attributions.follow();
  await attributions.ask(question);
  const error = { code: 'usage' as const, message: 'It gives a vector.', hint: 'Choose another.' };
  bridge.emit('job.ended', { jobId: 'job', kind: 'explain', end: 'failed', summary: '', error });
  expect(attributions.problem).toBe('It gives a vector. Choose another.');
  expect(attributions.job).toBeNull();
  await attributions.ask(question);
  expect(attributions.problem).toBeNull();
  stop();
  await settle();
});

test('a question that could not be asked is said, and may be asked again', async () => {
  let isLost = true;
  const bridge = new ScriptedBridge({
    'explain.class': () => {
      if (isLost) throw new Error('The engine stopped.');
      return 'job';
    },
    'job.cancel': () => undefined,
  });
  const attributions = new Attributions(bridge.connection);
  attributions.follow();
  await attributions.want(question);
  expect(attributions.problem).toContain('The engine stopped.');
  isLost = false;
  await attributions.want(question);
  expect(attributions.problem).toBeNull();
  expect(bridge.paramsOf('explain.class')).toHaveLength(2);
});

test('leaving cancels the work that goes on', async () => {
  const bridge = new ScriptedBridge({ 'explain.class': () => 'job', 'job.cancel': () => undefined });
  const attributions = new Attributions(bridge.connection);
  const stop = attributions.follow();
  await attributions.ask(question);
  stop();
  await settle();
  expect(bridge.paramsOf('job.cancel')).toEqual([{ jobId: 'job' }]);
});

import { expect, test } from 'vitest';
import type { Params } from '../../../src-main/shared/protocol.ts';
import { SeenImages } from '../../../src-renderer/state/drives.svelte.ts';
import { GrowingAnswer } from '../../../src-renderer/state/growing-answer.svelte.ts';
import { ScriptedBridge, settle } from '../scripted-bridge.ts';

type Asked = Params<'drives.pixels'>;
const question = { subject: { networkId: 1 }, images: 4, seed: 1 };

/** Jobs are called job1, job2 and so on. */
function growing() {
  let jobs = 0;
  const bridge = new ScriptedBridge({ 'drives.growth': () => `job${++jobs}`, 'job.cancel': () => undefined });
  const answer = new GrowingAnswer(bridge.connection, {
    ask: (asked: typeof question) => bridge.connection.request('drives.growth', asked),
    event: 'drives.growth',
    kind: 'fieldGrowth',
  });
  const end = (jobId: string, how: 'completed' | 'stopped') =>
    bridge.emit('job.ended', { jobId, kind: 'fieldGrowth', end: how, summary: '', error: null });
  return { bridge, answer, end, asked: () => bridge.paramsOf('drives.growth').length };
}

test('what was answered is not asked again, what was stopped is', async () => {
  const { bridge, answer, end, asked } = growing();
  answer.follow();
  await answer.want(question);
  await answer.want(question);
  expect(asked()).toBe(1);
  bridge.emit('drives.growth', { jobId: 'job1', answer: [] });
  end('job1', 'completed');
  expect([answer.answer, answer.answered, answer.stopped]).toEqual([[], question, false]);
  await answer.want(question);
  expect(asked()).toBe(1);
  await answer.want({ ...question, seed: 2 });
  end('job2', 'stopped');
  expect(answer.stopped).toBe(true);
  // Until the new one comes the answer is still the old question's.
  expect(answer.answered).toEqual(question);
  await answer.want({ ...question, seed: 2 });
  expect(asked()).toBe(3);
});

test('leaving stops the work, and coming back asks anew', async () => {
  const { bridge, answer, asked } = growing();
  const stop = answer.follow();
  await answer.want(question);
  expect(answer.job).not.toBeNull();
  stop();
  await settle();
  expect(bridge.paramsOf('job.cancel')).toEqual([{ jobId: 'job1' }]);
  expect(answer.job).toBeNull();
  answer.follow();
  await answer.want(question);
  expect(asked()).toBe(2);
});

test('what an engine took with it is asked anew, what it had answered is not', async () => {
  const { bridge, answer, end, asked } = growing();
  const lost = () => bridge.emit('engine.state', { state: 'lost', reason: 'It was killed.' });
  answer.follow();
  await answer.want(question);
  end('job1', 'completed');
  lost();
  await answer.want(question);
  expect(asked()).toBe(1);
  await answer.want({ ...question, seed: 2 });
  lost();
  expect(answer.job).toBeNull();
  await answer.want({ ...question, seed: 2 });
  expect(asked()).toBe(3);
});

test('other weights or images make another answer, even while nobody looks', async () => {
  const { bridge, answer, end, asked } = growing();
  const stop = answer.follow();
  await answer.want(question);
  end('job1', 'completed');
  stop();
  bridge.emit('project.changed', { what: ['networks'] });
  await answer.want(question);
  expect(asked()).toBe(1);
  bridge.emit('project.changed', { what: ['runs'] });
  await answer.want(question);
  expect(asked()).toBe(2);
});

test('images as a network sees them are read once each, and anew for another network', async () => {
  const image = { height: 1, width: 1, channels: 1 as const, pixels: new Uint8Array(1) };
  const bridge = new ScriptedBridge({
    'drives.pixels': (asked) => (asked as Asked).imageIds.map((id) => (id === 3 ? null : image)),
  });
  const seen = new SeenImages(bridge.connection);
  await seen.want({ networkId: 1 }, [1, 3]);
  await seen.want({ networkId: 1 }, [3, 2, 1]);
  expect(bridge.paramsOf('drives.pixels').map((asked) => (asked as Asked).imageIds)).toEqual([[1, 3], [2]]);
  expect([seen.get(1), seen.get(3), seen.get(4)]).toEqual([image, null, undefined]);
  await seen.want({ networkId: 2 }, [1]);
  expect(seen.get(2)).toBeUndefined();
  expect(bridge.paramsOf('drives.pixels')).toHaveLength(3);
});

import { expect, test } from 'vitest';
import { LongWork } from '../../src-main/main/long-work.ts';
import type { EngineEvent } from '../../src-main/shared/rpc.ts';

const error = { code: 'engine-lost', message: 'Gone.', hint: '' } as const;
const progress: EngineEvent = {
  name: 'job.progress',
  payload: { jobId: 'a', kind: 'import', done: 1, total: 9, etaSeconds: 8 },
};
const ended: EngineEvent = {
  name: 'job.ended',
  payload: { jobId: 'a', kind: 'import', end: 'completed', summary: '', error: null },
};

/** What main hears of one import, in order, and whether it is still going after that. */
const stories: [heard: ('reply' | 'progress' | 'ended')[], going: boolean][] = [
  [['reply'], true],
  [['reply', 'progress'], true],
  [['progress', 'reply'], true],
  [['progress'], true],
  [['progress', 'progress'], true],
  [['reply', 'progress', 'ended'], false],
  [['progress', 'ended'], false],
  [['ended', 'reply'], false],
  [['progress', 'ended', 'reply'], false],
];

test.each(stories)('after %j a lost engine ends the job: %s', (heard, going) => {
  const work = new LongWork();
  for (const what of heard) {
    if (what === 'reply') work.started('images.import', 'a');
    else work.heard(what === 'progress' ? progress : ended);
  }
  const ends = going ? [{ name: 'job.ended', payload: { jobId: 'a', kind: 'import', end: 'engineLost' } }] : [];
  expect(work.lost(error)).toMatchObject(ends);
  expect(work.lost(error)).toEqual([]);
});

test('a run goes from its start to its end, whoever started it, and again when it is resumed', () => {
  const work = new LongWork();
  const runStarted: EngineEvent = {
    name: 'training.started',
    payload: { runId: 'r', name: 'run', epochs: 9, from: null },
  };
  const runEnded: EngineEvent = { name: 'training.ended', payload: { runId: 'r', end: 'stopped', error: null } };
  for (const event of [runStarted, runEnded]) work.heard(event);
  expect(work.lost(error)).toEqual([]);
  for (const event of [runStarted, runEnded, runStarted]) work.heard(event);
  expect(work.lost(error)).toMatchObject([{ name: 'training.ended', payload: { runId: 'r', end: 'engineLost' } }]);
  expect(work.lost(error)).toEqual([]);
});

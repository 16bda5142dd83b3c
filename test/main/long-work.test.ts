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

test('a run that is resumed is going again, and its first end is not taken for its second', () => {
  const work = new LongWork();
  const runEnded: EngineEvent = { name: 'training.ended', payload: { runId: 'r', end: 'stopped', error: null } };
  work.started('training.start', { runId: 'r' });
  work.heard(runEnded);
  work.asked('training.resume', { runId: 'r' });
  work.started('training.resume', { runId: 'r' });
  expect(work.lost(error)).toMatchObject([{ name: 'training.ended', payload: { runId: 'r', end: 'engineLost' } }]);

  work.asked('training.resume', { runId: 'r' });
  work.heard(runEnded);
  work.started('training.resume', { runId: 'r' });
  expect(work.lost(error)).toEqual([]);
});

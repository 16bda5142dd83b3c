import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Jobs } from '../../../src-main/engine/handlers/jobs.ts';
import type { Events } from '../../../src-main/shared/events.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

test('how long work still takes is told by the work alone, not by what it waited for before', async () => {
  const told: unknown[] = [];
  const ended = Promise.withResolvers<void>();
  const jobs = new Jobs((name, payload) => {
    if (name === 'job.progress') told.push((payload as Events['job.progress']).etaSeconds);
    else ended.resolve();
  });
  jobs.start('quality', ({ progress }) => {
    vi.advanceTimersByTime(60_000);
    progress(0, 40);
    vi.advanceTimersByTime(2000);
    progress(10, 40);
    return Promise.resolve('');
  });
  await ended.promise;
  expect(told).toEqual([null, 6]);
});

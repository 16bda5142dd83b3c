import { describe, expect, test } from 'vitest';
import { Coalesced } from '../../../src-renderer/state/coalesce.ts';

/** Work that counts its runs and ends when told to. */
function controlled() {
  const runs: { end: () => void; fail: (error: Error) => void }[] = [];
  const coalesced = new Coalesced(
    () => new Promise<void>((resolve, reject) => runs.push({ end: resolve, fail: reject })),
  );
  return { runs, coalesced };
}
const settle = () => new Promise((resolve) => setTimeout(resolve));

describe('Coalesced', () => {
  test('a flood while one runs costs one more run, which starts after the last call', async () => {
    const { runs, coalesced } = controlled();
    const calls = [coalesced.run(), coalesced.run(), coalesced.run()];
    expect(runs).toHaveLength(1);
    runs[0]?.end();
    await settle();
    expect(runs).toHaveLength(2);
    runs[1]?.end();
    await Promise.all(calls);
    expect(runs).toHaveLength(2);
  });

  test('runs again when asked after it ended', async () => {
    const { runs, coalesced } = controlled();
    const first = coalesced.run();
    runs[0]?.end();
    await first;
    const second = coalesced.run();
    runs[1]?.end();
    await second;
    expect(runs).toHaveLength(2);
  });

  test('a failure is told, and does not end it for good', async () => {
    const { runs, coalesced } = controlled();
    const first = coalesced.run();
    runs[0]?.fail(new Error('lost'));
    await expect(first).rejects.toThrow('lost');
    const second = coalesced.run();
    runs[1]?.end();
    await expect(second).resolves.toBeUndefined();
  });

  test('what was asked during a run that failed is still done', async () => {
    const { runs, coalesced } = controlled();
    const calls = [coalesced.run(), coalesced.run()];
    runs[0]?.fail(new Error('lost'));
    await settle();
    runs[1]?.end();
    await expect(Promise.all(calls)).resolves.toHaveLength(2);
  });
});

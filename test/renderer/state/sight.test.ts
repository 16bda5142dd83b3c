import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { nearIds, Sight } from '../../../src-renderer/state/sight.ts';
import { BridgeStandIn } from './bridge-stand-in.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('what is in sight comes first, then what is around it, as far as two screens', () => {
  const ids = Uint32Array.from({ length: 20 }, (_, index) => 100 + index);
  expect(nearIds(ids, 8, 9)).toEqual([108, 109, 110, 107, 111, 106, 112, 105, 113, 104]);
  expect(nearIds(ids, 0, 1)).toEqual([100, 101, 102, 103, 104, 105]);
  expect(nearIds(ids, 19, 25)).toEqual([119, 118, 117, 116, 115, 114, 113, 112, 111, 110, 109, 108, 107, 106, 105]);
  expect(nearIds(new Uint32Array(), 0, 3)).toEqual([]);
});

test('of a movement the first and the last are told, and not more than ten a second between', async () => {
  const bridge = new BridgeStandIn({ 'images.look': () => undefined });
  const sight = new Sight(bridge.connection);
  for (let at = 1; at <= 60; at++) {
    sight.look(() => ({ ids: [at], size: 128 }));
    await vi.advanceTimersByTimeAsync(16);
  }
  await vi.advanceTimersByTimeAsync(1000);
  const told = bridge.asked.map(({ params }) => (params as { ids: number[] }).ids[0]);
  expect(told[0]).toBe(1);
  expect(told.at(-1)).toBe(60);
  expect(told.length).toBeLessThan(13);
});

test('with nothing in sight nothing is told, and no failure is heard of', async () => {
  const bridge = new BridgeStandIn({
    'images.look': () => {
      throw new Error('There is no engine.');
    },
  });
  const sight = new Sight(bridge.connection);
  sight.look(() => ({ ids: [], size: 128 }));
  await vi.advanceTimersByTimeAsync(1000);
  expect(bridge.asked).toEqual([]);
  sight.look(() => ({ ids: [1], size: 128 }));
  await vi.advanceTimersByTimeAsync(1000);
  expect(bridge.timesAsked('images.look')).toBe(1);
});

import { describe, expect, it } from 'vitest';
import { WorkControl } from '../../../src-main/engine/training/control.ts';

const settled = async (promise: Promise<unknown>) =>
  Promise.race([promise.then(() => true), new Promise((resolve) => setTimeout(() => resolve(false), 20))]);

describe('WorkControl', () => {
  it('holds the work while paused and lets it go on', async () => {
    const control = new WorkControl();
    control.pause();
    const waiting = control.checkpoint();
    expect(await settled(waiting)).toBe(false);
    control.continue();
    expect(await waiting).toBe(true);
  });

  it('stops, paused or not, and stays stopped', async () => {
    const control = new WorkControl();
    control.pause();
    const waiting = control.checkpoint();
    control.stop();
    expect(await waiting).toBe(false);
    control.pause();
    expect(control.paused).toBe(false);
    expect(control.signal.aborted).toBe(true);
  });
});

import { expect } from 'vitest';

/**
 * Holds a promise about time, in ms since `start` of performance.now(). It is made for a machine that does nothing else:
 * kept to the letter in the soak, which has one to itself, and twelve times looser beside whatever else may run.
 */
export function expectWithin(limit: number, start: number): void {
  expect(performance.now() - start).toBeLessThan(process.env.RECEPTIVE_SOAK ? limit : 12 * limit);
}

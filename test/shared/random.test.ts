import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../src-main/shared/random.ts';

const draw = (count: number, one: () => number): number[] => Array.from({ length: count }, one);
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('createRandom', () => {
  test('the same seed and stream repeat; another seed or stream does not', () => {
    const first = (seed: number, stream?: string): number[] => draw(8, createRandom(seed, stream).next);
    expect(first(7)).toEqual(first(7));
    expect(first(7, 'split')).toEqual(first(7, 'split'));
    expect(first(7)).not.toEqual(first(8));
    expect(first(7, 'split')).not.toEqual(first(7, 'weights'));
  });

  test('uniform numbers fill [0, 1) evenly', () => {
    const values = draw(20_000, createRandom(1).next);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    const bins = new Array<number>(10).fill(0);
    for (const value of values) {
      const bin = Math.floor(value * 10);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    for (const count of bins) expect(Math.abs(count - 2000)).toBeLessThan(200); // 4.7 standard deviations
  });

  test('normal numbers have mean 0 and variance 1', () => {
    const values = draw(20_000, createRandom(2).normal);
    expect(Math.abs(mean(values))).toBeLessThan(0.03);
    expect(Math.abs(mean(values.map((value) => value ** 2)) - 1)).toBeLessThan(0.05);
    expect(values.every(Number.isFinite)).toBe(true);
  });

  test('int stays below its bound and reaches every value', () => {
    const random = createRandom(3);
    expect(new Set(draw(500, () => random.int(6)))).toEqual(new Set([0, 1, 2, 3, 4, 5]));
  });

  test('shuffle keeps every item, in place, and moves each to each place equally often', () => {
    fc.assert(
      fc.property(fc.nat(), fc.array(fc.integer()), (seed, items) => {
        const shuffled = [...items];
        expect(createRandom(seed).shuffle(shuffled)).toBe(shuffled);
        expect([...shuffled].sort((x, y) => x - y)).toEqual([...items].sort((x, y) => x - y));
      }),
    );
    const random = createRandom(4);
    const places = [0, 0, 0, 0];
    for (let i = 0; i < 4000; i++) {
      const place = random.shuffle([0, 1, 2, 3]).indexOf(0);
      places[place] = (places[place] ?? 0) + 1;
    }
    for (const count of places) expect(Math.abs(count - 1000)).toBeLessThan(140);
  });
});

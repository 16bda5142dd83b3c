import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HashIndex } from '../../../src-main/engine/quality/hash-index.ts';

const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const bits = (value: number): number => [...(value >>> 0).toString(2)].filter((digit) => digit === '1').length;

test('finds every hash that differs in up to 11 bits, nearest first, and nothing that differs in more than asked for', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(word, word), { minLength: 2, maxLength: 40 }),
      fc.array(fc.tuple(fc.nat(), fc.array(fc.nat({ max: 63 }), { maxLength: 14 })), { maxLength: 40 }),
      (given, changes) => {
        const hashes = given.map((halves) => [...halves]);
        // Most random hashes are far from each other: some that are near.
        for (const [from, flipped] of changes) {
          const copy = [...hashes[from % hashes.length]!];
          for (const bit of flipped) copy[bit >> 5]! = (copy[bit >> 5]! ^ (1 << (bit & 31))) >>> 0;
          hashes.push(copy);
        }
        const index = new HashIndex(Uint32Array.from(hashes.flat()));
        hashes.slice(1).forEach((_, at) => index.add(at + 1));
        const distanceTo = (at: number) =>
          bits(hashes[0]![0]! ^ hashes[at]![0]!) + bits(hashes[0]![1]! ^ hashes[at]![1]!);
        const found = index.near(0, 14, 1000);
        const distances = found.map(distanceTo);
        expect(new Set(found).size).toBe(found.length);
        expect(distances).toEqual(distances.toSorted((a, b) => a - b));
        expect(Math.max(0, ...distances)).toBeLessThanOrEqual(14);
        // Of 11 bits in four parts, one part has two at most.
        const sure = hashes.flatMap((_, at) => (at > 0 && distanceTo(at) <= 11 ? [at] : []));
        expect(sure.filter((at) => !found.includes(at))).toEqual([]);
        expect(index.near(0, 14, 3)).toEqual(found.slice(0, 3));
      },
    ),
    { seed: 4, numRuns: 200 },
  );
});

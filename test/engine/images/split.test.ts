import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitStratified } from '../../../src-main/engine/images/split.ts';

const labelsOf = (...counts: number[]): number[] =>
  counts.flatMap((count, label) => new Array<number>(count).fill(label));
const counts = (
  sides: string[],
  labels: number[],
  label: number,
): [train: number, validation: number, test: number] => {
  const own = sides.filter((_, at) => labels[at] === label);
  const count = (side: string) => own.filter((one) => one === side).length;
  return [count('train'), count('validation'), count('test')];
};

// images of the class, validation share, test share -> in training, validation, test
test.each([
  [10, 0.2, 0, [8, 2, 0]],
  [5, 0.2, 0, [4, 1, 0]],
  [200, 0.2, 0.1, [140, 40, 20]],
  [10, 0, 0, [10, 0, 0]],
  [1, 0.2, 0.2, [1, 0, 0]],
  [1, 0.9, 0, [1, 0, 0]],
  [2, 0.2, 0, [2, 0, 0]],
  [2, 0.5, 0, [1, 1, 0]],
  [3, 0.1, 0, [2, 1, 0]],
  [3, 0.1, 0.1, [1, 1, 1]],
  [4, 0.9, 0, [1, 3, 0]],
  [4, 0.9, 0.9, [1, 3, 0]],
  [7, 0.5, 0, [3, 4, 0]],
])('%i images at %f and %f', (count, validationShare, testShare, expected) => {
  const labels = labelsOf(count);
  expect(counts(splitStratified(labels, validationShare, testShare, 1), labels, 0)).toEqual(expected);
});

test('every class gives its share, whatever the order of the images', () => {
  const labels = labelsOf(100, 10, 5, 1);
  const mixed = labels.map((_, at) => labels[(at * 37) % labels.length]!);
  for (const order of [labels, mixed]) {
    const sides = splitStratified(order, 0.2, 0, 7);
    expect([0, 1, 2, 3].map((label) => counts(sides, order, label)[1])).toEqual([20, 2, 1, 0]);
  }
});

test('the seed decides, and nothing else', () => {
  const labels = labelsOf(50, 50);
  const split = (seed: number) => splitStratified(labels, 0.2, 0.1, seed);
  expect(split(3)).toEqual(split(3));
  expect(split(3)).not.toEqual(split(4));
  expect(splitStratified(Int32Array.from(labels), 0.2, 0.1, 3)).toEqual(split(3));
});

test("another class's images do not move a class's own", () => {
  const alone = splitStratified(labelsOf(30), 0.2, 0.2, 5);
  expect(splitStratified(labelsOf(30, 40), 0.2, 0.2, 5).slice(0, 30)).toEqual(alone);
});

test('who is held out is spread over the class', () => {
  const times = new Array<number>(10).fill(0);
  for (let seed = 0; seed < 1000; seed++) {
    splitStratified(labelsOf(10), 0.2, 0, seed).forEach((side, at) => (times[at]! += side === 'validation' ? 1 : 0));
  }
  // Each is held out 200 times in the mean, with a standard deviation of 12.6.
  for (const count of times) expect(Math.abs(count - 200)).toBeLessThan(65);
});

test('no class is ever left without a training image', () => {
  const share = fc.double({ min: 0, max: 0.9, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1 }),
      share,
      share,
      fc.nat(),
      (labels, v, t, seed) => {
        const sides = splitStratified(labels, v, t, seed);
        return (
          sides.length === labels.length && [...new Set(labels)].every((label) => counts(sides, labels, label)[0] > 0)
        );
      },
    ),
  );
});

describe('groups and sides that are settled', () => {
  const sideless = (count: number): null[] => new Array<null>(count).fill(null);

  test('a group is on one side, whole; single images fill the share around it', () => {
    const labels = labelsOf(20);
    const groups = labels.map((_, at) => (at < 4 ? 7 : null));
    let heldOut = 0;
    for (let seed = 0; seed < 200; seed++) {
      const sides = splitStratified(labels, 0.3, 0, seed, { groups });
      expect(new Set(sides.slice(0, 4)).size).toBe(1);
      expect(counts(sides, labels, 0)).toEqual([14, 6, 0]);
      if (sides[0] === 'validation') heldOut++;
    }
    // It has room when at most two of the 16 others are drawn before it: 3 times in 17, 35 of 200, standard deviation 5.4.
    expect(Math.abs(heldOut - 35)).toBeLessThan(27);
  });

  test('where only groups are left, the nearest one stands for the share', () => {
    const labels = labelsOf(10);
    const pairs = labels.map((_, at) => Math.floor(at / 2));
    expect(counts(splitStratified(labels, 0.1, 0, 1, { groups: pairs }), labels, 0)).toEqual([8, 2, 0]);
    // Five at once would be further from one than none is.
    const fives = labels.map((_, at) => Math.floor(at / 5));
    expect(counts(splitStratified(labels, 0.1, 0, 1, { groups: fives }), labels, 0)).toEqual([10, 0, 0]);
  });

  test('sides that are there stay and count; what is open fills what is wanting', () => {
    const labels = labelsOf(20);
    const given = labels.map((_, at) => (at < 3 ? ('validation' as const) : at < 10 ? ('train' as const) : null));
    const sides = splitStratified(labels, 0.25, 0.1, 1, { sides: given });
    expect(sides.slice(0, 10)).toEqual(given.slice(0, 10));
    expect(counts(sides, labels, 0)).toEqual([13, 5, 2]);
  });

  test('too many on a side already: the rest is learnt from, and one image at least', () => {
    const labels = labelsOf(5);
    const sides = [...new Array<'validation'>(4).fill('validation'), null];
    expect(splitStratified(labels, 0.2, 0.4, 1, { sides }).at(-1)).toBe('train');
  });

  test('a group takes the side of those of it that have one: of several training, then validation', () => {
    const sides = ['validation', null, 'test', null, 'train', 'test', null] as const;
    const groups = [1, 1, 1, 2, 2, 2, 3];
    expect(splitStratified(labelsOf(7), 0, 0, 1, { sides, groups })).toEqual([
      'validation',
      'validation',
      'test',
      'train',
      'train',
      'test',
      'train',
    ]);
  });

  test('the shares hold in every class but for less than its largest group; groups stay whole; given sides stay', () => {
    const share = fc.double({ min: 0, max: 0.6, noNaN: true });
    const image = fc.record({ label: fc.nat(2), group: fc.option(fc.nat(12), { freq: 2 }) });
    fc.assert(
      fc.property(fc.array(image, { minLength: 1, maxLength: 80 }), share, share, fc.nat(), (images, v, t, seed) => {
        const labels = images.map(({ label }) => label);
        // Of one class each: a group of several has to disappoint one of them.
        const groups = images.map(({ label, group }) => (group === null ? null : group * 3 + label));
        const sides = splitStratified(labels, v, t, seed, { groups });
        for (const members of Map.groupBy(images.keys(), (at) => groups[at]!).entries()) {
          if (members[0] !== null) expect(new Set(members[1].map((at) => sides[at])).size).toBe(1);
        }
        for (const label of new Set(labels)) {
          const own = [...images.keys()].filter((at) => labels[at] === label);
          const sizes = [...Map.groupBy(own, (at) => groups[at] ?? `alone ${at}`).values()].map(({ length }) => length);
          const [train, validation, test] = counts(sides, labels, label);
          const wanted = (shareOf: number, most: number) =>
            Math.min(most, Math.max(Math.round(shareOf * own.length), shareOf > 0 && own.length >= 3 ? 1 : 0));
          const wantedValidation = wanted(v, own.length - 1);
          const wantedTest = wanted(t, own.length - 1 - wantedValidation);
          expect(train).toBeGreaterThan(0);
          expect(Math.abs(validation - wantedValidation)).toBeLessThan(Math.max(...sizes));
          expect(Math.abs(test - wantedTest)).toBeLessThan(Math.max(...sizes));
        }
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  test('a group of several classes is held out only where every one of them wants it', () => {
    const labels = [...labelsOf(20, 20)];
    const groups = labels.map((_, at) => (at === 0 || at === 20 || at === 21 ? 1 : null));
    for (let seed = 0; seed < 50; seed++) {
      const sides = splitStratified(labels, 0.2, 0, seed, { groups });
      expect(new Set([sides[0], sides[20], sides[21]]).size).toBe(1);
      expect(counts(sides, labels, 0)).toEqual([16, 4, 0]);
      expect(counts(sides, labels, 1)).toEqual([16, 4, 0]);
    }
    expect(splitStratified(labels, 0.2, 0, 1, { groups, sides: sideless(40) })).toEqual(
      splitStratified(labels, 0.2, 0, 1, { groups }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createClass, listClasses } from '../../../src-main/engine/store/classes.ts';
import { excludeImages } from '../../../src-main/engine/store/exclusions.ts';
import { addImages, addSources } from '../../../src-main/engine/store/import.ts';
import { listImages } from '../../../src-main/engine/store/image-list.ts';
import { imageFacts, rejectImages } from '../../../src-main/engine/store/images.ts';
import { step } from '../../../src-main/engine/store/journal.ts';
import { setLabels } from '../../../src-main/engine/store/labels.ts';
import { Project } from '../../../src-main/engine/store/project.ts';
import { assignSplits, pinImages, trainingSides } from '../../../src-main/engine/store/splits.ts';
import { columnOf, entryCount, rowsOf, writeGroup } from './rows.ts';
import { imageRow, projectWithImages, useTemporaryHome } from './support.ts';

useTemporaryHome();

/** A project with 20 cats, 10 dogs, one fish, a broken cat and an unlabelled image. */
function labelled(): Project {
  const project = Project.create('labelled');
  addSources(project.db, ['/p']);
  const many = (name: string, count: number) =>
    Array.from({ length: count }, (_, i) => imageRow(`/p/${name}/${i}.png`, name));
  addImages(project.db, [...many('cat', 20), ...many('dog', 10), ...many('fish', 1)]);
  addImages(project.db, [imageRow('/p/cat/broken.png', 'cat', 'rejected'), imageRow('/p/none.png')]);
  return project;
}

/** How many images of each class are on each side: { cat: { train: 14, ... }, ... }. */
function countSides({ db }: Project): Record<string, Record<string, number>> {
  const names = new Map(listClasses(db).map(({ id, name }) => [id, name]));
  const counts: Record<string, Record<string, number>> = {};
  for (const id of listImages(db, {}).ids) {
    const { classId, split } = imageFacts(db, id);
    const sides = (counts[names.get(classId ?? 0) ?? 'none'] ??= {});
    sides[split] = (sides[split] ?? 0) + 1;
  }
  return counts;
}

test('a split takes its shares of every class, and only of labelled images that can be used', () => {
  const project = labelled();
  assignSplits(project.db, { validationShare: 0.2, testShare: 0.1, seed: 1 }, false);
  expect(countSides(project)).toEqual({
    cat: { train: 14, validation: 4, test: 2 },
    dog: { train: 7, validation: 2, test: 1 },
    fish: { train: 1 },
    none: { none: 2 },
  });
  expect(project.summary().undo).toBe('Split 31 images');
  step(project.db, 'undo');
  expect(countSides(project)).toEqual({ cat: { none: 20 }, dog: { none: 10 }, fish: { none: 1 }, none: { none: 2 } });
  project.close();
});

test('the same seed gives the same split; images keep their side until it is made anew', () => {
  const project = labelled();
  const splitsNow = () => [...listImages(project.db, {}).splits];
  assignSplits(project.db, { validationShare: 0.2, testShare: 0.2, seed: 5 }, false);
  const first = splitsNow();
  addImages(project.db, [imageRow('/p/dog/new.png', 'dog')]);
  assignSplits(project.db, { validationShare: 0.2, testShare: 0.2, seed: 9 }, false);
  expect(splitsNow().slice(0, -1)).toEqual(first);
  // 2 of 11 dogs are as near to a fifth as it gets: the newcomer is learnt from.
  expect(splitsNow().at(-1)).toBe(1);
  assignSplits(project.db, { validationShare: 0.5, testShare: 0, seed: 9 }, true);
  expect(splitsNow().slice(0, -1)).not.toEqual(first);
  step(project.db, 'undo');
  expect(splitsNow().slice(0, -1)).toEqual(first);
  const anew = (seed: number) => {
    assignSplits(project.db, { validationShare: 0.2, testShare: 0.2, seed }, true);
    return splitsNow();
  };
  const fifth = anew(5);
  expect(anew(6)).not.toEqual(fifth);
  expect(anew(5)).toEqual(fifth);
  project.close();
});

test('images that come in one by one fill the shares as well as all at once', () => {
  const { db } = projectWithImages(40);
  const cat = createClass(db, 'cat').id;
  for (let id = 1; id <= 40; id++) {
    setLabels(db, [id], cat);
    assignSplits(db, { validationShare: 0.2, testShare: 0.1, seed: id }, false);
  }
  const splits = columnOf(db, 'split');
  expect([1, 2, 3].map((side) => splits.filter((split) => split === side).length)).toEqual([28, 8, 4]);
  db.close();
});

test('training takes the split of the project, or without one the share of its recipe', () => {
  const project = labelled();
  const sizes = (recipe: { validationShare: number; seed: number }) => {
    const { training, validation } = trainingSides(project.db, recipe);
    return [training.length, validation.length];
  };
  expect(sizes({ validationShare: 0.2, seed: 1 })).toEqual([25, 6]);
  expect(sizes({ validationShare: 0, seed: 1 })).toEqual([31, 0]);
  rejectImages(project.db, [{ id: 1, reason: 'gone' }]);
  expect(sizes({ validationShare: 0, seed: 1 })).toEqual([30, 0]);
  assignSplits(project.db, { validationShare: 0.1, testShare: 0.5, seed: 1 }, false);
  const { training, validation } = trainingSides(project.db, { validationShare: 0.9, seed: 1 });
  const counts = countSides(project);
  expect(training.length).toBe(counts['cat']!['train']! + counts['dog']!['train']! + counts['fish']!['train']!);
  expect(validation.length).toBe(counts['cat']!['validation']! + counts['dog']!['validation']!);
  const late = addImages(project.db, [imageRow('/p/late.png')]);
  expect(late.added).toBe(1);
  setLabels(project.db, [project.summary().imageCount], createClass(project.db, 'late').id);
  expect(trainingSides(project.db, { validationShare: 0.9, seed: 1 }).training).toHaveLength(training.length + 1);
  project.close();
});

/** `count` cats without sides. */
function cats(count: number): Project {
  const project = projectWithImages(count);
  const ids = Array.from({ length: count }, (_, index) => index + 1);
  setLabels(project.db, ids, createClass(project.db, 'cat').id);
  return project;
}

const half = { validationShare: 0.5, testShare: 0, seed: 3 };

describe('duplicates', () => {
  test('come to one side', () => {
    for (let seed = 0; seed < 6; seed++) {
      const { db } = cats(20);
      writeGroup(db, 'nearDuplicate', 1, [1, 2, 3, 4]);
      writeGroup(db, 'nearDuplicate', 2, [10, 20]);
      // The numbers of findings that are no groups mean something else.
      writeGroup(db, 'tooDark', 1, [5, 6, 7]);
      assignSplits(db, { ...half, seed }, false);
      const splits = columnOf(db, 'split');
      expect(new Set(splits.slice(0, 4)).size).toBe(1);
      expect(splits[9]).toBe(splits[19]);
      expect(splits.filter((split) => split === 2)).toHaveLength(10);
      const { training, validation } = trainingSides(db, { validationShare: 0.3, seed });
      expect([training.length, validation.length]).toEqual([10, 10]);
      db.close();
    }
  });

  test('that come later are on the side of those that were there, and that one stays', () => {
    const { db } = cats(12);
    pinImages(db, [1], 'test');
    pinImages(db, [2], 'train');
    pinImages(db, [2, 1], null);
    writeGroup(db, 'nearDuplicate', 1, [1, 11]);
    writeGroup(db, 'nearDuplicate', 2, [2, 12]);
    for (const seed of [1, 2, 3]) {
      assignSplits(db, { ...half, seed }, false);
      expect([0, 10, 1, 11].map((at) => columnOf(db, 'split')[at])).toEqual([3, 3, 1, 1]);
      step(db, 'undo');
    }
    db.close();
  });

  test('a newcomer that bridges two sides moves nothing, is learnt from and is reported with those it is like', () => {
    const { db } = cats(12);
    pinImages(db, [1], 'validation');
    pinImages(db, [2], 'train');
    writeGroup(db, 'nearDuplicate', 1, [1, 2, 3]);
    assignSplits(db, half, false);
    expect(columnOf(db, 'split').slice(0, 3)).toEqual([2, 1, 1]);
    expect([...listImages(db, { finding: 'acrossSides' }).ids]).toEqual([1, 2, 3]);
    db.close();
  });

  test('that are excluded hold nobody', () => {
    const { db } = cats(12);
    pinImages(db, [1], 'test');
    excludeImages(db, [1], true);
    writeGroup(db, 'nearDuplicate', 1, [1, 2]);
    assignSplits(db, { ...half, validationShare: 0 }, false);
    expect(columnOf(db, 'split').slice(0, 2)).toEqual([3, 1]);
    db.close();
  });

  test('keep to one side in a run whose recipe holds images out, and late ones in a run on an assigned split', () => {
    const { db } = cats(20);
    writeGroup(db, 'nearDuplicate', 1, [1, 2, 3, 4]);
    for (let seed = 0; seed < 20; seed++) {
      const { training, validation } = trainingSides(db, { validationShare: 0.5, seed });
      expect([training.length, validation.length]).toEqual([10, 10]);
      expect([0, 4]).toContain(validation.filter(({ id }) => id <= 4).length);
    }
    assignSplits(db, half, false);
    addImages(
      db,
      ['a', 'b', 'c'].map((name) => imageRow(`/pictures/${name}.png`, 'cat')),
    );
    const heldOut = columnOf(db, 'split').lastIndexOf(2) + 1;
    writeGroup(db, 'nearDuplicate', 7, [heldOut, 21]);
    const { training, validation } = trainingSides(db, { validationShare: 0.5, seed: 1 });
    expect(validation.map(({ id }) => id)).toContain(21);
    expect(training.map(({ id }) => id)).toEqual(expect.arrayContaining([22, 23]));
    expect(columnOf(db, 'split').slice(20)).toEqual([0, 0, 0]);
    db.close();
  });
});

describe('pinned images', () => {
  test('stay, also when all is split anew, and take their duplicates with them', () => {
    const { db } = cats(20);
    writeGroup(db, 'nearDuplicate', 1, [1, 2, 3]);
    pinImages(db, [1, 4], 'test');
    for (let seed = 0; seed < 10; seed++) {
      assignSplits(db, { ...half, seed }, true);
      const splits = columnOf(db, 'split');
      expect(splits.slice(0, 4)).toEqual([3, 3, 3, 3]);
      expect(splits.filter((split) => split === 2)).toHaveLength(10);
    }
    db.close();
  });

  test('are let go on the side where they are; rejected ones are passed over; what changes nothing leaves no entry', () => {
    const project = cats(3);
    const { db } = project;
    rejectImages(db, [{ id: 3, reason: 'cut off' }]);
    expect(pinImages(db, [1, 3], 'validation')).toEqual([1]);
    expect(project.summary().undo).toBe('Pin 1 image to validation');
    const entries = entryCount(db);
    expect(pinImages(db, [1, 3], 'validation')).toEqual([]);
    expect(pinImages(db, [2], null)).toEqual([]);
    expect(entryCount(db)).toBe(entries);
    expect(pinImages(db, [1, 2], null)).toEqual([1]);
    expect([columnOf(db, 'split'), columnOf(db, 'pinned')]).toEqual([
      [2, 0, 0],
      [0, 0, 0],
    ]);
    expect(() => pinImages(db, [1, 99], 'test')).toThrow(expect.objectContaining({ code: 'not-found' }));
    step(db, 'undo');
    step(db, 'undo');
    expect([columnOf(db, 'split'), columnOf(db, 'pinned')]).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
    db.close();
  });

  test('without a label wait for it', () => {
    const { db } = projectWithImages(3);
    pinImages(db, [1], 'test');
    assignSplits(db, half, true);
    expect(columnOf(db, 'split')).toEqual([3, 0, 0]);
    db.close();
  });

  test('alone do not make a split: the recipe holds out its share around them', () => {
    const { db } = cats(10);
    pinImages(db, [1], 'test');
    pinImages(db, [2], 'train');
    const { training, validation } = trainingSides(db, { validationShare: 0.3, seed: 1 });
    expect([training.length, validation.length]).toEqual([6, 3]);
    expect(training.map(({ id }) => id)).toContain(2);
    expect([...training, ...validation].map(({ id }) => id)).not.toContain(1);
    db.close();
  });
});

test('whatever comes in between, a side that is there never moves, groups stay whole, pins hold on a new split', () => {
  const round = fc.record({
    label: fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 24 }), fc.nat(2)), { selector: ([id]) => id }),
    pin: fc.option(fc.tuple(fc.integer({ min: 1, max: 24 }), fc.constantFrom('train', 'validation', 'test'))),
    shares: fc.record({
      validationShare: fc.constantFrom(0, 0.1, 0.3, 0.6),
      testShare: fc.constantFrom(0, 0.2, 0.4),
      seed: fc.nat(100),
    }),
    reassign: fc.boolean(),
  });
  const groups = fc.array(fc.nat(8), { minLength: 24, maxLength: 24 });
  fc.assert(
    fc.property(groups, fc.array(round, { minLength: 1, maxLength: 6 }), (groupOf, rounds) => {
      const { db } = projectWithImages(24);
      const classes = ['a', 'b', 'c'].map((name) => createClass(db, name).id);
      groupOf.forEach((group, at) => group > 0 && writeGroup(db, 'nearDuplicate', group, [at + 1]));
      for (const { label, pin, shares, reassign } of rounds) {
        for (const [id, at] of label) setLabels(db, [id], classes[at]!);
        if (pin) pinImages(db, [pin[0]], pin[1] as 'train');
        const before = columnOf(db, 'split');
        const held = before.map((split, at) => (reassign && columnOf(db, 'pinned')[at] === 0 ? 0 : split));
        const heldGroups = Map.groupBy(held.keys(), (at) => groupOf[at]!);
        assignSplits(db, shares, reassign);
        const labels = columnOf(db, 'class_id');
        columnOf(db, 'split').forEach((split, at) => {
          if (held[at] !== 0) expect(split).toBe(held[at]);
          else if (labels[at] === null) expect(split).toBe(before[at]);
          else {
            expect(split).toBeGreaterThan(0);
            const known =
              groupOf[at] === 0
                ? []
                : heldGroups
                    .get(groupOf[at]!)!
                    .map((one) => held[one]!)
                    .filter(Boolean);
            if (known.length > 0) expect(split).toBe(Math.min(...(known as number[])));
          }
        });
        // Groups without a side to keep, by their side now.
        for (const [group, members] of heldGroups) {
          if (group === 0 || members.some((at) => held[at] !== 0)) continue;
          const free = members.filter((at) => labels[at] !== null);
          expect(new Set(free.map((at) => columnOf(db, 'split')[at])).size).toBeLessThanOrEqual(1);
        }
      }
      const after = rowsOf(db);
      let steps = 0;
      for (; entryCount(db) > steps; steps++) step(db, 'undo');
      for (; steps > 0; steps--) step(db, 'redo');
      expect(rowsOf(db)).toEqual(after);
      db.close();
    }),
    { numRuns: 25, seed: 20260202 },
  );
});

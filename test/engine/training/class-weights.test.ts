import { expect, test } from 'vitest';
import { weightsOfClasses } from '../../../src-main/engine/training/class-weights.ts';

const classes = ['cat', 'dog', 'owl'];
const labels = Int32Array.of(0, 0, 0, 0, 0, 0, 1, 1, 1, 2);

test('none: all images count the same', () => expect(weightsOfClasses('none', classes, labels)).toBeNull());

test('balanced: every class counts the same in sum, and the mean over the images is 1', () => {
  const weights = weightsOfClasses('balanced', classes, labels)!;
  expect(weights.map((weight) => Number(weight.toFixed(4)))).toEqual([0.5556, 1.1111, 3.3333]);
  expect([...labels].reduce((sum, label) => sum + weights[label]!, 0) / labels.length).toBeCloseTo(1, 10);
});

test('balanced: a class without training images takes nothing from the others', () => {
  expect(weightsOfClasses('balanced', classes, Int32Array.of(0, 0, 0, 1))).toEqual([2 / 3, 2, 1]);
});

test('by name, 1 where none is given', () => {
  expect(weightsOfClasses({ owl: 5, cat: 0 }, classes, labels)).toEqual([0, 1, 5]);
});

test('a class that is not there is named', () => {
  expect(() => weightsOfClasses({ cow: 2 }, classes, labels)).toThrow(
    expect.objectContaining({ code: 'usage', message: expect.stringMatching(/"cow".*cat, dog, owl/) }),
  );
});

/** Each schedule against figures worked out by hand from its published formula. */
import { describe, expect, test } from 'vitest';
import { recipeSchema } from '../../src-main/shared/run.ts';
import type { EpochMetrics, Recipe } from '../../src-main/shared/run.ts';
import { hasStalled, learningRateAt, plateauDrops } from '../../src-main/shared/schedule.ts';

const rules = (given: Partial<Recipe>): Recipe => recipeSchema.parse(given);
/** The rates of all steps of a run. */
function rates(given: Partial<Recipe>, stepsPerEpoch: number): number[] {
  const recipe = rules({ learningRate: 1, ...given });
  const steps = Array.from({ length: recipe.epochs * stepsPerEpoch }, (_, step) => step);
  return steps.map((step) => learningRateAt(recipe, step, stepsPerEpoch, []));
}
const losses = (...values: number[]): EpochMetrics[] =>
  values.map((loss, i) => ({ epoch: i + 1, loss, accuracy: 0, imagesPerSecond: 1 }));

function expectRates(actual: number[], expected: number[]): void {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((rate, i) => expect(actual[i], `step ${i}`).toBeCloseTo(rate, 6));
}

describe('the learning rate', () => {
  test('is constant by default', () => expectRates(rates({ epochs: 2 }, 3), [1, 1, 1, 1, 1, 1]));

  test('falls by the factor after so many epochs', () => {
    const expected = [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25];
    expectRates(rates({ epochs: 5, schedule: 'step', dropEpochs: 2, dropFactor: 0.5 }, 2), expected);
  });

  test('follows a cosine from the first step towards 0', () => {
    expectRates(rates({ epochs: 2, schedule: 'cosine' }, 2), [1, 0.853553, 0.5, 0.146447]);
  });

  test("goes up and down once, with the phases of PyTorch's OneCycleLR", () => {
    // Ten steps: up from 1 / 25 to 1 at step 2, then down to 1 / 250,000 at step 9, by cos(k pi / 7).
    const down = [0.9009689, 0.6234898, 0.2225209, -0.2225209, -0.6234898, -0.9009689, -1];
    const expected = [0.04, 0.52, 1, ...down.map((cosine) => 4e-6 + ((1 - 4e-6) * (1 + cosine)) / 2)];
    expectRates(rates({ epochs: 5, schedule: 'one-cycle' }, 2), expected);
  });

  test('warms up step by step, and the schedule fills what is left', () => {
    expectRates(rates({ epochs: 2, warmupEpochs: 1 }, 4), [0.25, 0.5, 0.75, 1, 1, 1, 1, 1]);
    const cosine = [0.25, 0.5, 0.75, 1, 1, 0.853553, 0.5, 0.146447];
    expectRates(rates({ epochs: 2, warmupEpochs: 1, schedule: 'cosine' }, 4), cosine);
    expectRates(rates({ epochs: 1, warmupEpochs: 0.5 }, 4), [0.5, 1, 1, 1]);
  });

  test('falls after each row of epochs without a lower loss', () => {
    const recipe = rules({ learningRate: 1, schedule: 'plateau', dropEpochs: 2, dropFactor: 0.1 });
    expect(learningRateAt(recipe, 9, 3, losses(1, 0.5))).toBe(1);
    expect(learningRateAt(recipe, 9, 3, losses(1, 0.5, 0.6, 0.5))).toBeCloseTo(0.1);
    expect(learningRateAt(recipe, 9, 3, losses(1, 0.5, 0.6, 0.5, 0.7, 0.7))).toBeCloseTo(0.01);
  });

  test.each(['step', 'cosine', 'one-cycle'] as const)('is never above the recipe, nor below 0: %s', (schedule) => {
    for (const epochs of [1, 2, 7]) {
      const all = rates({ epochs, schedule, warmupEpochs: 0.3, dropEpochs: 1 }, 5);
      expect(Math.max(...all)).toBeLessThanOrEqual(1);
      expect(Math.min(...all)).toBeGreaterThan(0);
    }
  });
});

describe('early stopping', () => {
  test.each([
    ['not before so many epochs', [3, 3], 2, false],
    ['after so many epochs without a lower loss', [3, 2, 2.5, 2], 2, true],
    ['counted from the lowest', [3, 2, 2.5, 1.9, 2], 2, false],
    ['NaN is not lower', [3, Number.NaN, Number.NaN], 2, true],
    ['never with 0', [3, 4, 5, 6], 0, false],
    ['never without epochs', [], 1, false],
  ])('%s', (_, values, patience, stalled) => expect(hasStalled(losses(...values), patience)).toBe(stalled));
});

describe('a plateau', () => {
  test.each([
    ['the first epochs are better than none', [3], 0],
    ['patience is counted from the lowest loss', [3, 2, 2.5, 2.2], 1],
    ['a lower loss begins the count anew', [3, 2, 2.5, 1.9, 2, 1.8], 0],
    ['a fall of less than 0.0001 nats is none', [3, 2.99995, 2.99992], 1],
    ['each further row of epochs drops again', [3, 3, 3, 3, 3], 2],
    ['no number is not lower', [3, Number.NaN, Number.NaN], 1],
  ])('%s', (_, values, drops) => expect(plateauDrops(losses(...values), 2)).toBe(drops));

  test('the validation loss goes before the training loss', () => {
    const metrics = losses(3, 2, 1).map((one) => ({ ...one, validationLoss: 1 }));
    expect(plateauDrops(metrics, 2)).toBe(1);
  });
});

import { describe, expect, test } from 'vitest';
import { hasExploded, rateOfStep, rateSteps, suggestRate, withLoss } from '../../src-main/shared/rate-search.ts';
import type { RatePoint } from '../../src-main/shared/rate-search.ts';

const after = (losses: number[]): RatePoint[] =>
  losses.reduce<RatePoint[]>((points, loss, at) => withLoss(points, rateOfStep(at), loss), []);

test('the rates go from 1e-6 to 10, each the same factor above the one before', () => {
  const rates = Array.from({ length: rateSteps }, (_, step) => rateOfStep(step));
  expect(rates[0]).toBeCloseTo(1e-6, 12);
  expect(rates.at(-1)).toBeCloseTo(10, 9);
  const factors = rates.slice(1).map((rate, at) => rate / rates[at]!);
  expect(Math.max(...factors) - Math.min(...factors)).toBeLessThan(1e-9);
});

describe('the smoothed loss', () => {
  test('of a constant loss is that loss from the first step on', () => {
    for (const { smoothed } of after([2, 2, 2, 2])) expect(smoothed).toBeCloseTo(2, 12);
  });

  test('is the mean with weights 0.9^age', () => {
    const weights = [0.81, 0.9, 1];
    const expected = (0.81 * 3 + 0.9 * 1 + 1 * 5) / weights.reduce((sum, weight) => sum + weight);
    expect(after([3, 1, 5]).at(-1)!.smoothed).toBeCloseTo(expected, 12);
  });
});

test('the test ends where the smoothed loss is four times its lowest', () => {
  expect(hasExploded(after([1, 1, 1, 1]))).toBe(false);
  expect(hasExploded(after([1, 1, 1, 30]))).toBe(true);
  expect(hasExploded([])).toBe(false);
});

describe('the suggestion', () => {
  test('is where the loss falls most steeply over the logarithm of the rate, not at its lowest', () => {
    // A step of the logistic curve, steepest at step 60, before the loss rises again from step 80 on.
    const points = Array.from({ length: rateSteps }, (_, at) => {
      const smoothed = at < 80 ? 2 - 1.5 / (1 + Math.exp(-(at - 60) / 3)) : 0.5 + (at - 80) ** 2 / 50;
      return { learningRate: rateOfStep(at), loss: smoothed, smoothed };
    });
    expect(suggestRate(points)).toBeCloseTo(Number(rateOfStep(60).toPrecision(2)), 12);
  });

  test('is none where the loss never falls', () => {
    expect(suggestRate(after(Array.from({ length: 50 }, (_, at) => 1 + at)))).toBeNull();
    expect(suggestRate([])).toBeNull();
  });
});

import { expect, test } from 'vitest';
import { gradientVerdict } from '../../../../src-renderer/views/inspect/gradient-verdict.ts';

const found = { checked: 1, channels: 3, filters: 4 };

test.each([
  [9e-5, 3_000_000, /0\.00009|9\.?0* × 10⁻⁵/, /1 of 3 input channels and 4 filters\. They agree\.$/],
  [1.1e-3, 900, /0\.0011/, /They differ by more than 0\.0001\.$/],
  [1.1e-3, 3_000_000, /0\.0011/, /They differ .* a sum of 3,000,000 products, which the engine rounds to 32 bits/],
])('a difference of %f over %i products', (difference, products, measured, judged) => {
  const verdict = gradientVerdict({ difference }, found, products);
  expect(verdict).toMatch(measured);
  expect(verdict).toMatch(judged);
});

test('what is no number is broken', () => {
  expect(gradientVerdict({ difference: NaN }, found, 900)).toMatch(/weights are broken/);
});

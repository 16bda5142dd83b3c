import { expect, test } from 'vitest';
import type { RunSummary } from '../../../../src-main/shared/project.ts';
import { recipeSchema } from '../../../../src-main/shared/run.ts';
import { compareRuns } from '../../../../src-renderer/views/train/compare-runs.ts';

const layer = { name: 'logits', kind: 'dense', units: 'classes' };
function made(recipe: object, layers: object[], validationAccuracy: number, dataHash = 'aaaaaaaaaaaaaaaa') {
  const run = {
    ...{ id: 'r', name: 'run', end: 'completed', last: null, note: '', params: 10, classes: ['a', 'b'] },
    recipe: recipeSchema.parse(recipe),
    network: { input: { size: 8, channels: 1 }, layers },
    preprocessing: { height: 8, width: 8, channels: 1, fit: 'stretch' },
    record: { dataHash, threads: 2, device: 'cpu', trainingImages: 8, validationImages: 2, versions: { node: '24' } },
  } as unknown as RunSummary;
  const metrics = [1, 2].map((epoch) => ({
    ...{ epoch, loss: 1 / epoch, accuracy: 0.5, validationLoss: 1, imagesPerSecond: 100 },
    validationAccuracy: epoch === 1 ? validationAccuracy : 0.1,
  }));
  return { run, metrics };
}
const differing = (...runs: ReturnType<typeof made>[]) =>
  Object.fromEntries(
    compareRuns(runs)
      .flatMap(({ rows }) => rows)
      .flatMap(({ label, values, differs }) => (differs ? [[label, values] as const] : [])),
  );

test('what is the same is not marked, each figure and field that differs is', () => {
  expect(differing(made({}, [layer], 0.5), made({}, [layer], 0.5))).toEqual({});
  const other = { seed: 7, optimizer: 'sgd', validationShare: 0.3, classWeights: { a: 2 }, augmentation: 'strong' };
  const found = differing(
    made({}, [layer], 0.5),
    made({}, [layer], 0.5),
    made(other, [{ ...layer, name: 'out' }], 0.9, 'bbbbbbbbbbbbbbbb'),
  );
  expect(found).toEqual({
    'Best epoch': ['1 (50.0 %)', '1 (50.0 %)', '1 (90.0 %)'].map((value) => expect.stringMatching(asPattern(value))),
    Optimizer: ['Adam', 'Adam', 'SGD'],
    Seed: ['1', '1', '7'],
    'Validation share': expect.anything(),
    'Class weights': ['None', 'None', 'a 2'],
    Augmentation: ['None', 'None', 'Strong'],
    Network: ['A: 1 layer', 'A: 1 layer', 'B: 1 layer'],
    'Data hash': ['aaaaaaaaaaaa', 'aaaaaaaaaaaa', 'bbbbbbbbbbbb'],
  });
});

/** Whatever stands between a number and its sign. */
const asPattern = (value: string) => new RegExp(value.replace(/[()]/g, '\\$&').replace(' %', '.?%'));

test('every field of the recipe has its row', () => {
  const [, recipe] = compareRuns([made({}, [layer], 0.5)]);
  expect(recipe!.rows).toHaveLength(Object.keys(recipeSchema.parse({})).length);
  expect(recipe!.rows.every(({ values: [value] }) => value !== 'undefined')).toBe(true);
});

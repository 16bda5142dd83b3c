import { expect, test } from 'vitest';
import type { RunSummary } from '../../../../src-main/shared/project.ts';
import { recipeSchema } from '../../../../src-main/shared/run.ts';
import { factsOfRun } from '../../../../src-renderer/views/train/run-facts.ts';

const factsWith = (recipe: object) =>
  Object.fromEntries(
    factsOfRun({
      recipe: recipeSchema.parse(recipe),
      params: 24346,
      preprocessing: { height: 28, width: 30, channels: 1, fit: 'crop' },
      record: {
        ...{ dataHash: '0123456789abcdef', threads: 2, device: 'cpu', trainingImages: 1600, validationImages: 400 },
        versions: { receptive: '0.1.0', node: '24' },
      },
    } as unknown as RunSummary),
  );

test('the facts of a run are all that it takes to repeat it', () => {
  expect(factsWith({ seed: 7, scaling: 'standard' })).toMatchObject({
    Augmentation: 'None',
    Fit: 'Middle only, the rest cut off',
    Pixels: 'Mean 0, deviation 1 per channel',
    Images: '1,600 training, 400 validation',
    Device: 'CPU, 2 threads',
    'Data hash': '0123456789ab',
    Software: 'receptive 0.1.0, node 24',
    Seed: '7',
  });
});

test('what is not at its default is told', () => {
  const usual = factsWith({});
  for (const name of ['Epochs before a drop', 'Factor of a drop', 'Scale of the first weights'])
    expect(Object.keys(usual)).not.toContain(name);
  expect(
    factsWith({ schedule: 'plateau', dropEpochs: 3, dropFactor: 0.5, initializer: 'normal', initializerScale: 0.02 }),
  ).toMatchObject({
    'Epochs before a drop': '3 epochs',
    'Factor of a drop': '0.5',
    'First weights': 'Normal',
    'Scale of the first weights': '0.02',
  });
  for (const name of ['Label smoothing', 'Class weights', 'Early stopping', 'Weight decay', 'Gradient clipping'])
    expect(Object.keys(usual)).not.toContain(name);
  expect(
    factsWith({
      ...{ labelSmoothing: 0.1, classWeights: { cat: 2 }, earlyStopping: 3, clipNorm: 1, optimizer: 'adamw' },
      augmentation: { rotation: 10, mixup: 0.2 },
    }),
  ).toMatchObject({
    'Label smoothing': '0.1',
    'Class weights': 'cat 2',
    'Early stopping': '3 epochs',
    'Gradient clipping': '1',
    'Weight decay': '0.004',
    Augmentation: expect.stringMatching(/10.*0\.2/),
  });
});

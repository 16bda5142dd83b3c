import { describe, expect, test } from 'vitest';
import { recipeSchema } from '../../src-main/shared/run.ts';
import { readRecipe, RecipeState, type RecipeFields } from '../../src-renderer/state/recipe.svelte.ts';
import { startBlocker, type Situation } from '../../src-renderer/views/train/blocker.ts';

const fields: RecipeFields = {
  ...new RecipeState(() => []).fields,
  epochs: 5,
  optimizer: 'adamw',
  weightDecay: 0.1,
  schedule: 'cosine',
  validationPercent: 25,
};

describe('the recipe', () => {
  test('is read with the validation share as a fraction', () => {
    expect(readRecipe(fields)).toEqual({
      recipe: recipeSchema.parse({
        epochs: 5,
        optimizer: 'adamw',
        weightDecay: 0.1,
        schedule: 'cosine',
        validationShare: 0.25,
      }),
    });
  });

  test.each([
    ['adamw', 0.004],
    ['sgd', 0],
  ] as const)("takes the optimizer's own weight decay where none is given: %s %d", (optimizer, weightDecay) => {
    expect(readRecipe({ ...fields, optimizer, weightDecay: '' })).toMatchObject({ recipe: { weightDecay } });
  });

  test.each([
    ['epochs', ''],
    ['epochs', 0],
    ['epochs', 1.5],
    ['batchSize', 5000],
    ['learningRate', 0],
    ['learningRate', 101],
    ['weightDecay', 2],
    ['warmupEpochs', ''],
    ['dropEpochs', 0],
    ['dropFactor', 1.5],
    ['labelSmoothing', 0.95],
    ['validationPercent', -1],
    ['validationPercent', 91],
    ['validationPercent', ''],
    ['seed', -1],
    ['seed', 2 ** 31],
  ] as const)('%s cannot be %j', (field, value) => {
    expect(readRecipe({ ...fields, [field]: value })).toEqual({ wrong: [field] });
  });

  test('weighs no class that another project had, or that was renamed', () => {
    const recipe = new RecipeState(() => ['dog', 'owl']);
    recipe.set('classWeights', { cat: 2, dog: 3 });
    expect(recipe.recipe).toMatchObject({ classWeights: { dog: 3 } });
    expect(recipe.recipe!.classWeights).not.toHaveProperty('cat');
    recipe.set('classWeights', 'balanced');
    expect(recipe.recipe).toMatchObject({ classWeights: 'balanced' });
  });

  test('starts from the defaults of the command line and marks the field that is wrong', () => {
    const recipe = new RecipeState(() => []);
    expect(recipe.recipe).toEqual(recipeSchema.parse({}));
    recipe.set('seed', '');
    expect(recipe.recipe).toBeNull();
    expect(recipe.isWrong('seed')).toBe(true);
    expect(recipe.isWrong('epochs')).toBe(false);
  });
});

describe('why training cannot start', () => {
  const ready: Situation = {
    engineReady: true,
    projectOpen: true,
    importing: false,
    classesWithImages: 2,
    networkName: 'net',
    networkProblem: null,
    recipeRight: true,
  };
  const problem = { message: 'conv1: too large', hint: 'Make it smaller.' };

  test('nothing stands against it', () => expect(startBlocker(ready)).toBeNull());

  test.each([
    ['the engine is away', { engineReady: false }, /engine/i, undefined],
    ['no project', { projectOpen: false }, /project/i, 'images'],
    ['images still come in', { importing: true }, /brought in/i, undefined],
    ['one class', { classesWithImages: 1 }, /at least 2 classes.* has 1/, 'images'],
    ['no class', { classesWithImages: 0 }, /has none/, 'images'],
    ['the network is wrong', { networkProblem: problem }, /“net”.*conv1: too large/, 'network'],
    ['the recipe is wrong', { recipeRight: false }, /recipe/i, undefined],
  ] as const)('%s', (_what, over, message, view) => {
    const blocker = startBlocker({ ...ready, ...over });
    expect(blocker?.message).toMatch(message);
    expect(blocker?.view).toBe(view);
  });

  test('what has to go first is named first', () => {
    expect(startBlocker({ ...ready, classesWithImages: 0, networkProblem: problem, recipeRight: false })?.view).toBe(
      'images',
    );
  });
});

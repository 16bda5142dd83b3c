import { ReceptiveError } from '../../shared/errors.ts';
import type { Recipe } from '../../shared/run.ts';

/**
 * What an image of each class counts in the loss; null where all count the same. "balanced" makes every class count the
 * same in sum: images / (classes n) for a class with n training images (King and Zeng 2001), so that the mean over the
 * images is 1. With 30 images of one class and 10 of another: 0.667 and 2. Classes that the recipe does not name count 1.
 * @throws ReceptiveError `usage` when the recipe names a class that there is not.
 */
export function weightsOfClasses(
  rule: Recipe['classWeights'],
  classes: readonly string[],
  labels: Int32Array,
): number[] | null {
  if (rule === 'none') return null;
  if (rule === 'balanced') {
    const counts = classes.map(() => 0);
    for (const label of labels) counts[label]! += 1;
    const present = counts.filter((count) => count > 0).length;
    return counts.map((count) => (count === 0 ? 1 : labels.length / (present * count)));
  }
  const unknown = Object.keys(rule).find((name) => !classes.includes(name));
  if (unknown !== undefined) {
    throw new ReceptiveError(
      'usage',
      `A weight is given for the class "${unknown}", which is not among the classes to learn: ${classes.join(', ')}.`,
      'Give weights for those classes only.',
    );
  }
  return classes.map((name) => rule[name] ?? 1);
}

import { formatCount } from '../../ui/numbers.ts';

/** The Evaluate view. */
export const evaluate = {
  run: 'Trained run',
  split: 'Images',
  splits: {
    validation: 'Validation',
    test: 'Test',
    train: 'Training',
    all: 'All labelled images',
  },
  evaluate: 'Evaluate',
  evaluating: 'Evaluating the run on these images',
  noRunTitle: 'Nothing trained yet',
  noRunHint: 'Train a network first. Its mistakes are then shown here, class by class.',
  goTrain: 'Go to Train',
  startTitle: 'See where the network is wrong',
  startHint: 'Choose a run and a set of images, then press Evaluate.',
  accuracy: 'Accuracy',
  correct: (correct: number, total: number) => `${formatCount(correct)} of ${formatCount(total)} images right`,
  unknownClasses: (names: string) => `Left out, because the run does not know these classes: ${names}.`,
  leftOut: (count: number, first: { path: string; reason: string }) =>
    `Left out: ${formatCount(count)} ${count === 1 ? 'image' : 'images'} that could not be used` +
    `${count === 1 ? '' : '; the first'}: ${first.path} (${first.reason}).`,
  confusion: 'Confusion matrix',
  confusionHint: 'Rows are the true class, columns what the network said. The shade is the share of the row.',
  truth: 'True class',
  prediction: 'Predicted class',
  cell: (truth: string, prediction: string, count: number, share: string) =>
    `${formatCount(count)} images of ${truth} were taken for ${prediction} (${share} of the row)`,
  perClass: 'By class',
  class: 'Class',
  precision: 'Precision',
  recall: 'Recall',
  f1: 'F1',
  support: 'Images',
  precisionHint: 'Of the images given this class, the share that has it.',
  recallHint: 'Of the images that have this class, the share that was given it.',
  f1Hint: 'Harmonic mean of precision and recall.',
  supportHint: 'Images whose true class this is.',
};

import type { Evaluation } from '../../shared/inspection.ts';
import { views } from '../training/batches.ts';
import type { ImageTensors } from '../training/trainer.ts';

/** What predicts: probabilities [batch, classes] for uint8 pixels [batch, height, width, channels]. */
export interface Predictor {
  predict(pixels: Uint8Array): Float32Array;
}

const batchSize = 64;

/** Accuracy, confusion matrix and per-class figures; labels are indices into `classes`. `without`: what `data` lacks. */
export function evaluate(
  model: Predictor,
  data: ImageTensors,
  classes: string[],
  without: Pick<Evaluation, 'unknownClasses' | 'leftOut'>,
): Evaluation {
  const confusion = classes.map(() => classes.map(() => 0));
  for (const { pixels, labels } of views(data, batchSize)) {
    const probabilities = model.predict(pixels); // [batch, classes]
    labels.forEach((label, at) => {
      const row = probabilities.subarray(at * classes.length, (at + 1) * classes.length);
      confusion[label]![argMax(row)]!++;
    });
  }
  return { ...scores(confusion, classes), classes, confusion, ...without };
}

/** Index of the largest value; the first of equals. */
export function argMax(values: Float32Array): number {
  let best = 0;
  for (let at = 1; at < values.length; at++) if (values[at]! > values[best]!) best = at;
  return best;
}

/**
 * Accuracy and per-class precision, recall and F1 of a confusion matrix (rows truth, columns prediction).
 * A ratio whose denominator is 0 is 0, as in scikit-learn's `zero_division=0`.
 *
 * [[8, 2], [1, 9]] -> accuracy 17/20; first class: precision 8/9, recall 8/10, F1 16/19
 */
export function scores(confusion: number[][], classes: string[]): Pick<Evaluation, 'accuracy' | 'perClass'> {
  const ratio = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  const perClass = classes.map((name, index) => {
    const correct = confusion[index]![index]!;
    const support = sum(confusion[index]!);
    const predicted = sum(confusion.map((row) => row[index]!));
    return {
      class: name,
      precision: ratio(correct, predicted),
      recall: ratio(correct, support),
      f1: ratio(2 * correct, support + predicted),
      support,
    };
  });
  const correct = sum(classes.map((_, index) => confusion[index]![index]!));
  return { accuracy: ratio(correct, sum(confusion.flat())), perClass };
}

import { setImmediate } from 'node:timers/promises';
import type { Evaluation } from '../../shared/inspection.ts';
import type { Preprocessing } from '../../shared/run.ts';
import { loadDataset } from '../images/dataset.ts';
import type { DatasetOptions } from '../images/dataset.ts';
import type { LabelledFile } from '../training/prepare.ts';

/** What predicts: probabilities [batch, classes] for uint8 pixels [batch, height, width, channels]. */
export interface Predictor {
  predict(pixels: Uint8Array): Float32Array;
}

const batchSize = 64;

/**
 * Accuracy, confusion matrix and per-class figures of labelled files; labels are indices into `classes`. One batch is
 * read and predicted after another, so that memory does not grow with the number of files. Files that cannot be read are
 * left out and named. @throws as `loadDataset` does.
 */
export async function evaluate(
  model: Predictor,
  { classes, preprocessing }: { classes: string[]; preprocessing: Preprocessing },
  files: readonly LabelledFile[],
  { onProgress, ...reading }: DatasetOptions,
): Promise<Omit<Evaluation, 'unknownClasses'>> {
  const confusion = classes.map(() => classes.map(() => 0));
  const leftOut: Evaluation['leftOut'] = [];
  for (let start = 0; start < files.length; start += batchSize) {
    onProgress?.(start, files.length);
    await setImmediate(); // what was told goes out, and what came meanwhile is heard
    const { pixels, labels, rejected } = await loadDataset(
      files.slice(start, start + batchSize),
      preprocessing,
      reading,
    );
    leftOut.push(...rejected);
    if (labels.length > 0) count(confusion, labels, model.predict(pixels));
  }
  onProgress?.(files.length, files.length);
  return { ...scores(confusion, classes), classes, confusion, leftOut };
}

/** `probabilities`: [labels, classes] */
function count(confusion: number[][], labels: Int32Array, probabilities: Float32Array): void {
  const classes = confusion.length;
  labels.forEach((label, at) => {
    confusion[label]![argMax(probabilities.subarray(at * classes, (at + 1) * classes))]!++;
  });
}

/** Index of the largest value; the first of equals. */
export function argMax(values: Float32Array): number {
  let best = 0;
  for (let at = 1; at < values.length; at++) if (values[at]! > values[best]!) best = at;
  return best;
}

/** Whether no image at all could be scored. */
export const isEmpty = ({ perClass }: Pick<Evaluation, 'perClass'>): boolean =>
  perClass.every(({ support }) => support === 0);

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

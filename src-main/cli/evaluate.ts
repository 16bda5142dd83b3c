// Before whatever loads TensorFlow, which reads at its start what this sets.
import '../engine/one-thread-a-kernel.ts';
import { evaluateFolder } from '../engine/evaluation/evaluate-folder.ts';
import { RunFolder } from '../engine/training/run-folder.ts';
import { withDecoder } from './decoder.ts';
import { modelOf } from './model.ts';
import type { EvaluateOptions } from './options.ts';
import type { Output } from './output.ts';
import { table } from './readable.ts';

export async function run(
  { run: path, weights, folder }: EvaluateOptions,
  output: Output,
): Promise<Record<string, unknown>> {
  const run = RunFolder.open(path);
  const model = modelOf(run, weights, output);
  try {
    const evaluation = await withDecoder((decoder) =>
      evaluateFolder(model, run.info, folder, decoder, (done, total) => output.progress('Evaluating', done, total)),
    );
    const { leftOut, ...figures } = evaluation;
    const { accuracy, classes, confusion, perClass, unknownClasses } = figures;
    output.text(`accuracy  ${accuracy.toFixed(4)}\n\n${table(perClass)}\n`);
    output.text('Confusion matrix: rows are the truth, columns the prediction');
    output.text(table(confusion.map((row, at) => ({ truth: classes[at], ...byClass(classes, row) }))));
    if (unknownClasses.length > 0)
      output.warn(`Left out, since the model does not know them: ${unknownClasses.join(', ')}`);
    for (const image of leftOut) output.warn(`${image.path} is left out: ${image.reason}`);
    return figures;
  } finally {
    model.dispose();
  }
}

function byClass(classes: string[], counts: number[]): Record<string, number> {
  return Object.fromEntries(classes.map((name, at) => [name, counts[at]!]));
}

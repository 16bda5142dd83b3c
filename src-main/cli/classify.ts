// Before whatever loads TensorFlow, which reads at its start what this sets.
import '../engine/one-thread-a-kernel.ts';
import { classifyFiles } from '../engine/evaluation/classify.ts';
import { classificationCsv } from '../engine/evaluation/csv.ts';
import { filesIn } from '../engine/evaluation/files-in.ts';
import { writeFileAtomically } from '../engine/files.ts';
import { RunFolder } from '../engine/training/run-folder.ts';
import { ReceptiveError } from '../shared/errors.ts';
import type { ClassifyResult } from '../shared/inspection.ts';
import { withDecoder } from './decoder.ts';
import { callerFolder } from './options.ts';
import type { ClassifyOptions } from './options.ts';
import type { Output } from './output.ts';
import { modelOf } from './model.ts';
import { table } from './readable.ts';

export async function run(
  { run: path, weights, images, top, csv }: ClassifyOptions,
  output: Output,
): Promise<Record<string, unknown>> {
  const run = RunFolder.open(path);
  const files = await filesIn(images, callerFolder());
  const model = modelOf(run, weights, output);
  const results: ClassifyResult[] = [];
  try {
    await withDecoder((decoder) =>
      classifyFiles(model, run.info, files, top, decoder, (batch) => {
        results.push(...batch.map((result, at) => ({ ...result, path: files[results.length + at]!.name })));
        output.progress('Classifying', results.length, files.length);
      }),
    );
  } finally {
    model.dispose();
  }
  if (results.every((result) => 'error' in result)) {
    const reasons = results.slice(0, 3).map((result) => `${result.path}: ${'error' in result ? result.error : ''}`);
    throw new ReceptiveError('unreadable', `Nothing could be classified: ${reasons.join('; ')}`, 'Give image files.');
  }
  if (csv) writeFileAtomically(csv, classificationCsv(results));
  output.text(table(results.map(rowOf)));
  return { results };
}

function rowOf(result: ClassifyResult): Record<string, unknown> {
  if ('error' in result) return { path: result.path, classes: `not classified: ${result.error}` };
  const classes = result.predictions.map((best) => `${best.class} ${(100 * best.probability).toFixed(1)} %`);
  return { path: result.path, classes: classes.join(', ') };
}

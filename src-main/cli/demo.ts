/**
 * `npm start` without a display: the main job on the demo images. Trains, classifies images that the network has not
 * seen, writes a report, and says how well it did and where the report is.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { evaluateFolder } from '../engine/evaluation/evaluate-folder.ts';
import { writeFileAtomically } from '../engine/files.ts';
import { scanFolder } from '../engine/images/scan.ts';
import { runReport } from '../engine/report/run-report.ts';
import type { Sample } from '../engine/report/run-report.ts';
import { dataFolder } from '../engine/store/places.ts';
import { RunFolder } from '../engine/training/run-folder.ts';
import { reportError } from '../shared/errors.ts';
import { recipeSchema } from '../shared/run.ts';
import { withDecoder } from './decoder.ts';
import { CommandOutput } from './output.ts';
import { pace, run as train } from './train.ts';

const demo = join(import.meta.dirname, '../../resources/demo');
const learnt = join(demo, 'clothes');
const unseen = join(demo, 'clothes-unseen');

async function main(output: CommandOutput): Promise<void> {
  const out = join(dataFolder(), 'demo', new Date().toISOString().slice(0, 19).replaceAll(':', '-'));
  const runPath = join(out, 'clothes');
  mkdirSync(out, { recursive: true });

  output.text('There is no display, so here is the main job without a window, on the demo images of clothes.');
  const recipe = recipeSchema.parse({ epochs: 5 });
  const network = { preset: 'conv-bn-pool' };
  const input = { size: [28, 28] as [number, number], channels: 1 as const };
  await train({ folder: learnt, network, ...input, recipe, given: [], out: runPath, resume: false }, output);

  const run = RunFolder.open(runPath);
  const report = join(out, 'report.html');
  const { accuracy, perClass } = await withDecoder(async (decoder) => {
    const samples = oneOfEachClass(await scanFolder(unseen, { decoder }));
    const model = run.loadModel();
    const evaluation = await evaluateFolder(model, run.info, unseen, decoder).finally(() => model.dispose());
    const html = await runReport(run, evaluation, pace(run.metrics()), unseen, samples, decoder);
    writeFileAtomically(report, html);
    return evaluation;
  });
  const images = perClass.reduce((sum, { support }) => sum + support, 0);
  output.text(`Accuracy on ${images} unseen images: ${(100 * accuracy).toFixed(1)} %`);
  output.text(`Report with curves, confusion matrix and feature maps: ${report}`);
}

function oneOfEachClass(scanned: { path: string; class?: string }[]): Sample[] {
  const first = new Map<string, Sample>();
  for (const { path, class: truth } of scanned) if (truth && !first.has(truth)) first.set(truth, { path, truth });
  return [...first.values()];
}

const output = new CommandOutput(false);
try {
  await main(output);
} catch (error) {
  output.error(reportError(error));
  process.exitCode = 1;
}

import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { evaluateFolder, filesToScore } from '../engine/evaluation/evaluate-folder.ts';
import { scanFolder } from '../engine/images/scan.ts';
import { labelledFolder, oddities, splitFiles } from '../engine/training/class-folders.ts';
import { WorkControl } from '../engine/training/control.ts';
import { runTraining } from '../engine/training/run.ts';
import { RunFolder } from '../engine/training/run-folder.ts';
import { ReceptiveError, reportError } from '../shared/errors.ts';
import type { EpochMetrics, TrainingProgress } from '../shared/run.ts';
import { withDecoder } from './decoder.ts';
import { readNetwork } from './network.ts';
import type { TrainOptions } from './options.ts';
import type { Output } from './output.ts';

export async function run(options: TrainOptions, output: Output): Promise<Record<string, unknown>> {
  const { folder, recipe, test, out } = options;
  // What would be noticed only after the training is checked before it.
  RunFolder.requireNew(out);
  if (test && !existsSync(test))
    throw new ReceptiveError('not-found', `There is no test folder ${test}.`, 'Check the path.');
  const network = await readNetwork(options);
  const control = new WorkControl();
  const training = withDecoder(async (decoder) => {
    const scanned = await scanFolder(folder, {
      decoder,
      signal: control.signal,
      onProgress: (done, total) => output.progress('Reading images', done, total),
    });
    for (const { path, status, reason } of scanned) {
      if (status === 'rejected') output.warn(`${path} is left out: ${reason}`);
    }
    const labelled = labelledFolder(folder, scanned);
    for (const message of oddities(labelled, scanned)) output.warn(message);
    if (test) await filesToScore(test, labelled.classes, decoder);
    const split = splitFiles(labelled, recipe.validationShare, recipe.seed);
    const task = { out, name: basename(out), network, recipe, split, folder, decoder, control };
    const epochs: EpochMetrics[] = [];
    let notSaved: unknown = null;
    const { end, run, savedEpoch } = await runTraining(task, {
      onStart: () => undefined,
      onProgress: (progress) => output.progress(...barOf(progress)),
      onRejected: (rejected) => rejected.forEach(({ path, reason }) => output.warn(`${path} is left out: ${reason}`)),
      onEpoch: (metrics) => {
        epochs.push(metrics);
        output.event({ event: 'epoch', ...metrics }, epochText(metrics));
      },
      onWarning: (error) => {
        notSaved = error;
        output.warn(`Epoch ${epochs.length + 1} could not be saved whole: ${reportError(error).message}`);
      },
    });
    if (end === 'stopped') throw new ReceptiveError('interrupted', `Stopped; the last whole epoch is in ${out}.`);

    const { epoch, loss, accuracy, validationLoss, validationAccuracy } = epochs.at(-1)!;
    if (savedEpoch < epoch) {
      const { code, message, hint } = reportError(notSaved);
      throw new ReceptiveError(
        code,
        `The weights of epoch ${epoch} could not be saved: ${message} ${out} keeps those of epoch ${savedEpoch}.`,
        hint,
      );
    }
    const { classes, params, device } = run.info;
    const scores = { loss, accuracy, validationLoss, validationAccuracy };
    const testAccuracy = test && (await testRun());
    return { classes, epochs: epoch, ...scores, testAccuracy, imagesPerSecond: pace(epochs), params, device };

    async function testRun(): Promise<number> {
      const model = run.loadModel();
      try {
        return (await evaluateFolder(model, run.info, test!, decoder)).accuracy;
      } finally {
        model.dispose();
      }
    }
  });
  output.onInterrupt(async () => {
    control.stop();
    await training.catch(() => undefined);
  });
  return training;
}

/** The median over the epochs after the first, which also warms up; the first alone when there is no other. */
export function pace(epochs: EpochMetrics[]): number {
  const counted = epochs.length > 1 ? epochs.slice(1) : epochs;
  const sorted = counted.map(({ imagesPerSecond }) => imagesPerSecond).toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

type Bar = Parameters<Output['progress']>;

function barOf({ state, epoch, epochs, step, steps, etaSeconds }: TrainingProgress): Bar {
  if (state === 'preparing') return ['Decoding images', step, steps];
  return [`Epoch ${epoch} of ${epochs}`, step, steps, etaSeconds];
}

function epochText({ epoch, loss, accuracy, validationAccuracy, imagesPerSecond }: EpochMetrics): string {
  const validation = validationAccuracy === undefined ? '' : `, validation accuracy ${validationAccuracy.toFixed(3)}`;
  return `Epoch ${epoch}: loss ${loss.toFixed(4)}, accuracy ${accuracy.toFixed(3)}${validation}, ${Math.round(imagesPerSecond)} images/s`;
}

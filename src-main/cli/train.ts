import { existsSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { evaluateFolder, filesToScore } from '../engine/evaluation/evaluate-folder.ts';
import type { DecoderClient } from '../engine/images/decoder-client.ts';
import { splitFiles } from '../engine/training/class-folders.ts';
import { WorkControl } from '../engine/training/control.ts';
import { isRunBegun, readRunImages, readRunInfo, requireNewRun, requireRun } from '../engine/training/run-files.ts';
import type { TrainingResult } from '../engine/training/training-functions.ts';
import { TrainingProcess } from '../engine/training/training-process.ts';
import { errorFromReport, ReceptiveError } from '../shared/errors.ts';
import { parseNetwork } from '../shared/network/index.ts';
import type { Network } from '../shared/network/spec.ts';
import type { EpochMetrics, Recipe, RunInfo, TrainingProgress } from '../shared/run.ts';
import { withDecoder } from './decoder.ts';
import { readNetwork } from './network.ts';
import { defaultNetwork } from './options.ts';
import type { TrainOptions } from './options.ts';
import type { Output } from './output.ts';
import { overflowFolder } from './overflow.ts';
import { optionName } from './recipe.ts';
import { readTrainingFolder } from './training-folder.ts';

export async function run(options: TrainOptions, output: Output): Promise<Record<string, unknown>> {
  const { out, test, resume } = options;
  // What would be noticed only after the training is checked before it.
  const begun = resume && isRunBegun(out);
  if (!begun) requireNewRun(out);
  if (resume && !begun) output.warn(`There is no run at ${out} yet, so it begins.`);
  if (test && !existsSync(test))
    throw new ReceptiveError('not-found', `There is no test folder ${test}.`, 'Check the path.');
  const control = new WorkControl();
  const epochs: EpochMetrics[] = [];
  let info: RunInfo;
  const trainer = new TrainingProcess({
    start: (run) => {
      info = run.info;
      epochs.push(...run.metrics);
    },
    progress: (progress) => output.progress(...barOf(progress)),
    rejected: (rejected) => rejected.forEach(({ path, reason }) => output.warn(`${path} is left out: ${reason}`)),
    epoch: (metrics) => {
      epochs.push(metrics);
      output.event({ event: 'epoch', ...metrics }, epochText(metrics));
    },
    warning: ({ message }) => output.warn(message),
  });
  const training = withDecoder(async (decoder) => {
    const work = { options, output, decoder, control, trainer };
    const { end, unsaved } = await (begun ? goOn(work) : begin(work));
    if (end === 'stopped') {
      const message = `Stopped; what was trained so far is in ${out}.`;
      throw new ReceptiveError('interrupted', message, 'Add --resume to go on with it.');
    }

    const { epoch, loss, accuracy, validationLoss, validationAccuracy } = epochs.at(-1)!;
    if (unsaved) throw errorFromReport(unsaved);
    const { classes, params, device, recipe } = info;
    if (epoch < recipe.epochs) output.event({ event: 'early-stopping', epoch }, earlyText(recipe));
    const scores = { loss, accuracy, validationLoss, validationAccuracy };
    const testAccuracy = test && (await testRun());
    return { classes, epochs: epoch, ...scores, testAccuracy, imagesPerSecond: pace(epochs), params, device };

    async function testRun(): Promise<number> {
      // Only here, as it loads TensorFlow.
      const { RunFolder } = await import('../engine/training/run-folder.ts');
      const model = RunFolder.open(out).loadModel();
      try {
        return (await evaluateFolder(model, info, test!, decoder)).accuracy;
      } finally {
        model.dispose();
      }
    }
  }).finally(async () => {
    trainer.close();
    await trainer.ended;
  });
  output.onInterrupt(async () => {
    control.stop();
    // Where it is gone already, there is nothing left to stop.
    void trainer.call('stop', undefined).catch(() => undefined);
    await training.catch(() => undefined);
  }, 'Stopping after this step. Ctrl+C again leaves at once.');
  return training;
}

interface Work {
  options: TrainOptions;
  output: Output;
  decoder: DecoderClient;
  control: WorkControl;
  trainer: TrainingProcess;
}

async function begin({ options, output, decoder, control, trainer }: Work): Promise<TrainingResult> {
  const { folder, recipe, test, out } = options;
  const network = await networkOf(options);
  const labelled = await readTrainingFolder(folder, decoder, control, output);
  if (test) await filesToScore(test, labelled.classes, decoder);
  const split = splitFiles(labelled, recipe.validationShare, recipe.seed);
  return trainer.call('train', { out, name: basename(out), network, recipe, split, ...around(options) });
}

/** The run's own network and recipe hold; options may say the same again, and how many epochs there are to be in all. */
async function goOn({ options, decoder, trainer }: Work): Promise<TrainingResult> {
  const { folder, recipe, given, test, out } = options;
  requireRun(out);
  const run = readRunInfo(out);
  for (const field of given) {
    const [now, then] = [recipe[field], run.recipe[field]];
    if (field === 'epochs' || isDeepStrictEqual(now, then)) continue;
    const values = `the run was begun with ${JSON.stringify(then)}, not ${JSON.stringify(now)}`;
    throw otherRun(`${optionName(field)}: ${values}.`, `Leave ${optionName(field)} out, of --config as well.`);
  }
  const { network, size, channels } = options;
  const isNetworkGiven = network !== undefined || size !== undefined || channels !== undefined;
  if (isNetworkGiven && !isDeepStrictEqual(await networkOf(options), parseNetwork(run.network))) {
    const words = '--network, --size and --channels';
    throw otherRun(`${words}: the run has another network.`, `Leave ${words} out.`);
  }
  if (test) await filesToScore(test, run.classes, decoder);
  const { training, validation } = readRunImages(out);
  const paths = [...training, ...validation].map(([path]) => join(folder, path));
  const stray = paths.find((path) => !path.startsWith(folder + sep));
  if (stray) throw otherRun(`${stray} lies outside ${folder}.`, 'Give the folder that the run was begun with.');
  const epochs = given.includes('epochs') ? recipe.epochs : undefined;
  return trainer.call('resume', { path: out, epochs, ...around(options) });
}

const around = ({ folder, checkpointSeconds }: TrainOptions) => ({
  folder,
  overflowFolder: overflowFolder(),
  checkpointMs: checkpointSeconds === undefined ? undefined : 1000 * checkpointSeconds,
});

const networkOf = ({ network = { preset: defaultNetwork }, size, channels }: TrainOptions): Promise<Network> =>
  readNetwork({ network, size, channels });

const otherRun = (why: string, hint: string): ReceptiveError =>
  new ReceptiveError('usage', `This run cannot be resumed like that: ${why}`, hint);

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

const earlyText = ({ epochs, earlyStopping }: Recipe): string =>
  `Early stopping: ${earlyStopping === 1 ? 'an epoch' : `${earlyStopping} epochs`} without a lower loss; ${epochs} were asked for.`;

function epochText({ epoch, loss, accuracy, validationAccuracy, imagesPerSecond }: EpochMetrics): string {
  const validation = validationAccuracy === undefined ? '' : `, validation accuracy ${validationAccuracy.toFixed(3)}`;
  return `Epoch ${epoch}: loss ${loss.toFixed(4)}, accuracy ${accuracy.toFixed(3)}${validation}, ${Math.round(imagesPerSecond)} images/s`;
}

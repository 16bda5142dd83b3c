/** Goes on with a run that was stopped, killed or done, as if it had never ended. */
import { ReceptiveError } from '../../shared/errors.ts';
import { parseNetwork } from '../../shared/network/index.ts';
import type { RunInfo } from '../../shared/run.ts';
import { deviceReport, threads } from '../tensorflow.ts';
import { createModel, readImages, trainInto } from './run.ts';
import type { Surroundings, TrainingHooks, TrainingOutcome } from './run.ts';
import type { RunFiles, RunFolder } from './run-folder.ts';
import { SourceWatch } from './source-files.ts';

export interface ResumeTask extends Surroundings {
  run: RunFolder;
  /** What `run.files` gave, where it may learn from all of them. */
  files: RunFiles;
  /** In all; the run's own number without it. */
  epochs?: number;
}

/**
 * Trains on from the newest whole checkpoint: with the same images, seed and number of threads on the same machine, what
 * follows equals what would have followed without the break, to the last digit.
 * @throws ReceptiveError `usage` when more epochs are done than are asked for, and what `runTraining` throws.
 */
export async function resumeTraining(task: ResumeTask, hooks: TrainingHooks): Promise<TrainingOutcome> {
  const { files, folder } = task;
  const { classes, preprocessing, network } = task.run.info;
  const epochs = task.epochs ?? task.run.info.recipe.epochs;
  const from = task.run.returnToCheckpoint();
  const done = from?.epoch ?? 0;
  if (epochs < done || (epochs === done && from?.begun)) {
    const begun = from?.begun ? `${done} epochs and part of the next` : `${done} epochs`;
    throw new ReceptiveError(
      'usage',
      `${task.run.path} has ${begun} already; ${epochs} in all are asked for.`,
      `Ask for at least ${from?.begun ? done + 1 : done} epochs.`,
    );
  }
  const run = epochs === task.run.info.recipe.epochs ? task.run : task.run.withEpochs(epochs);
  hooks.onStart(run);
  if (epochs === done) return { end: 'completed', run, unsaved: null };

  warnOfOtherMachine(run.info, hooks);
  await new SourceWatch([...files.training, ...files.validation], folder, (changes) =>
    hooks.onWarning(
      new ReceptiveError(
        'not-found',
        `Since the run began, ${changes}. It goes on with the images as they are now, so its curve is not the one it would have been.`,
      ),
    ),
  ).look();
  const data = await readImages({ classes, ...files }, preprocessing, run.info.recipe, task, hooks);
  const model = createModel(parseNetwork(network), classes, run.info.recipe, preprocessing, data);
  try {
    if (from) model.writeWeights(from.tensors);
    return await trainInto(run, model, data, from, task, hooks);
  } finally {
    model.dispose();
  }
}

/** Sums are taken in another order by another number of threads, device or version: the last digits differ. */
function warnOfOtherMachine(info: RunInfo, hooks: TrainingHooks): void {
  const { device, tensorflow } = deviceReport();
  const now = { device, threads, tensorflow };
  const then = { device: info.device, threads: info.threads, tensorflow: info.versions['tensorflow'] };
  const differences = (Object.keys(now) as (keyof typeof now)[])
    .filter((key) => now[key] !== then[key])
    .map((key) => `${key} ${then[key]} then, ${now[key]} now`);
  if (differences.length === 0) return;
  hooks.onWarning(
    new ReceptiveError(
      'usage',
      `The run was begun elsewhere (${differences.join('; ')}), so its curve may differ in the last digits.`,
    ),
  );
}

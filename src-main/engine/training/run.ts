import { createRequire } from 'node:module';
import { relative } from 'node:path';
import { ReceptiveError } from '../../shared/errors.ts';
import { checkNetwork, describeNetwork } from '../../shared/network/index.ts';
import type { LiveLook } from '../../shared/inspection.ts';
import type { Network } from '../../shared/network/spec.ts';
import type { Fit, ImageShape, Preprocessing } from '../../shared/preprocessing.ts';
import type { EpochMetrics, Recipe, RunInfo, TrainingProgress } from '../../shared/run.ts';
import { Model } from '../graph/model.ts';
import type { DecoderClient } from '../images/decoder-client.ts';
import { CachedImages } from '../images/read-ahead.ts';
import { deviceReport, threads } from '../tensorflow.ts';
import type { Checkpoint } from './checkpoint.ts';
import { weightsOfClasses } from './class-weights.ts';
import type { WorkControl } from './control.ts';
import { trainingLoop } from './loop.ts';
import { LookBudget, lookShares } from './look-budget.ts';
import { openRecorder } from './open-recorder.ts';
import { loadTrainingData } from './prepare.ts';
import type { LabelledSplit, TrainingData } from './prepare.ts';
import { requireNewRun } from './run-files.ts';
import { RunFolder } from './run-folder.ts';
import { RunSaver } from './saving.ts';
import { listed, SourceWatch } from './source-files.ts';
import { openLiveView } from './watched-image.ts';
import type { WatchedImage } from './watched-image.ts';

const manifest = createRequire(import.meta.url)('../../../package.json') as { version: string };

/** What a training takes from where it runs. */
export interface Surroundings {
  /** The folder that the images' paths are told relative to. */
  folder: string;
  /** Where decoded pixels are kept. */
  cacheFolder?: string;
  /** Where those go, in place of it, that take more than `memoryBytes`. */
  overflowFolder?: string;
  /** How many bytes of decoded pixels are held in memory at most, where there is such a folder. */
  memoryBytes?: number;
  decoder: DecoderClient;
  control: WorkControl;
  /** The image that is looked at. */
  watched?: WatchedImage;
  /** How much training may be lost at most when the process is killed. */
  checkpointMs?: number;
}

export interface TrainingTask extends Surroundings {
  /** Where the run folder goes; must not exist. */
  out: string;
  name: string;
  network: Network;
  recipe: Recipe;
  split: LabelledSplit;
}

export interface TrainingHooks {
  onProgress(progress: TrainingProgress): void;
  /** The run folder exists from here on. */
  onStart(run: RunFolder): void;
  /** Images that were left out, by path, and why. */
  onRejected(rejected: { path: string; reason: string }[]): void;
  onEpoch(metrics: EpochMetrics): void;
  /** Something that training outlives, such as a checkpoint that did not fit on the disk or an image that was deleted. */
  onWarning(warning: ReceptiveError): void;
  /** What the network makes of one training image by now, a few times a minute or a second. */
  onLive?(look: LiveLook): void;
}

export interface TrainingOutcome {
  end: 'completed' | 'stopped';
  run: RunFolder;
  /** Why the last weights are not on the disk; null where they are. */
  unsaved: ReceptiveError | null;
}

/**
 * One training run from labelled files to a run folder with checkpoints. Nothing is written before the images are
 * decoded and the network is known to fit them. Stopped half way through an epoch, the run keeps the weights of that
 * place, to be resumed from there. It fails only when no checkpoint at all could be saved.
 */
export async function runTraining(task: TrainingTask, hooks: TrainingHooks): Promise<TrainingOutcome> {
  const { network, recipe, split } = task;
  requireNewRun(task.out);
  checkNetwork(network, split.classes.length);
  const shape = imageShapeOf(network, recipe.fit);

  const data = await readImages(split, shape, recipe, task, hooks);
  const { normalisation } = data;
  const preprocessing = normalisation ? { ...shape, normalisation } : shape;
  const model = createModel(network, split.classes, recipe, preprocessing, data);
  try {
    const run = RunFolder.create(task.out, describeRun(task, preprocessing, data.record), data.files);
    hooks.onStart(run);
    return await trainInto(run, model, data, null, task, hooks);
  } finally {
    model.dispose();
  }
}

export async function readImages(
  split: LabelledSplit,
  preprocessing: Preprocessing,
  { epochs, seed, scaling }: Recipe,
  { folder, cacheFolder, overflowFolder, memoryBytes, decoder, control }: Surroundings,
  hooks: Pick<TrainingHooks, 'onProgress' | 'onRejected'>,
): Promise<TrainingData> {
  const data = await loadTrainingData(split, {
    decoder,
    preprocessing,
    scaling,
    seed,
    folder,
    cacheFolder,
    overflowFolder,
    memoryBytes,
    signal: control.signal,
    onProgress: (step, steps) => hooks.onProgress({ ...preparing, epochs, step, steps }),
  });
  if (data.rejected.length > 0) hooks.onRejected(data.rejected);
  return data;
}

/** The network with its first weights and everything that the recipe says of a step. */
export function createModel(
  network: Network,
  classes: string[],
  recipe: Recipe,
  preprocessing: Preprocessing,
  { training }: TrainingData,
): Model {
  const classWeights = weightsOfClasses(recipe.classWeights, classes, training.labels);
  const { normalisation } = preprocessing;
  return Model.create(network, classes.length, { ...recipe, classWeights, normalisation });
}

/** Trains `model`, which has the weights of `from`, and keeps in the run's folder what comes of it. */
export async function trainInto(
  run: RunFolder,
  model: Model,
  { training, validation, files }: TrainingData,
  from: Checkpoint | null,
  { folder, decoder, control, watched, checkpointMs }: Surroundings,
  hooks: TrainingHooks,
): Promise<TrainingOutcome> {
  const budget = new LookBudget(() => control.now());
  const { epochs, batchSize } = run.info.recipe;
  const stepsAnEpoch = Math.ceil(training.labels.length / batchSize);
  const steps = epochs * stepsAnEpoch;
  const done = from ? from.epoch * stepsAnEpoch + (from.begun?.steps ?? 0) : 0;
  const looking = { files: files.training, steps, done, account: budget.account(lookShares.recorder), folder, decoder };
  const recorder = await openRecorder(run, model, looking);
  const live = await openLiveView(
    run.info,
    model,
    recorder,
    budget.account(lookShares.live),
    { folder, decoder, watched },
    hooks,
  );
  const watch = new SourceWatch([...files.training, ...files.validation], folder, (changes) =>
    hooks.onWarning(
      new ReceptiveError(
        'not-found',
        `Since they were read, ${changes}. This run goes on with the images as they were.`,
        'Train again to learn from the files as they are now.',
      ),
    ),
  );
  const saver = new RunSaver(run, model, from, hooks.onWarning);
  const tellLost = (): void => {
    const lost = [training, validation].flatMap((source) => (source instanceof CachedImages ? source.takeLost() : []));
    if (lost.length === 0) return;
    const paths = listed(lost.map((path) => relative(folder, path)));
    hooks.onWarning(
      new ReceptiveError(
        'not-found',
        `The run goes on without ${lost.length.toLocaleString('en')} of its images, which are neither in the cache nor to be read from their files any more: ${paths}.`,
        'Bring the files back: they take part again from the next epoch on.',
      ),
    );
  };
  live?.begin(done);
  budget.skip();
  const end = await trainingLoop(
    model,
    training,
    validation,
    run.info.recipe,
    control,
    {
      onProgress: hooks.onProgress,
      onStep: (steps) => {
        budget.stepDone();
        recorder?.after(steps);
        live?.after(steps);
      },
      // Metrics first: those of an epoch without a checkpoint are dropped when the run is resumed, none is ever missing.
      onEpoch: async (metrics) => {
        saver.appendMetrics(metrics);
        recorder?.save();
        await saver.save({ epoch: metrics.epoch, begun: null });
        hooks.onEpoch(metrics);
        tellLost();
        watch.lookNowAndThen();
        budget.skip();
      },
      onCheckpoint: async (position) => {
        recorder?.save();
        await saver.save(position);
        budget.skip();
      },
      onBatchHalved: (images) =>
        hooks.onWarning(
          new ReceptiveError(
            'out-of-memory',
            `There is no room for ${run.info.recipe.batchSize} images at a time, so each step goes on with ${images} at most.`,
            'For the next run choose a smaller batch, smaller images or fewer filters.',
          ),
        ),
    },
    { from: from ?? undefined, history: run.metrics(), checkpointMs },
  ).catch((error: unknown) => {
    throw saver.withKept(error);
  });
  // Whoever stops it does not wait for a hundred thousand files.
  if (end === 'completed') await watch.look();
  return { end, run, unsaved: await saver.finish() };
}

const preparing = {
  state: 'preparing',
  epoch: 0,
  imagesPerSecond: null,
  etaSeconds: null,
  learningRate: null,
  loss: null,
  accuracy: null,
} as const;

/** The network's input decides what images are made into. */
export function imageShapeOf(network: Network, fit: Fit): ImageShape {
  const { size, channels } = network.input;
  if (channels !== 1 && channels !== 3) {
    throw new ReceptiveError(
      'invalid-network',
      `The network's input has ${channels} channels; images have 1 (grey) or 3 (colour).`,
      'Set the input to 1 or 3 channels.',
    );
  }
  return { height: size[0], width: size[1], channels, fit };
}

function describeRun(
  { name, network, recipe, split }: TrainingTask,
  preprocessing: Preprocessing,
  record: Pick<RunInfo, 'dataHash' | 'trainingImages' | 'validationImages' | 'source'>,
): RunInfo {
  const { tensorflow, device } = deviceReport();
  return {
    format: 1,
    name,
    createdAt: new Date().toISOString(),
    network,
    recipe,
    classes: split.classes,
    preprocessing,
    seed: recipe.seed,
    threads,
    device,
    versions: { receptive: manifest.version, tensorflow, node: process.versions.node },
    params: describeNetwork(network, split.classes.length).totals.params,
    ...record,
  };
}

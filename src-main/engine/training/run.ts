import { availableParallelism } from 'node:os';
import { ReceptiveError } from '../../shared/errors.ts';
import { checkNetwork, describeNetwork } from '../../shared/network/index.ts';
import type { Network } from '../../shared/network/spec.ts';
import type { EpochMetrics, Preprocessing, Recipe, RunInfo, TrainingProgress } from '../../shared/run.ts';
import { Model } from '../graph/model.ts';
import type { DecoderClient } from '../images/decoder-client.ts';
import { deviceReport } from '../tensorflow.ts';
import type { WorkControl } from './control.ts';
import { trainingLoop } from './loop.ts';
import { loadTrainingData } from './prepare.ts';
import type { LabelledSplit } from './prepare.ts';
import { RunFolder } from './run-folder.ts';

export interface TrainingTask {
  /** Where the run folder goes; must not exist. */
  out: string;
  name: string;
  network: Network;
  recipe: Recipe;
  split: LabelledSplit;
  /** The folder that the images' paths are told relative to. */
  folder: string;
  cacheFolder?: string;
  decoder: DecoderClient;
  control: WorkControl;
}

export interface TrainingHooks {
  onProgress(progress: TrainingProgress): void;
  /** The run folder exists from here on. */
  onStart(run: RunFolder): void;
  /** Images that were left out, by path, and why. */
  onRejected(rejected: { path: string; reason: string }[]): void;
  onEpoch(metrics: EpochMetrics): void;
  /** Something failed that training outlives, such as a checkpoint that did not fit on the disk. */
  onWarning(error: unknown): void;
}

export interface TrainingOutcome {
  end: 'completed' | 'stopped';
  run: RunFolder;
  /** The epoch whose weights the run holds: the last one, unless the disk had no room for it. */
  savedEpoch: number;
}

/**
 * One training run from labelled files to a run folder with checkpoints. Nothing is written before the images are
 * decoded and the network is known to fit them. Stopped half way through an epoch, the run keeps the last whole epoch;
 * stopped within the first one, the weights as they are. It fails only when no checkpoint at all could be saved.
 */
export async function runTraining(task: TrainingTask, hooks: TrainingHooks): Promise<TrainingOutcome> {
  const { network, recipe, split, control } = task;
  RunFolder.requireNew(task.out);
  checkNetwork(network, split.classes.length);
  const preprocessing = preprocessingOf(network);

  const data = await loadTrainingData(split, {
    decoder: task.decoder,
    preprocessing,
    seed: recipe.seed,
    folder: task.folder,
    cacheFolder: task.cacheFolder,
    signal: control.signal,
    onProgress: (step, steps) => hooks.onProgress({ ...preparing, epochs: recipe.epochs, step, steps }),
  });
  if (data.rejected.length > 0) hooks.onRejected(data.rejected);

  const model = Model.create(network, split.classes.length, recipe);
  try {
    /** A full disk costs what did not fit on it, not the training. */
    const outlive = (write: () => void): boolean => {
      try {
        write();
        return true;
      } catch (error) {
        hooks.onWarning(error);
        return false;
      }
    };
    const run = RunFolder.create(task.out, describeRun(task, preprocessing, data.record));
    hooks.onStart(run);
    let lastEpoch = 0;
    let savedEpoch: number | null = null;
    const end = await trainingLoop(model, data.training, data.validation, recipe, control, {
      onProgress: hooks.onProgress,
      onEpoch: (metrics) => {
        lastEpoch = metrics.epoch;
        if (outlive(() => run.saveCheckpoint(lastEpoch, model.readWeights()))) savedEpoch = lastEpoch;
        outlive(() => run.appendMetrics(metrics));
        hooks.onEpoch(metrics);
      },
    });
    if (savedEpoch === null) run.saveCheckpoint(lastEpoch, model.readWeights());
    return { end, run, savedEpoch: savedEpoch ?? lastEpoch };
  } finally {
    model.dispose();
  }
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
function preprocessingOf(network: Network): Preprocessing {
  const { size, channels } = network.input;
  if (channels !== 1 && channels !== 3) {
    throw new ReceptiveError(
      'invalid-network',
      `The network's input has ${channels} channels; images have 1 (grey) or 3 (colour).`,
      'Set the input to 1 or 3 channels.',
    );
  }
  return { height: size[0], width: size[1], channels, fit: 'stretch' };
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
    threads: availableParallelism(),
    device,
    versions: { tensorflow, node: process.versions.node },
    params: describeNetwork(network, split.classes.length).totals.params,
    ...record,
  };
}

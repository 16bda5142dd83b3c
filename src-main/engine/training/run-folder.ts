/** A run on disk: run.json, images.json, metrics.jsonl, checkpoints/. It needs nothing else to be used again, wherever it is moved. */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ReceptiveError, reportError } from '../../shared/errors.ts';
import { parseNetwork } from '../../shared/network/index.ts';
import { betterEpoch, bestEpoch } from '../../shared/run.ts';
import type { EpochMetrics, RunInfo, WeightsChoice } from '../../shared/run.ts';
import { appendAndSync, writeFileAtomically } from '../files.ts';
import { Model } from '../graph/model.ts';
import {
  checkpointFolder,
  hasCheckpoints,
  loadCheckpoint,
  loadNewestCheckpoint,
  removeAfter,
  saveCheckpoint,
} from './checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';
import { readRecalibration, recalibrated, removeRecalibration, writeRecalibration } from './recalibration.ts';
import type { StoredRecalibration } from './recalibration.ts';
import {
  checkpointsName,
  imagesName,
  infoName,
  metricsName,
  readMetrics,
  readRunImages,
  readRunInfo,
  requireNewRun,
  requireRun,
  restore,
} from './run-files.ts';
import type { RunImages } from './run-files.ts';
import type { StampedFile } from './source-files.ts';
import type { NamedTensor } from './trainer.ts';

/** The files of each side of a run's split. */
export interface RunFiles {
  training: StampedFile[];
  validation: StampedFile[];
}

export class RunFolder {
  readonly path: string;
  readonly info: RunInfo;
  /** What did not fit on the disk yet. */
  #unwritten: EpochMetrics[] = [];
  /** Of those in the file and those that were added since; undefined until it is asked for or one is added. */
  #best: EpochMetrics | null | undefined;

  private constructor(path: string, info: RunInfo) {
    this.path = path;
    this.info = info;
  }

  /**
   * Makes the folder with its images.json and, last, its run.json; `files` lie in or beside `info.source.folder`.
   * @throws ReceptiveError `exists` when `path` is taken.
   */
  static create(path: string, info: RunInfo, files: RunFiles): RunFolder {
    requireNewRun(path);
    mkdirSync(dirname(path), { recursive: true });
    mkdirSync(path);
    try {
      writeFileAtomically(join(path, imagesName), JSON.stringify(toImages(files, info.source.folder)));
      writeFileAtomically(join(path, infoName), JSON.stringify(info, null, 2));
    } catch (error) {
      rmSync(path, { recursive: true, force: true });
      throw error;
    }
    return new RunFolder(path, info);
  }

  /** @throws ReceptiveError `not-found` when there is no run, `invalid-model` when run.json is damaged. */
  static open(path: string): RunFolder {
    requireRun(path);
    return new RunFolder(path, readRunInfo(path));
  }

  metrics(): EpochMetrics[] {
    return readMetrics(this.path);
  }

  /** What does not fit on the disk is written along with the next. */
  appendMetrics(metrics: EpochMetrics): void {
    this.#best = betterEpoch(this.#bestSoFar(), metrics);
    this.#unwritten.push(metrics);
    appendAndSync(join(this.path, metricsName), linesOf(this.#unwritten));
    this.#unwritten = [];
  }

  /**
   * The newest two are kept, and that of the best epoch. Each takes along the metrics that did not fit on the disk, unless
   * the weights fit without them only.
   */
  async saveCheckpoint(checkpoint: Checkpoint): Promise<void> {
    const save = (whole: Checkpoint) => saveCheckpoint(this.#checkpoints, whole, this.#bestSoFar()?.epoch ?? null);
    if (this.#unwritten.length === 0) return save(checkpoint);
    await save({ ...checkpoint, metrics: this.#unwritten }).catch((error: unknown) => {
      if (reportError(error).code !== 'disk-full') throw error;
      return save(checkpoint);
    });
  }

  /** Read from the file once: a long run's would take longer to read at each checkpoint than a small network's epoch. */
  #bestSoFar(): EpochMetrics | null {
    return (this.#best ??= bestEpoch(this.metrics()));
  }

  /** The files it learns from and is measured on, whose paths are relative to `folder`, in the order of its batches. */
  files(folder: string): RunFiles {
    const images = readRunImages(this.path);
    const toFile = ([path, label, size, mtimeMs]: RunImages['training'][number]): StampedFile => ({
      path: join(folder, path),
      label,
      size,
      mtimeMs,
    });
    return { training: images.training.map(toFile), validation: images.validation.map(toFile) };
  }

  /**
   * Where training goes on: the newest whole checkpoint, or null for the beginning. Metrics and damaged checkpoints of
   * what came after it are dropped, as training gets there again.
   * @throws ReceptiveError `invalid-model` when there are checkpoints, but none is whole.
   */
  returnToCheckpoint(): Checkpoint | null {
    const checkpoint = hasCheckpoints(this.#checkpoints) ? loadNewestCheckpoint(this.#checkpoints) : null;
    if (checkpoint) removeAfter(this.#checkpoints, checkpoint);
    const written = this.metrics().filter(({ epoch }) => epoch <= (checkpoint?.epoch ?? 0));
    const last = written.at(-1)?.epoch ?? 0;
    const unwritten = checkpoint?.metrics?.filter(({ epoch }) => epoch > last) ?? [];
    writeFileAtomically(join(this.path, metricsName), linesOf([...written, ...unwritten]));
    this.#best = undefined;
    return checkpoint;
  }

  /** The same run, to be trained for `epochs` in all. */
  withEpochs(epochs: number): RunFolder {
    const info = { ...this.info, recipe: { ...this.info.recipe, epochs } };
    writeFileAtomically(join(this.path, infoName), JSON.stringify(info, null, 2));
    return new RunFolder(this.path, info);
  }

  get #checkpoints(): string {
    return join(this.path, checkpointsName);
  }

  /** The network with the weights of the best epoch, for inference. The caller disposes it. */
  loadBestModel(): Model {
    return this.#modelOf(this.weights('best'));
  }

  /**
   * The network with the newest whole checkpoint's weights, for inference. The caller disposes it. `onWarning` is told
   * when those are not the weights of the last epoch.
   */
  loadModel(onWarning?: (message: string) => void): Model {
    const checkpoint = this.weights('last');
    const last = this.metrics().at(-1)?.epoch ?? 0;
    if (checkpoint.epoch < last)
      onWarning?.(
        `${this.path}: the weights of epoch ${last} are missing or damaged; those of epoch ${checkpoint.epoch} are used.`,
      );
    return this.#modelOf(checkpoint);
  }

  /** The weights of the best epoch, or of the newest whole checkpoint, with the running statistics of training. */
  weights(choice: WeightsChoice): Checkpoint {
    const best = choice === 'best' ? bestEpoch(this.metrics()) : null;
    return best ? loadCheckpoint(this.#checkpoints, best.epoch) : loadNewestCheckpoint(this.#checkpoints);
  }

  /** What the running statistics of these weights were recalibrated to; null where they were not. */
  recalibration(choice: WeightsChoice): StoredRecalibration | null {
    return readRecalibration(this.#folderOf(this.weights(choice)));
  }

  saveRecalibration(choice: WeightsChoice, recalibration: StoredRecalibration): void {
    writeRecalibration(this.#folderOf(this.weights(choice)), recalibration);
  }

  /** Inference uses the weights' own running statistics again. False when it did all along. */
  undoRecalibration(choice: WeightsChoice): boolean {
    return removeRecalibration(this.#folderOf(this.weights(choice)));
  }

  readonly #folderOf = (checkpoint: Checkpoint): string => checkpointFolder(this.#checkpoints, checkpoint);

  /** The network with the weights that the run began with, for inference. The caller disposes it. */
  firstModel(): Model {
    const { network, classes, seed, preprocessing, recipe } = this.info;
    const { initializer, initializerScale } = recipe;
    const { normalisation } = preprocessing;
    const options = { seed, normalisation, initializer, initializerScale };
    return Model.create(parseNetwork(network), classes.length, options);
  }

  #modelOf(checkpoint: Checkpoint): Model {
    const tensors = recalibrated(checkpoint.tensors, readRecalibration(this.#folderOf(checkpoint)));
    const model = this.firstModel();
    try {
      model.writeWeights(weightsFor(model, tensors, this.path));
    } catch (error) {
      model.dispose();
      throw error;
    }
    return model;
  }
}

const linesOf = (metrics: readonly EpochMetrics[]): string =>
  metrics.map((entry) => `${JSON.stringify(entry)}\n`).join('');

function toImages({ training, validation }: RunFiles, folder: string): RunImages {
  const toImage = ({ path, label, size, mtimeMs }: StampedFile): RunImages['training'][number] => [
    relative(folder, path),
    label,
    size,
    mtimeMs,
  ];
  return { training: training.map(toImage), validation: validation.map(toImage) };
}

/** The checkpoint's tensors that the model has; optimizer slots stay behind. */
function weightsFor(model: Model, tensors: NamedTensor[], path: string): NamedTensor[] {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  return model.variables.map(({ name, shape }) => {
    const tensor = byName.get(name);
    if (!tensor || tensor.shape.join() !== shape.join()) {
      const found = tensor ? `has shape [${tensor.shape}]` : 'is missing';
      throw new ReceptiveError(
        'invalid-model',
        `${path}: weight ${name} ${found}; the network needs [${shape}].`,
        restore,
      );
    }
    return tensor;
  });
}

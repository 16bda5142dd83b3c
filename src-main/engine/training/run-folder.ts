/** A run on disk: run.json, metrics.jsonl, checkpoints/. It needs nothing else to be used again, wherever it is moved. */
import { accessSync, constants, existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ReceptiveError, reportError } from '../../shared/errors.ts';
import { parseNetwork } from '../../shared/network/index.ts';
import type { EpochMetrics, RunInfo } from '../../shared/run.ts';
import { appendAndSync, writeFileAtomically } from '../files.ts';
import { Model } from '../graph/model.ts';
import { loadNewestCheckpoint, saveCheckpoint } from './checkpoint.ts';
import { infoName, metricsName, readMetrics, readRunInfo, restore } from './run-files.ts';
import type { NamedTensor } from './trainer.ts';

export class RunFolder {
  readonly path: string;
  readonly info: RunInfo;

  private constructor(path: string, info: RunInfo) {
    this.path = path;
    this.info = info;
  }

  /** @throws ReceptiveError `exists` when `path` is taken, `unreadable` when nothing can be made there. */
  static requireNew(path: string): void {
    if (existsSync(path))
      throw new ReceptiveError('exists', `${path} already exists; a run needs a new folder.`, 'Choose another name.');
    let parent = dirname(path);
    while (!existsSync(parent)) parent = dirname(parent);
    try {
      if (!statSync(parent).isDirectory())
        throw new ReceptiveError('exists', `${parent} is a file, so there can be no ${path}.`);
      accessSync(parent, constants.W_OK | constants.X_OK);
    } catch (error) {
      const { code, message } = reportError(error);
      throw new ReceptiveError(code, `No run can be made there: ${message}`, 'Choose another place for it.');
    }
  }

  /** Makes the folder and its run.json. @throws ReceptiveError `exists` when `path` is taken. */
  static create(path: string, info: RunInfo): RunFolder {
    RunFolder.requireNew(path);
    mkdirSync(dirname(path), { recursive: true });
    mkdirSync(path);
    try {
      writeFileAtomically(join(path, infoName), JSON.stringify(info, null, 2));
    } catch (error) {
      rmSync(path, { recursive: true, force: true });
      throw error;
    }
    return new RunFolder(path, info);
  }

  /** @throws ReceptiveError `not-found` when there is no run, `invalid-model` when run.json is damaged. */
  static open(path: string): RunFolder {
    const file = join(path, infoName);
    // Neither a folder nor a pipe, whose other end nobody may open.
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
      throw new ReceptiveError(
        'not-found',
        `${path} is not a run: it has no run.json.`,
        'Give the folder that --out made.',
      );
    }
    return new RunFolder(path, readRunInfo(path));
  }

  metrics(): EpochMetrics[] {
    return readMetrics(this.path);
  }

  appendMetrics(metrics: EpochMetrics): void {
    appendAndSync(join(this.path, metricsName), `${JSON.stringify(metrics)}\n`);
  }

  saveCheckpoint(epoch: number, tensors: NamedTensor[]): void {
    saveCheckpoint(join(this.path, 'checkpoints'), { epoch, tensors });
  }

  /**
   * The network with the newest whole checkpoint's weights, for inference. The caller disposes it. `onWarning` is told
   * when those are not the weights of the last epoch.
   */
  loadModel(onWarning?: (message: string) => void): Model {
    const { network, classes, seed } = this.info;
    const checkpoint = loadNewestCheckpoint(join(this.path, 'checkpoints'));
    const last = this.metrics().at(-1)?.epoch ?? 0;
    if (checkpoint.epoch < last)
      onWarning?.(
        `${this.path}: the weights of epoch ${last} are missing or damaged; those of epoch ${checkpoint.epoch} are used.`,
      );
    const model = Model.create(parseNetwork(network), classes.length, { seed });
    try {
      model.writeWeights(weightsFor(model, checkpoint.tensors, this.path));
    } catch (error) {
      model.dispose();
      throw error;
    }
    return model;
  }
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

/** A run on disk: run.json, metrics.jsonl, checkpoints/. It needs nothing else to be used again, wherever it is moved. */
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { ReceptiveError, reportError } from '../../shared/errors.ts';
import { checkNetwork, parseNetwork } from '../../shared/network/index.ts';
import { recipeSchema } from '../../shared/run.ts';
import type { EpochMetrics, RunInfo } from '../../shared/run.ts';
import { appendAndSync, writeFileAtomically } from '../files.ts';
import { Model } from '../graph/model.ts';
import { loadNewestCheckpoint, saveCheckpoint } from './checkpoint.ts';
import type { NamedTensor } from './trainer.ts';

const side = z.number().int().min(1).max(4096);

/** run.json may come from elsewhere, so every field that is used is checked. */
const runSchema = z.object({
  format: z.literal(1),
  name: z.string(),
  createdAt: z.string(),
  network: z.unknown(),
  recipe: recipeSchema,
  classes: z.array(z.string().min(1)).min(2),
  preprocessing: z.strictObject({
    height: side,
    width: side,
    channels: z.union([z.literal(1), z.literal(3)]),
    fit: z.literal('stretch'),
  }),
  seed: z.number().int(),
  threads: z.number().int(),
  device: z.enum(['cpu', 'gpu']),
  versions: z.record(z.string(), z.string()),
  dataHash: z.string(),
  params: z.number().int(),
  trainingImages: z.number().int(),
  validationImages: z.number().int(),
  source: z.strictObject({ folder: z.string(), inspectionBatch: z.array(z.string()) }),
});

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
      writeFileAtomically(join(path, 'run.json'), JSON.stringify(info, null, 2));
    } catch (error) {
      rmSync(path, { recursive: true, force: true });
      throw error;
    }
    return new RunFolder(path, info);
  }

  /** @throws ReceptiveError `not-found` when there is no run, `invalid-model` when run.json is damaged. */
  static open(path: string): RunFolder {
    const file = join(path, 'run.json');
    // Neither a folder nor a pipe, whose other end nobody may open.
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
      throw new ReceptiveError(
        'not-found',
        `${path} is not a run: it has no run.json.`,
        'Give the folder that --out made.',
      );
    }
    return new RunFolder(path, readRunInfo(file));
  }

  /** One line an epoch, in order. A last line that a crash cut off is left out. */
  metrics(): EpochMetrics[] {
    const file = join(this.path, 'metrics.jsonl');
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').split('\n');
    lines.pop();
    return lines.map((line) => JSON.parse(line) as EpochMetrics);
  }

  appendMetrics(metrics: EpochMetrics): void {
    appendAndSync(join(this.path, 'metrics.jsonl'), `${JSON.stringify(metrics)}\n`);
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

function readRunInfo(file: string): RunInfo {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as { code?: string }).code) throw error;
    throw new ReceptiveError('invalid-model', `${file} is not whole JSON: ${(error as Error).message}.`, restore);
  }
  const parsed = runSchema.safeParse(json);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    const where = path.length > 0 ? `${path.join('.')}: ` : '';
    throw new ReceptiveError('invalid-model', `${file} is damaged: ${where}${message}.`, restore);
  }
  const info = parsed.data as RunInfo;
  try {
    checkNetwork(parseNetwork(info.network), info.classes.length);
  } catch (error) {
    throw new ReceptiveError('invalid-model', `${file} is damaged: ${reportError(error).message}.`, restore);
  }
  return info;
}

const restore = 'Restore the run from a backup, or train again.';

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

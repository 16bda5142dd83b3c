import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DecoderClient } from '../../../src-main/engine/images/decoder-client.ts';
import { scanFolder } from '../../../src-main/engine/images/scan.ts';
import { labelledFolder, relabel, splitFiles } from '../../../src-main/engine/training/class-folders.ts';
import { WorkControl } from '../../../src-main/engine/training/control.ts';
import { runTraining } from '../../../src-main/engine/training/run.ts';
import type { TrainingHooks, TrainingTask } from '../../../src-main/engine/training/run.ts';
import { RunFolder } from '../../../src-main/engine/training/run-folder.ts';
import { deviceReport, tf, threads } from '../../../src-main/engine/tensorflow.ts';
import { parseNetwork, presets } from '../../../src-main/shared/network/index.ts';
import { bestEpoch, recipeSchema } from '../../../src-main/shared/run.ts';
import type { EpochMetrics, Recipe } from '../../../src-main/shared/run.ts';

const demo = join(import.meta.dirname, '../../../resources/demo/clothes');
const network = parseNetwork(presets['conv-bn-pool'], { size: [28, 28], channels: 1 });

let folder: string;
let images: string;
let decoder: DecoderClient;

beforeAll(() => {
  decoder = new DecoderClient();
  images = mkdtempSync(join(tmpdir(), 'receptive-images-'));
  for (const name of ['bag', 'trouser', 'sneaker']) {
    mkdirSync(join(images, name));
    const files = readdirSync(join(demo, name)).slice(0, 40);
    for (const file of files) copyFileSync(join(demo, name, file), join(images, name, file));
  }
});
afterAll(async () => {
  await decoder.close();
  rmSync(images, { recursive: true, force: true });
});
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'receptive-run-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function taskFor(recipe: Partial<Recipe> = {}, from = images): Promise<TrainingTask> {
  const full = recipeSchema.parse({ epochs: 2, batchSize: 16, ...recipe });
  const split = splitFiles(labelledFolder(from, await scanFolder(from, { decoder })), full.validationShare, full.seed);
  return {
    out: join(folder, 'run'),
    name: 'test',
    network,
    recipe: full,
    split,
    folder: from,
    decoder,
    control: new WorkControl(),
  };
}

function hooks(over: Partial<TrainingHooks> = {}): TrainingHooks & { epochs: EpochMetrics[]; warnings: unknown[] } {
  const epochs: EpochMetrics[] = [];
  const warnings: unknown[] = [];
  return {
    epochs,
    warnings,
    onStart: () => undefined,
    onProgress: () => undefined,
    onRejected: () => undefined,
    onEpoch: (metrics) => epochs.push(metrics),
    onWarning: (error) => warnings.push(error),
    ...over,
  };
}

describe('a training run', () => {
  it('learns, and can be used again from its folder alone', async () => {
    const seen = hooks();
    const { end, run } = await runTraining(await taskFor({ epochs: 6 }), seen);
    expect(end).toBe('completed');
    expect(seen.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(seen.epochs.at(-1)!.accuracy).toBeGreaterThan(0.9);
    expect(seen.epochs.at(-1)!.loss).toBeLessThan(seen.epochs[0]!.loss);

    const again = RunFolder.open(run.path);
    expect(again.metrics()).toEqual(seen.epochs);
    expect(again.info).toMatchObject({
      classes: ['bag', 'sneaker', 'trouser'],
      trainingImages: 96,
      validationImages: 24,
    });
    expect(again.info.source.inspectionBatch).toHaveLength(64);
    // What it takes to get the same losses again.
    expect(again.info).toMatchObject({ seed: 1, device: deviceReport().device, threads });
    expect(again.info.dataHash).toMatch(/^[0-9a-f]{64}$/);
    expect(Object.keys(again.info.versions).sort()).toEqual(['node', 'receptive', 'tensorflow']);
    const best = bestEpoch(seen.epochs)!.epoch;
    const kept = [...new Set([best, 5, 6])].sort().map((epoch) => `00000${epoch}`);
    expect(readdirSync(join(run.path, 'checkpoints')).sort()).toEqual(kept);

    const model = again.loadModel();
    const { files } = relabel(labelledFolder(images, await scanFolder(images, { decoder })), again.info.classes);
    const right = await Promise.all(
      files.slice(0, 30).map(async ({ path, label }) => {
        const probabilities = model.predict(await decoder.pixels(path, again.info.preprocessing));
        expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
        return probabilities.indexOf(Math.max(...probabilities)) === label;
      }),
    );
    expect(right.filter(Boolean).length).toBeGreaterThan(20);
    model.dispose();
  });

  it('repeats to the last digit with the same seed, and differs with another', async () => {
    const losses = async (seed: number, out: string) => {
      const seen = hooks();
      await runTraining({ ...(await taskFor({ seed, epochs: 3 })), out: join(folder, out) }, seen);
      return seen.epochs.map(({ loss, validationLoss }) => [loss, validationLoss]);
    };
    const first = await losses(3, 'a');
    expect(await losses(3, 'b')).toEqual(first);
    expect(await losses(4, 'c')).not.toEqual(first);
  });

  it('stops within an epoch and keeps the last whole one', async () => {
    const task = await taskFor({ epochs: 1000 });
    const seen = hooks({ onEpoch: ({ epoch }) => epoch === 2 && setImmediate(() => task.control.stop()) });
    const { end, run } = await runTraining(task, seen);
    expect(end).toBe('stopped');
    expect(run.metrics()).toHaveLength(2);
    RunFolder.open(run.path).loadModel().dispose();
  });

  it('can be used even when it was stopped in its first epoch', async () => {
    const task = await taskFor({ epochs: 1000, batchSize: 1 });
    const { end, run } = await runTraining(
      task,
      hooks({ onProgress: ({ state }) => state === 'training' && task.control.stop() }),
    );
    expect(end).toBe('stopped');
    expect(run.metrics()).toEqual([]);
    RunFolder.open(run.path).loadModel().dispose();
  });

  it('keeps the weights of the best epoch, the first with the highest validation accuracy', async () => {
    const scores = new Map<number, number>();
    const task = await taskFor({ epochs: 8, learningRate: 0.02, optimizer: 'sgd', batchSize: 48 });
    const { run } = await runTraining(
      task,
      hooks({ onEpoch: ({ epoch, validationAccuracy }) => scores.set(epoch, validationAccuracy!) }),
    );
    const highest = Math.max(...scores.values());
    const [best] = [...scores].find(([, score]) => score === highest)!;
    const names = readdirSync(join(run.path, 'checkpoints'));
    expect(names).toContain(`00000${best}`);
    expect(names).toHaveLength(new Set([best, 7, 8]).size);

    const model = run.loadBestModel();
    let right = 0;
    for (const { path, label } of task.split.validation) {
      const probabilities = model.predict(await decoder.pixels(path, run.info.preprocessing));
      if (probabilities.indexOf(Math.max(...probabilities)) === label) right++;
    }
    model.dispose();
    expect(right / task.split.validation.length).toBeCloseTo(highest, 5);
  });

  it('knows its best epoch of those before it was opened, too, and no more of what was dropped', async () => {
    const { run } = await runTraining(await taskFor({ epochs: 1 }), hooks());
    const add = async (to: RunFolder, epoch: number, accuracy: number) => {
      to.appendMetrics({ epoch, loss: 1, accuracy: 0, validationAccuracy: accuracy, imagesPerSecond: 1 });
      await to.saveCheckpoint({ epoch, begun: null, tensors: [] });
    };
    const checkpoints = () => readdirSync(join(run.path, 'checkpoints')).map(Number);
    await add(run, 2, 2);
    for (const epoch of [3, 4, 5]) await add(run, epoch, 1);
    expect(checkpoints()).toEqual([2, 4, 5]);
    const again = RunFolder.open(run.path);
    for (const epoch of [6, 7]) await add(again, epoch, 2);
    expect(checkpoints()).toEqual([2, 6, 7]);
    await add(again, 8, 3);
    rmSync(join(run.path, 'checkpoints', '000008'), { recursive: true });
    again.returnToCheckpoint();
    for (const epoch of [8, 9, 10]) await add(again, epoch, 1);
    expect(checkpoints()).toEqual([9, 10]);
  });

  it('takes what cannot be written of its curve along with the weights, and writes it when it is resumed', async () => {
    const { run } = await runTraining(await taskFor({ epochs: 1 }), hooks());
    const file = join(run.path, 'metrics.jsonl');
    const first = readFileSync(file, 'utf8');
    rmSync(file);
    mkdirSync(file);
    for (const epoch of [2, 3]) {
      const metrics = { epoch, loss: 1, accuracy: 0.5, imagesPerSecond: 1 };
      expect(() => run.appendMetrics(metrics)).toThrow();
    }
    await run.saveCheckpoint({ epoch: 3, begun: null, tensors: [] });
    rmSync(file, { recursive: true });
    writeFileSync(file, first);
    const again = RunFolder.open(run.path);
    expect(again.returnToCheckpoint()).toMatchObject({ epoch: 3 });
    expect(again.metrics().map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  });

  it('stands still while paused', async () => {
    const task = await taskFor({ epochs: 3, batchSize: 8 });
    let pausedAt: number | undefined;
    let stepsWhilePaused = 0;
    const seen = hooks({
      onProgress: ({ state, step }) => {
        if (state === 'training' && pausedAt === undefined) {
          pausedAt = step;
          task.control.pause();
          setTimeout(() => task.control.continue(), 400);
        } else if (state === 'training' && task.control.paused) stepsWhilePaused++;
      },
    });
    const { end } = await runTraining(task, seen);
    expect(pausedAt).toBeDefined();
    expect([end, stepsWhilePaused]).toEqual(['completed', 0]);
    expect(seen.epochs).toHaveLength(3);
  });

  /** Nothing in it keeps its numbers within bounds. */
  const plain = parseNetwork({
    input: { size: [28, 28], channels: 1 },
    layers: [
      { name: 'conv', kind: 'conv2d', filters: 8, kernelSize: 3 },
      { name: 'conv2', kind: 'conv2d', filters: 8, kernelSize: 3 },
      { name: 'flat', kind: 'flatten' },
      { name: 'logits', kind: 'dense', units: 'classes' },
    ],
  });

  it('stops where the numbers explode, names the layer, and keeps the checkpoint before', async () => {
    const task = await taskFor({ optimizer: 'sgd', learningRate: 30, warmupEpochs: 1000, epochs: 1000 });
    const seen = hooks();
    const error = await runTraining({ ...task, network: plain }, seen).catch((thrown: unknown) => thrown);
    const epoch = seen.epochs.length;
    expect(epoch).toBeGreaterThan(0);
    expect(error).toMatchObject({
      code: 'diverged',
      message: expect.stringMatching(
        new RegExp(
          `at step \\d+ of epoch ${epoch + 1}, .*Layer "\\w+" .* The weights after epoch ${epoch} are kept\\.`,
        ),
      ),
    });
    expect(seen.epochs.every(({ loss }) => loss < 1100)).toBe(true);
    const model = RunFolder.open(task.out).loadModel();
    expect(model.readWeights().every(({ values }) => values.every(Number.isFinite))).toBe(true);
    model.dispose();
  });

  it('says that it diverged, with the step, the learning rate and the layer', async () => {
    const task = await taskFor({ optimizer: 'sgd', learningRate: 100, epochs: 5 });
    await expect(runTraining({ ...task, network: plain }, hooks())).rejects.toMatchObject({
      code: 'diverged',
      message: expect.stringMatching(
        /step \d+ of epoch \d+, with learning rate 100\. Layer "\w+" .* There was no checkpoint to keep yet\./,
      ),
    });
  });

  it('leaves nothing of TensorFlow behind, completed or failed', async () => {
    const before = tf.memory().numTensors;
    await runTraining(await taskFor({ epochs: 1 }), hooks());
    await runTraining(await taskFor({ epochs: 1 }), hooks()).catch(() => undefined); // the folder exists
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('bad input', () => {
  it('refuses a weight for a class that there is not, before anything is written', async () => {
    const task = await taskFor({ classWeights: { cow: 2 } });
    await expect(runTraining(task, hooks())).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/"cow"/),
    });
    expect(existsSync(task.out)).toBe(false);
  });

  it('refuses an --out that exists, before it has cost anything, and leaves it alone', async () => {
    const task = await taskFor();
    mkdirSync(task.out);
    await expect(runTraining(task, hooks())).rejects.toMatchObject({ code: 'exists' });
    expect(readdirSync(task.out)).toEqual([]);
  });

  it('says that one class is too few, and trains with a class of one image', async () => {
    const few = join(folder, 'few');
    mkdirSync(join(few, 'bag'), { recursive: true });
    const [first, second] = readdirSync(join(images, 'bag'));
    copyFileSync(join(images, 'bag', first!), join(few, 'bag', first!));
    await expect(taskFor({}, few).then((task) => runTraining(task, hooks()))).rejects.toMatchObject({
      code: 'too-few-classes',
      message: expect.stringContaining('bag'),
    });
    mkdirSync(join(few, 'other'));
    copyFileSync(join(images, 'bag', second!), join(few, 'other', second!));
    const { run } = await runTraining(await taskFor({ epochs: 1 }, few), hooks());
    expect(run.info).toMatchObject({ trainingImages: 2, validationImages: 0 });
  });

  it('names images that vanished since the scan and trains on the rest', async () => {
    const own = join(folder, 'own');
    for (const name of ['bag', 'trouser']) {
      mkdirSync(join(own, name), { recursive: true });
      for (const file of readdirSync(join(images, name)).slice(0, 5))
        copyFileSync(join(images, name, file), join(own, name, file));
    }
    const task = await taskFor({ epochs: 1, validationShare: 0 }, own);
    const gone = task.split.training[0]!.path;
    rmSync(gone);
    const rejected: string[] = [];
    const { run } = await runTraining(
      task,
      hooks({ onRejected: (list) => rejected.push(...list.map(({ path }) => path)) }),
    );
    expect(rejected).toEqual([gone]);
    expect(run.info.trainingImages).toBe(9);
  });

  it.each([
    ['run.json cut in half', (run: string) => halve(join(run, 'run.json')), /run.json is not whole JSON/],
    [
      'run.json with a wrong field',
      (run: string) => writeFileSync(join(run, 'run.json'), '{"format":1}'),
      /run.json is damaged: name/,
    ],
    [
      'weights cut in half',
      (run: string) => halve(join(run, 'checkpoints/000001/weights.bin')),
      /every checkpoint is damaged/,
    ],
    [
      'no checkpoints',
      (run: string) => rmSync(join(run, 'checkpoints'), { recursive: true }),
      /there is no checkpoint/,
    ],
    [
      'weights of another network',
      (run: string) => {
        const file = join(run, 'run.json');
        const info = JSON.parse(readFileSync(file, 'utf8'));
        info.network.layers[0].filters = 5;
        writeFileSync(file, JSON.stringify(info));
      },
      /weight conv1\/kernel has shape \[3,3,1,16\]; the network needs \[3,3,1,5\]/,
    ],
  ])('says what is wrong with %s', async (_, damage, message) => {
    const { run } = await runTraining(await taskFor({ epochs: 1 }), hooks());
    damage(run.path);
    expect(() => RunFolder.open(run.path).loadModel()).toThrow(
      expect.objectContaining({ code: 'invalid-model', message: expect.stringMatching(message) }),
    );
  });

  it('goes on when a checkpoint cannot be saved, and fails only when none could', async () => {
    const block = (run: RunFolder) => writeFileSync(join(run.path, 'checkpoints'), 'in the way');
    const task = await taskFor({ epochs: 2 });
    const unblocked = hooks({ onStart: block });
    unblocked.onEpoch = ({ epoch }) => epoch === 1 && rmSync(join(task.out, 'checkpoints'));
    const { run, unsaved } = await runTraining(task, unblocked);
    expect(unsaved).toBeNull();
    expect(unblocked.warnings).toHaveLength(1);
    expect(readdirSync(join(run.path, 'checkpoints'))).toEqual(['000002']);

    const blocked = hooks({ onStart: block });
    await expect(runTraining({ ...task, out: join(folder, 'b') }, blocked)).rejects.toThrow(/checkpoints/);
    expect(blocked.epochs).toHaveLength(2);
  });

  /** What a script prints last that was run with a disk of that size; `before` is done on the disk first. */
  function onSmallDisk(size: string, before: (disk: string) => string, script: string, ...words: string[]) {
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    const quoted = [process.execPath, join(import.meta.dirname, script), join(disk, 'run'), ...words];
    const command = `mount -t tmpfs -o size=${size} tmpfs '${disk}' && ${before(disk)} exec ${quoted.map((word) => `'${word}'`).join(' ')}`;
    const printed = execFileSync('unshare', ['-rm', 'sh', '-c', command], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return JSON.parse(printed.trim().split('\n').at(-1)!);
  }

  it('keeps the last checkpoint that fitted when the disk fills up while it trains', () => {
    // Room for run.json and one checkpoint of 290 kB, not for the second beside it.
    const told = onSmallDisk('480k', () => '', 'train-on-small-disk.ts', images);
    const { end, warnings, metrics, checkpoint, unsaved } = told;
    expect(end).toBe('completed');
    expect(new Set(warnings)).toEqual(new Set(['disk-full']));
    expect(checkpoint).toBe(1);
    expect(metrics).toEqual([1, 2, 3]);
    expect(unsaved).toMatch(/^The weights after epoch 3 could not be saved: .* The weights after epoch 1 are kept\.$/);
  });

  it('saves the weights alone where there is no room for what could not be written of the curve', async () => {
    const { run } = await runTraining(await taskFor({ epochs: 1 }), hooks());
    const told = onSmallDisk('4m', (disk) => `cp -r '${run.path}' '${disk}/run' &&`, 'save-on-full-disk.ts');
    expect(told).toMatchObject({ codes: ['disk-full'], epoch: 201, taken: 0 });
    // More lines than a page of manifest has room for; some still fitted into the file's last page.
    expect(told.failed).toBeGreaterThan(100);
  });
});

function halve(file: string): void {
  expect(existsSync(file)).toBe(true);
  truncateSync(file, statSync(file).size >> 1);
}

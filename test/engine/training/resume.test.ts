/** A run that was stopped, killed or held up goes on as if nothing had happened: its curve and weights to the last digit. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, rmSync, utimesSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { DecoderClient } from '../../../src-main/engine/images/decoder-client.ts';
import { loadNewestCheckpoint } from '../../../src-main/engine/training/checkpoint.ts';
import { WorkControl } from '../../../src-main/engine/training/control.ts';
import { resumeTraining } from '../../../src-main/engine/training/resume.ts';
import { runTraining } from '../../../src-main/engine/training/run.ts';
import type { TrainingHooks, TrainingTask } from '../../../src-main/engine/training/run.ts';
import { RunFolder } from '../../../src-main/engine/training/run-folder.ts';
import { binding } from '../../../src-main/engine/tensorflow.ts';
import { createRandom } from '../../../src-main/shared/random.ts';
import { recipeSchema } from '../../../src-main/shared/run.ts';
import type { EpochMetrics } from '../../../src-main/shared/run.ts';
import { makeImages, smallTask } from './small-run.ts';

let folder: string;
let images: string;
let decoder: DecoderClient;

beforeAll(() => {
  decoder = new DecoderClient();
  images = mkdtempSync(join(tmpdir(), 'receptive-images-'));
  makeImages(images);
});
afterAll(async () => {
  await decoder.close();
  rmSync(images, { recursive: true, force: true });
});
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'receptive-resume-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function hooks(over: Partial<TrainingHooks> = {}): TrainingHooks & { warnings: string[] } {
  const warnings: string[] = [];
  return {
    warnings,
    onStart: () => undefined,
    onProgress: () => undefined,
    onRejected: () => undefined,
    onEpoch: () => undefined,
    onWarning: ({ message }) => warnings.push(message),
    ...over,
  };
}

const taskFor = (over: Partial<TrainingTask> = {}): Promise<TrainingTask> =>
  smallTask(join(folder, 'run'), images, decoder, over);

const resume = (path: string, over: { epochs?: number; control?: WorkControl } = {}, with_ = hooks()) => {
  const run = RunFolder.open(path);
  const task = { run, files: run.files(images), folder: images, decoder, control: new WorkControl(), ...over };
  return resumeTraining(task, with_);
};

/** All that must be the same to the last digit: the curves without their speed, and every variable. */
function resultOf(path: string): { curve: Omit<EpochMetrics, 'imagesPerSecond'>[]; weights: Map<string, number[]> } {
  const curve = RunFolder.open(path)
    .metrics()
    .map(({ imagesPerSecond, ...rest }) => {
      expect(imagesPerSecond).toBeGreaterThan(0);
      return rest;
    });
  const { tensors } = loadNewestCheckpoint(join(path, 'checkpoints'));
  return { curve, weights: new Map(tensors.map(({ name, values }) => [name, [...values]])) };
}

/** Stops the work after so many of its steps, counted by the saves that follow each of them. */
async function stopAfter(saves: number, task: TrainingTask): Promise<void> {
  const { control } = task;
  let left = saves;
  const breathe = control.checkpoint.bind(control);
  control.checkpoint = (onHold) => {
    if (--left === 0) control.stop();
    return breathe(onHold);
  };
  expect((await runTraining(task, hooks())).end).toBe('stopped');
}

describe('a run that is resumed', () => {
  let whole: ReturnType<typeof resultOf>;
  let wholeFolder: string;
  beforeAll(async () => {
    wholeFolder = mkdtempSync(join(tmpdir(), 'receptive-whole-'));
    const out = join(wholeFolder, 'run');
    await runTraining(await smallTask(out, images, decoder), hooks());
    whole = resultOf(out);
  });
  afterAll(() => rmSync(wholeFolder, { recursive: true, force: true }));

  // 6 steps of training and 2 of validation an epoch: within the first epoch, within the second, while it is validated,
  // and just when the second epoch is over.
  it.each([1, 3, 10, 15, 16])('equals one that never ended, stopped at pause point %i', async (saves) => {
    const task = await taskFor();
    await stopAfter(saves, task);
    const { end } = await resume(task.out);
    expect(end).toBe('completed');
    expect(resultOf(task.out)).toEqual(whole);
  });

  const recipes: z.input<typeof recipeSchema>[] = [
    { optimizer: 'momentum', schedule: 'cosine', warmupEpochs: 1.5, augmentation: 'strong', fit: 'crop' },
    { optimizer: 'rmsprop', schedule: 'plateau', dropEpochs: 1, augmentation: 'light', scaling: 'standard' },
    {
      optimizer: 'adamw',
      weightDecay: 0.01,
      schedule: 'one-cycle',
      clipNorm: 1,
      labelSmoothing: 0.1,
      classWeights: 'balanced',
    },
  ];
  it.each(recipes)('equals one that never ended with $optimizer, $schedule and all that goes with it', async (one) => {
    const task = async (name: string) => {
      const { recipe, ...rest } = await taskFor({ out: join(folder, name) });
      return { ...rest, recipe: recipeSchema.parse({ ...recipe, ...one }) };
    };
    const [uninterrupted, stopped] = [await task('uninterrupted'), await task('stopped')];
    await runTraining(uninterrupted, hooks());
    await stopAfter(11, stopped);
    await resume(stopped.out);
    expect(resultOf(stopped.out)).toEqual(resultOf(uninterrupted.out));
  });

  it('equals it with more epochs than were asked for at first, and stays as it is when all are done', async () => {
    const task = await taskFor();
    task.recipe = { ...task.recipe, epochs: 1 };
    await runTraining(task, hooks());
    await resume(task.out, { epochs: 3 });
    expect(resultOf(task.out)).toEqual(whole);
    expect(RunFolder.open(task.out).info.recipe.epochs).toBe(3);
    await resume(task.out, { epochs: 3 });
    expect(resultOf(task.out)).toEqual(whole);
    await expect(resume(task.out, { epochs: 2 })).rejects.toMatchObject({ code: 'usage' });
  });

  it('equals it although it was paused, with TensorFlow’s memory given back meanwhile', async () => {
    const task = await taskFor();
    const before = [binding.getNumOfTensors(), binding.getNumOfSavedModels()];
    let paused: number[] = [];
    let isPaused = false;
    const seen = hooks({
      onProgress: ({ state }) => {
        if (state !== 'training' || isPaused) return;
        isPaused = true;
        task.control.pause();
        setTimeout(() => {
          paused = [binding.getNumOfTensors(), binding.getNumOfSavedModels()];
          expect(readdirSync(join(task.out, 'checkpoints'))).toHaveLength(1);
          task.control.continue();
        }, 300);
      },
    });
    await runTraining(task, seen);
    expect(paused).toEqual(before);
    expect(resultOf(task.out)).toEqual(whole);
  });

  it('begins from the start where it was lost before its first checkpoint', async () => {
    const task = await taskFor();
    await stopAfter(1, task);
    rmSync(join(task.out, 'checkpoints'), { recursive: true });
    await resume(task.out);
    expect(resultOf(task.out)).toEqual(whole);
  });

  it.each(['within', 'at the end of'])(
    'goes back to the checkpoint before a damaged one %s an epoch',
    async (where) => {
      const task = await taskFor();
      if (where === 'within') await stopAfter(15, task);
      // The metrics of the second epoch are there, its weights are not.
      else await runTraining({ ...task, recipe: { ...task.recipe, epochs: 2 } }, hooks());
      const checkpoints = join(task.out, 'checkpoints');
      writeFileSync(join(checkpoints, readdirSync(checkpoints).sort().at(-1)!, 'weights.bin'), 'not weights');
      await resume(task.out, { epochs: 3 });
      expect(resultOf(task.out)).toEqual(whole);
    },
  );

  it('names images that were deleted or replaced, and goes on', async () => {
    const own = join(folder, 'own');
    cpSync(images, own, { recursive: true, preserveTimestamps: true });
    const task = await smallTask(join(folder, 'run'), own, decoder);
    await stopAfter(3, task);
    const [gone, replaced] = [...task.split.training].map(({ path }) => path);
    rmSync(gone!);
    cpSync(task.split.training[2]!.path, replaced!);
    const run = RunFolder.open(task.out);
    const rejected: string[] = [];
    const seen = hooks({ onRejected: (list) => rejected.push(...list.map(({ path }) => path)) });
    const work = { run, files: run.files(own), folder: own, decoder, control: new WorkControl() };
    expect((await resumeTraining(work, seen)).end).toBe('completed');
    expect(rejected).toEqual([gone]);
    const relative = (path: string) => path.slice(own.length + 1);
    expect(seen.warnings).toHaveLength(1);
    expect(seen.warnings[0]).toContain(`1 image was deleted: ${relative(gone!)}`);
    expect(seen.warnings[0]).toContain(`1 image was replaced: ${relative(replaced!)}`);
  });
});

it('names images that are deleted or replaced while it trains, and learns the same', async () => {
  const own = join(folder, 'own');
  cpSync(images, own, { recursive: true, preserveTimestamps: true });
  const untouched = await smallTask(join(folder, 'untouched'), own, decoder);
  await runTraining(untouched, hooks());
  const task = await smallTask(join(folder, 'run'), own, decoder);
  const [gone, replaced] = task.split.training.map(({ path }) => path);
  const seen = hooks({
    onEpoch: ({ epoch }) => {
      if (epoch !== 1) return;
      rmSync(gone!);
      utimesSync(replaced!, 1, 1);
    },
  });
  expect((await runTraining(task, seen)).end).toBe('completed');
  expect(seen.warnings).toEqual([expect.stringMatching(/1 image was deleted: \S+, and 1 image was replaced: \S+\./)]);
  expect(resultOf(task.out)).toEqual(resultOf(untouched.out));
});

it('survives kill -9 at any step, half of the times within a save: at most one interval is lost, and nothing differs', async () => {
  const rounds = process.env.RECEPTIVE_SOAK ? 100 : 10;
  const random = createRandom(11);
  const out = join(folder, 'run');
  const checkpoints = join(out, 'checkpoints');
  const script = join(import.meta.dirname, 'train-until-killed.ts');
  const epochs = 8 * rounds;
  const start = (path: string) =>
    spawn(process.execPath, [script, path, images, String(epochs)], { stdio: ['ignore', 'pipe', 'ignore'] });
  let insideSaves = 0;

  for (let round = 0; round < rounds || insideSaves * 2 < rounds; round++) {
    const child = start(out);
    const closed = once(child, 'close');
    const steps: number[] = [];
    const enough = 3 + random.int(8); // by the third step the first has its checkpoint
    await new Promise<void>((resolve, reject) => {
      const lines = createInterface({ input: child.stdout });
      lines.on('line', (line) => steps.push(Number(line)) === enough && resolve());
      lines.on('close', () => reject(new Error(`The training ended by itself after the steps ${steps.join()}.`)));
    });
    if (insideSaves * 2 <= round) await oneSaveBegins(checkpoints, random.int(4));
    else await new Promise((resolve) => setTimeout(resolve, random.int(40)));
    child.kill('SIGKILL');
    await closed;
    if (readdirSync(checkpoints).some((name) => name.endsWith('.tmp'))) insideSaves++;
    const { epoch, begun } = loadNewestCheckpoint(checkpoints);
    // Every step is followed by a checkpoint, so the one that was being saved is all that may be lost.
    expect(epoch * 6 + (begun?.steps ?? 0)).toBeGreaterThanOrEqual(steps.at(-1)! - 1);
  }

  const last = loadNewestCheckpoint(checkpoints).epoch + 1;
  expect(last).toBeGreaterThan(1);
  await resume(out, { epochs: last });
  const whole = await taskFor({ out: join(folder, 'whole') });
  whole.recipe = { ...whole.recipe, epochs: last };
  await runTraining(whole, hooks());
  expect(resultOf(out)).toEqual(resultOf(whole.out));
}, 3_600_000);

/** Resolves shortly after a checkpoint has begun to be written. */
function oneSaveBegins(checkpoints: string, afterMs: number): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(checkpoints, (_, name) => {
      if (!name?.endsWith('.tmp')) return;
      watcher.close();
      setTimeout(resolve, afterMs);
    });
  });
}

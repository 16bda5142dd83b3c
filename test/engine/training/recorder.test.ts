import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DecoderClient } from '../../../src-main/engine/images/decoder-client.ts';
import { batchNormReport } from '../../../src-main/engine/inspection/batch-norm.ts';
import { loadInspectionBatch } from '../../../src-main/engine/inspection/inspection-batch.ts';
import { WorkControl } from '../../../src-main/engine/training/control.ts';
import { historyName, normLayers, readHistory } from '../../../src-main/engine/training/norm-history.ts';
import { resumeTraining } from '../../../src-main/engine/training/resume.ts';
import { createModel, imageShapeOf, readImages, runTraining } from '../../../src-main/engine/training/run.ts';
import type { TrainingHooks, TrainingTask } from '../../../src-main/engine/training/run.ts';
import { augmentationPresets } from '../../../src-main/shared/augmentation.ts';
import type { LiveLook } from '../../../src-main/shared/inspection.ts';
import { recipeSchema } from '../../../src-main/shared/run.ts';
import type { EpochMetrics } from '../../../src-main/shared/run.ts';
import { readSpreads, spreadsName } from '../../../src-main/engine/training/spread-record.ts';
import { trainingLoop } from '../../../src-main/engine/training/loop.ts';
import { temporaryFolder } from '../../decoder/support.ts';
import { makeImages, smallNetwork, smallTask } from './small-run.ts';

const root = temporaryFolder();
const images = join(root, 'images');
mkdirSync(images);
makeImages(images);
const decoder = new DecoderClient();
afterAll(() => decoder.close());

/** By which looking takes no time, so that it is not a matter of the machine's speed which steps are looked at. */
class StillControl extends WorkControl {
  override now(): number {
    return 0;
  }
}

const ignore = () => undefined;
const hooks: TrainingHooks = {
  onStart: ignore,
  onProgress: ignore,
  onRejected: ignore,
  onEpoch: ignore,
  onWarning: ignore,
};
/** 96 training images: 6 steps an epoch. */
const recipe = recipeSchema.parse({ epochs: 3, batchSize: 16, seed: 5 });
const task = (name: string, over: Partial<TrainingTask> = {}) =>
  smallTask(join(root, name), images, decoder, { recipe, control: new StillControl(), ...over });
const layers = normLayers(smallNetwork, 3);

describe('what became of activations, weights and gradients while a run trained', () => {
  it('is kept for every step of a short run, and begins with what the run begins with', async () => {
    const { run } = await runTraining(await task('spreads'), hooks);
    const history = readSpreads(run.path, smallNetwork, 'conv1')!;
    expect(history.steps).toEqual(Array.from({ length: 19 }, (_, step) => step));
    const first = run.firstModel();
    const last = run.loadModel();
    const kernel = history.tensors.find(({ field, isGradient }) => field === 'kernel' && !isGradient)!;
    for (const [model, at] of [
      [first, 0],
      [last, 18],
    ] as const) {
      const { values } = model.readWeights().find(({ name }) => name === 'conv1/kernel')!;
      expect(kernel.figures.size[at]).toBeCloseTo(
        Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length),
        6,
      );
      expect(kernel.figures.least[at]).toBe(Math.min(...values));
      model.dispose();
    }
  });

  it('is looked at without a trace in the losses', async () => {
    const changed = recipeSchema.parse({ ...recipe, augmentation: augmentationPresets.strong });
    const looked = await task('looked', { recipe: changed });
    const { run } = await runTraining(looked, hooks);
    expect(readSpreads(run.path, smallNetwork, 'conv1')!.steps).toHaveLength(19);

    const data = await readImages(looked.split, imageShapeOf(smallNetwork, changed.fit), changed, looked, hooks);
    const model = createModel(
      smallNetwork,
      looked.split.classes,
      changed,
      imageShapeOf(smallNetwork, changed.fit),
      data,
    );
    const epochs: EpochMetrics[] = [];
    const unseen = {
      onProgress: ignore,
      onEpoch: (metrics: EpochMetrics) => void epochs.push(metrics),
      onCheckpoint: ignore,
    };
    await trainingLoop(model, data.training, data.validation, changed, new StillControl(), unseen);
    model.dispose();
    const withoutSpeed = (all: EpochMetrics[]) => all.map((one) => ({ ...one, imagesPerSecond: 0 }));
    expect(withoutSpeed(run.metrics())).toEqual(withoutSpeed(epochs));
  });

  it('is thinned out where a run goes on for much longer', async () => {
    const { run } = await runTraining(await task('short'), hooks);
    const control = new StillControl();
    const around = { folder: images, decoder, control };
    const stopping: TrainingHooks = {
      ...hooks,
      onProgress: ({ state }) => void (state === 'training' && control.stop()),
    };
    await resumeTraining({ ...around, run, files: run.files(images), epochs: 1000 }, stopping);
    // Of 6,000 steps every 47th is kept, and the first ones.
    expect(readSpreads(run.path, smallNetwork, 'conv1')!.steps).toEqual([0, 1, 2, 4, 8, 16]);
    expect(readHistory(run.path, layers, 'bn1')!.steps).toEqual([0, 1, 2, 4, 8, 16]);
  });
});

describe('what became of batch norm while a run trained', () => {
  it('is kept for the first steps and the last', async () => {
    const { run } = await runTraining(await task('whole'), hooks);
    const history = readHistory(run.path, layers, 'bn1')!;
    expect(history.steps).toEqual(Array.from({ length: 19 }, (_, step) => step));
    expect(history.channels).toBe(8);
    for (const values of Object.values(history.figures)) expect(values).toHaveLength(19 * 8);
    // It begins with what the variables begin with, and ends with what the run has.
    expect([...history.figures.gamma.slice(0, 8)]).toEqual(new Array(8).fill(1));
    expect([...history.figures.movingVariance.slice(0, 8)]).toEqual(new Array(8).fill(1));
    const batch = (await loadInspectionBatch(run.info, decoder))!;
    const sixteen = { pixels: batch.pixels.subarray(0, 16 * 784), paths: batch.paths.slice(0, 16) };
    const model = run.loadModel();
    const report = batchNormReport(model, smallNetwork, sixteen, 'bn1');
    model.dispose();
    const last = (name: keyof typeof history.figures) => [...history.figures[name].slice(18 * 8)];
    expect(last('batchMean')).toEqual(report.batchMean);
    expect(last('batchVariance')).toEqual(report.batchVariance);
    expect(last('movingMean')).toEqual(report.runningMean);
    expect(last('movingVariance')).toEqual(report.runningVariance);
    expect(last('gamma')).toEqual(report.gamma);
    expect(last('beta')).toEqual(report.beta);
    expect(readHistory(run.path, layers, 'conv1')).toBeNull();
  });

  it('goes on where a resumed run does, and is the same as without the break', async () => {
    const whole = join(root, 'whole', historyName);
    const control = new StillControl();
    const stopping = { ...hooks, onEpoch: () => control.stop() };
    const { run } = await runTraining(await task('broken', { control }), stopping);
    const file = join(run.path, historyName);
    // What was recorded after the last checkpoint, and a row that a crash cut off.
    const bytes = readFileSync(file);
    const later = Uint8Array.from(bytes.subarray(0, bytes.length / 7));
    new Float32Array(later.buffer)[0] = 16;
    appendFileSync(file, later);
    appendFileSync(file, bytes.subarray(0, 10));
    expect(readHistory(run.path, layers, 'bn1')!.steps).toEqual([0, 1, 2, 3, 4, 5, 6, 16]);

    const around = { folder: images, decoder, control: new StillControl() };
    await resumeTraining({ ...around, run, files: run.files(images) }, hooks);
    expect(readFileSync(file)).toEqual(readFileSync(whole));
    const spreads = (name: string) => readFileSync(join(root, name, spreadsName));
    expect(spreads('broken')).toEqual(spreads('whole'));
  });

  it('is told live from the first look of a run that goes on', async () => {
    const { run } = await runTraining(await task('live', { recipe: { ...recipe, epochs: 1 } }), hooks);
    const looks: LiveLook[] = [];
    const around = { folder: images, decoder, control: new StillControl(), epochs: 2 };
    const onLive = (look: LiveLook) => void looks.push(look);
    await resumeTraining({ ...around, run, files: run.files(images) }, { ...hooks, onLive });
    const { runningMean, step } = looks[0]!.norm!;
    const { steps, figures } = readHistory(run.path, layers, 'bn1')!;
    const at = steps.indexOf(6);
    expect([looks[0]!.step, step]).toEqual([6, 6]);
    expect(runningMean).toEqual([...figures.movingMean.subarray(at * 8, at * 8 + 8)]);
  });

  it('is not there without batch norm, and nothing of a file that is no row', async () => {
    const plain = { ...smallNetwork, layers: smallNetwork.layers.filter(({ kind }) => kind !== 'batchNorm') };
    const { run } = await runTraining(await task('plain', { network: plain }), hooks);
    expect(existsSync(join(run.path, historyName))).toBe(false);
    writeFileSync(join(run.path, historyName), 'x');
    expect(readHistory(run.path, layers, 'bn1')).toBeNull();
  });
});

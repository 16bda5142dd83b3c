import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Model } from '../../../src-main/engine/graph/model.ts';
import { DecoderClient } from '../../../src-main/engine/images/decoder-client.ts';
import { loadDataset } from '../../../src-main/engine/images/dataset.ts';
import { crossEntropyOf, measureStatistics, recalibrate } from '../../../src-main/engine/inspection/recalibrate.ts';
import { shuffledBatches } from '../../../src-main/engine/training/batches.ts';
import { WorkControl } from '../../../src-main/engine/training/control.ts';
import { runTraining } from '../../../src-main/engine/training/run.ts';
import { RunFolder } from '../../../src-main/engine/training/run-folder.ts';
import { parseNetwork } from '../../../src-main/shared/network/index.ts';
import { createRandom } from '../../../src-main/shared/random.ts';
import { recipeSchema } from '../../../src-main/shared/run.ts';
import { temporaryFolder } from '../../decoder/support.ts';
import { makeImages, smallNetwork, smallTask } from '../training/small-run.ts';

const root = temporaryFolder();
const decoder = new DecoderClient();
afterAll(() => decoder.close());

/** Mean and variance per channel of values [cells, channels], in plain numbers. */
function moments(values: number[], channels: number): { mean: number[]; variance: number[] } {
  const of = (channel: number) => values.filter((_, at) => at % channels === channel);
  const meanOf = (list: number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
  const lists = Array.from({ length: channels }, (_, channel) => of(channel));
  const mean = lists.map(meanOf);
  return { mean, variance: lists.map((list, at) => meanOf(list.map((value) => (value - mean[at]!) ** 2))) };
}

describe('statistics measured over all images', () => {
  const channels = 3;
  const network = parseNetwork({
    input: { size: [2, 3], channels },
    layers: [
      { name: 'bn1', kind: 'batchNorm', epsilon: 0.01 },
      { name: 'relu', kind: 'activation', function: 'relu' },
      { name: 'bn2', kind: 'batchNorm' },
      { name: 'flat', kind: 'flatten' },
      { name: 'logits', kind: 'dense', units: 'classes' },
    ],
  });
  const random = createRandom(4);
  const images = { pixels: new Uint8Array(22 * 18).map(() => random.int(256)), labels: new Int32Array(22) };

  it('are those of plain sums, with a last batch that is smaller', async () => {
    const model = Model.create(network, 2, { seed: 1 });
    const order = { batchSize: 8, seed: 3 };
    const measured = await measureStatistics(model, network, images, order, new WorkControl(), () => undefined);
    model.dispose();
    const found = new Map(measured!.statistics.map(({ name, values }) => [name, [...values]]));

    // The first layer sees the pixels whatever the batches are; the second what each batch was made into.
    const first = moments(
      Array.from(images.pixels, (value) => value / 255),
      channels,
    );
    const second: number[] = [];
    for await (const { pixels } of shuffledBatches(images, order.batchSize, order.seed, 0)) {
      const values = Array.from(pixels, (value) => value / 255);
      const { mean, variance } = moments(values, channels);
      const normalised = (value: number, at: number) =>
        (value - mean[at % channels]!) / Math.sqrt(variance[at % channels]! + 0.01);
      second.push(...values.map((value, at) => Math.max(0, normalised(value, at))));
    }
    for (const [layer, { mean, variance }] of [['bn1', first] as const, ['bn2', moments(second, channels)] as const]) {
      mean.forEach((value, at) => expect(found.get(`${layer}/movingMean`)![at]).toBeCloseTo(value, 5));
      variance.forEach((value, at) => expect(found.get(`${layer}/movingVariance`)![at]).toBeCloseTo(value, 5));
    }
  });

  it('are null when stopped', async () => {
    const model = Model.create(network, 2, { seed: 1 });
    const control = new WorkControl();
    control.stop();
    const order = { batchSize: 8, seed: 3 };
    expect(await measureStatistics(model, network, images, order, control, () => undefined)).toBeNull();
    model.dispose();
  });
});

it('cross-entropy from logits is minus the logarithm of the softmax', () => {
  const { lossSum, correct } = crossEntropyOf(Float32Array.of(1, 3, 2, 1000, 0, 0), Int32Array.of(2, 0));
  const total = Math.exp(1) + Math.exp(3) + Math.exp(2);
  expect(lossSum).toBeCloseTo(-Math.log(Math.exp(2) / total), 6);
  expect(correct).toBe(1);
});

describe('a run whose running statistics lag behind', () => {
  const images = join(root, 'images');
  mkdirSync(images);
  makeImages(images);
  /** Nine parts in ten of what the running statistics began with are left after ten of these steps. */
  const slow = { ...smallNetwork, layers: smallNetwork.layers.map((layer) => ({ ...layer })) };
  for (const layer of slow.layers) if (layer.kind === 'batchNorm') layer.momentum = 0.99;

  async function trained(name: string): Promise<RunFolder> {
    const recipe = recipeSchema.parse({ epochs: 2, batchSize: 16, seed: 5 });
    const task = await smallTask(join(root, name), images, decoder, { recipe, network: slow });
    const ignore = () => undefined;
    const hooks = { onStart: ignore, onProgress: ignore, onRejected: ignore, onEpoch: ignore, onWarning: ignore };
    return (await runTraining(task, hooks)).run;
  }

  const recalibrated = (run: RunFolder) => {
    const { training: files } = run.files(images);
    const task = { run, weights: 'last' as const, files, folder: images, decoder, control: new WorkControl() };
    return recalibrate(task, { onProgress: () => undefined, onRejected: () => undefined });
  };

  async function accuracyOf(run: RunFolder): Promise<number> {
    const { pixels, labels } = await loadDataset(run.files(images).training, run.info.preprocessing, { decoder });
    const model = run.loadModel();
    try {
      return model.evaluate(pixels, labels).correct / labels.length;
    } finally {
      model.dispose();
    }
  }

  it('reaches in inference what it has learnt, keeps its weights, and can go back', async () => {
    const run = await trained('slow');
    const weights = join(run.path, 'checkpoints', '000002', 'weights.bin');
    const bytes = readFileSync(weights);
    const lagging = await accuracyOf(run);

    const report = (await recalibrated(run))!;
    expect(report.images).toBe(96);
    expect(report.before.accuracy).toBeCloseTo(lagging, 9);
    expect(report.before.loss).toBeGreaterThan(2 * report.batchStatistics.loss);
    expect(report.after.accuracy).toBeGreaterThan(report.batchStatistics.accuracy - 0.05);
    expect(await accuracyOf(run)).toBeCloseTo(report.after.accuracy, 9);
    expect(run.recalibration('last')!.report).toEqual(report);
    // Training goes on with what it had.
    expect(readFileSync(weights)).toEqual(bytes);
    const moving = run.weights('last').tensors.find(({ name }) => name === 'bn1/movingVariance')!;
    const measured = run.recalibration('last')!.statistics.find(({ name }) => name === 'bn1/movingVariance')!;
    expect([...measured.values]).not.toEqual([...moving.values]);

    expect(run.undoRecalibration('last')).toBe(true);
    expect(await accuracyOf(run)).toBeCloseTo(lagging, 9);
    expect(run.undoRecalibration('last')).toBe(false);
  });

  it('says so when what was measured is damaged', async () => {
    const run = await trained('damaged');
    await recalibrated(run);
    writeFileSync(join(run.path, 'checkpoints', '000002', 'recalibrated.json'), '{"format":1');
    expect(() => run.loadModel()).toThrow(/recalibrated\.json is damaged/);
    run.undoRecalibration('last');
    run.loadModel().dispose();
  });

  it('needs batch norm and the images', async () => {
    const run = await trained('gone');
    for (const file of readdirSync(join(images, 'bag'))) rmSync(join(images, 'bag', file));
    await expect(recalibrated(run)).rejects.toThrow('No training image could be read for "bag".');
    const info = JSON.parse(readFileSync(join(run.path, 'run.json'), 'utf8')) as { network: { layers: object[] } };
    info.network.layers.splice(1, 1);
    writeFileSync(join(run.path, 'run.json'), JSON.stringify(info));
    await expect(recalibrated(RunFolder.open(run.path))).rejects.toThrow('no batch norm layer');
  });
});

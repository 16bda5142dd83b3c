/** Preprocessing is measured on the training images, and travels with the run. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { evaluateFolder } from '../../../src-main/engine/evaluation/evaluate-folder.ts';
import { exportTfjs } from '../../../src-main/engine/export/tfjs.ts';
import { DecoderClient } from '../../../src-main/engine/images/decoder-client.ts';
import { scanFolder } from '../../../src-main/engine/images/scan.ts';
import { labelledFolder, splitFiles } from '../../../src-main/engine/training/class-folders.ts';
import { WorkControl } from '../../../src-main/engine/training/control.ts';
import { runTraining } from '../../../src-main/engine/training/run.ts';
import { RunFolder } from '../../../src-main/engine/training/run-folder.ts';
import { parseNetwork } from '../../../src-main/shared/network/index.ts';
import { createRandom } from '../../../src-main/shared/random.ts';
import { recipeSchema } from '../../../src-main/shared/run.ts';
import type { EpochMetrics, Recipe } from '../../../src-main/shared/run.ts';

const network = parseNetwork({
  input: { size: [8, 8], channels: 3 },
  layers: [
    { name: 'conv', kind: 'conv2d', filters: 4, kernelSize: 3 },
    { name: 'relu', kind: 'activation', function: 'relu' },
    { name: 'gap', kind: 'globalAvgPool' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
});
const validationShare = 0.25;

let folder: string;
let decoder: DecoderClient;

/** Wide images, dark ones and bright ones, of 10 to 14 rows. */
beforeAll(async () => {
  decoder = new DecoderClient();
  folder = mkdtempSync(join(tmpdir(), 'receptive-preprocessing-'));
  const random = createRandom(1);
  for (const [name, level] of [
    ['dark', 40],
    ['bright', 150],
  ] as const) {
    mkdirSync(join(folder, 'images', name), { recursive: true });
    for (let i = 0; i < 12; i++) {
      const height = 10 + (i % 5);
      const values = Uint8Array.from({ length: height * 20 * 3 }, (_, at) => level + random.int(30) + 20 * (at % 3));
      const image = sharp(values, { raw: { width: 20, height, channels: 3 } });
      await image.png().toFile(join(folder, 'images', name, `${i}.png`));
    }
  }
});
afterAll(async () => {
  await decoder.close();
  rmSync(folder, { recursive: true, force: true });
});

async function train(out: string, given: Partial<Recipe>) {
  const images = join(folder, 'images');
  const recipe = recipeSchema.parse({ epochs: 2, batchSize: 4, validationShare, learningRate: 0.05, ...given });
  const split = splitFiles(labelledFolder(images, await scanFolder(images, { decoder })), validationShare, recipe.seed);
  const epochs: EpochMetrics[] = [];
  const control = new WorkControl();
  const task = { out: join(folder, out), name: out, network, recipe, split, folder: images, decoder, control };
  const { run } = await runTraining(task, {
    onStart: () => undefined,
    onProgress: () => undefined,
    onRejected: () => undefined,
    onEpoch: (metrics) => epochs.push(metrics),
    onWarning: (error) => {
      throw error;
    },
  });
  return { run: RunFolder.open(run.path), epochs, split };
}

test('what is measured comes from the training images alone, as they are decoded', async () => {
  const { run, split } = await train('measured', { fit: 'crop', scaling: 'standard' });
  const { preprocessing } = run.info;
  expect(preprocessing).toMatchObject({ height: 8, width: 8, channels: 3, fit: 'crop' });
  // The middle square of each image, by sharp itself.
  const values: number[][] = [[], [], []];
  for (const { path } of split.training) {
    const pixels = await sharp(path).resize(8, 8, { fit: 'cover' }).raw().toBuffer();
    pixels.forEach((value, at) => values[at % 3]!.push(value / 255));
  }
  values.forEach((own, channel) => {
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
    const deviation = Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length);
    expect(preprocessing.normalisation!.mean[channel]).toBeCloseTo(mean, 6);
    expect(preprocessing.normalisation!.deviation[channel]).toBeCloseTo(deviation, 6);
  });
});

test('the run alone gives the scores that it had while it was trained, and its export the same probabilities', async () => {
  const { run, epochs, split } = await train('travels', {
    fit: 'fit',
    scaling: 'standard',
    augmentation: { ...recipeSchema.parse({ augmentation: 'light' }).augmentation },
  });
  const validation = join(folder, 'validation');
  for (const { path, label } of split.validation) {
    const to = join(validation, split.classes[label]!);
    mkdirSync(to, { recursive: true });
    writeFileSync(join(to, path.split('/').at(-1)!), readFileSync(path));
  }
  const model = run.loadModel();
  try {
    const { accuracy } = await evaluateFolder(model, run.info, validation, decoder);
    expect(accuracy).toBe(epochs.at(-1)!.validationAccuracy);

    const one = await decoder.pixels(split.training[0]!.path, run.info.preprocessing);
    expect([...one.subarray(0, 24)]).toEqual(new Array(24).fill(0)); // a black bar
    const { mean, deviation } = run.info.preprocessing.normalisation!;
    const seen = model.fetch(one, ['input/output'])['input/output'].values;
    one.forEach((value, at) => expect(seen[at]).toBeCloseTo((value / 255 - mean[at % 3]!) / deviation[at % 3]!, 4));

    const { maxDifference } = await exportTfjs(model, run.info, one, join(folder, 'exported'));
    expect(maxDifference).toBeLessThan(1e-5);
    const metadata = JSON.parse(readFileSync(join(folder, 'exported', 'metadata.json'), 'utf8')) as object;
    expect(metadata).toMatchObject({ preprocessing: { height: 8, width: 8, channels: 3, fit: 'fit' } });
  } finally {
    model.dispose();
  }
});

test('run.json: one of before is read, one with a wrong normalisation or size is refused', async () => {
  const { run } = await train('read', { epochs: 1 });
  const file = join(run.path, 'run.json');
  const info = JSON.parse(readFileSync(file, 'utf8')) as { recipe: Record<string, unknown>; preprocessing: object };
  expect(info.preprocessing).toEqual({ height: 8, width: 8, channels: 3, fit: 'stretch' });
  for (const field of ['fit', 'scaling', 'augmentation']) delete info.recipe[field];
  writeFileSync(file, JSON.stringify(info));
  expect(RunFolder.open(run.path).info.recipe).toEqual(run.info.recipe);

  for (const normalisation of [
    { mean: [0.5], deviation: [0.5] },
    { mean: [0, 0, 0], deviation: [1, 0, 1] },
  ]) {
    writeFileSync(file, JSON.stringify({ ...info, preprocessing: { ...info.preprocessing, normalisation } }));
    expect(() => RunFolder.open(run.path)).toThrow(/normalisation/);
  }
  writeFileSync(file, JSON.stringify({ ...info, preprocessing: { ...info.preprocessing, width: 9 } }));
  expect(() => RunFolder.open(run.path)).toThrow(/damaged: .* gives 8 x 9 x 3 values, its network takes 8 x 8 x 3/);
});

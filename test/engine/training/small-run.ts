/** A run that takes a second: 120 images, 6 batches of training and 2 of validation an epoch, dropout and batch norm. */
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DecoderClient } from '../../../src-main/engine/images/decoder-client.ts';
import { scanFolder } from '../../../src-main/engine/images/scan.ts';
import { labelledFolder, splitFiles } from '../../../src-main/engine/training/class-folders.ts';
import { WorkControl } from '../../../src-main/engine/training/control.ts';
import type { TrainingTask } from '../../../src-main/engine/training/run.ts';
import { parseNetwork } from '../../../src-main/shared/network/index.ts';
import { recipeSchema } from '../../../src-main/shared/run.ts';

const demo = join(import.meta.dirname, '../../../resources/demo/clothes');

export const smallNetwork = parseNetwork({
  input: { size: [28, 28], channels: 1 },
  layers: [
    { name: 'conv1', kind: 'conv2d', filters: 8, kernelSize: 3, strides: 2, useBias: false },
    { name: 'bn1', kind: 'batchNorm' },
    { name: 'relu1', kind: 'activation', function: 'relu' },
    { name: 'flat', kind: 'flatten' },
    { name: 'drop', kind: 'dropout', rate: 0.3 },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
});

/** 40 images of each of three classes. */
export function makeImages(folder: string): void {
  for (const name of ['bag', 'trouser', 'sneaker']) {
    mkdirSync(join(folder, name));
    for (const file of readdirSync(join(demo, name)).slice(0, 40))
      copyFileSync(join(demo, name, file), join(folder, name, file));
  }
}

export async function smallTask(
  out: string,
  folder: string,
  decoder: DecoderClient,
  over: Partial<TrainingTask> = {},
): Promise<TrainingTask> {
  const recipe = recipeSchema.parse({ epochs: 3, batchSize: 16, seed: 5 });
  const labelled = labelledFolder(folder, await scanFolder(folder, { decoder }));
  const split = splitFiles(labelled, recipe.validationShare, recipe.seed);
  const task = { out, name: 'small', network: smallNetwork, recipe, split, folder, decoder };
  return { ...task, control: new WorkControl(), ...over };
}

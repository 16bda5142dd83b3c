/** Images that a run reads from disk as it goes, and that are gone from there meanwhile. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DecoderClient } from '../../../src-main/engine/images/decoder-client.ts';
import { runTraining } from '../../../src-main/engine/training/run.ts';
import type { TrainingHooks } from '../../../src-main/engine/training/run.ts';
import type { ReceptiveError } from '../../../src-main/shared/errors.ts';
import type { EpochMetrics } from '../../../src-main/shared/run.ts';
import { makeImages, smallTask } from './small-run.ts';

let decoder: DecoderClient;
let folder: string;
let images: string;
let overflowFolder: string;

beforeEach(() => {
  decoder = new DecoderClient();
  folder = mkdtempSync(join(tmpdir(), 'receptive-lost-'));
  images = join(folder, 'images');
  overflowFolder = join(folder, 'pixels');
  mkdirSync(images);
  makeImages(images);
});
afterEach(async () => {
  await decoder.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Trains on images that stay on disk; `between` is done after the first epoch. */
async function trainFromDisk(between: () => void) {
  const task = await smallTask(join(folder, 'run'), images, decoder, { overflowFolder, memoryBytes: 1000 });
  const epochs: EpochMetrics[] = [];
  const warnings: string[] = [];
  const hooks: TrainingHooks = {
    onStart: () => undefined,
    onProgress: () => undefined,
    onRejected: () => undefined,
    onEpoch: (metrics) => {
      if (epochs.push(metrics) === 1) between();
    },
    onWarning: ({ message }) => warnings.push(message),
  };
  const end = await runTraining(task, hooks).then(
    ({ end }) => end,
    (error: ReceptiveError) => error,
  );
  return { end, epochs, warnings, split: task.split };
}

test('without the cache and its file, an image is named once and passed over; the rest of its batch is learnt from', async () => {
  const gone = readdirSync(join(images, 'bag')).slice(0, 20);
  const { end, epochs, warnings } = await trainFromDisk(() => {
    rmSync(overflowFolder, { recursive: true });
    for (const name of gone) rmSync(join(images, 'bag', name));
  });
  expect(end).toBe('completed');
  expect(epochs).toHaveLength(3);
  // A mean over images that were not there would be no number, or that of blank ones.
  const last = epochs[2]!;
  expect(last.loss).toBeLessThan(epochs[0]!.loss);
  expect(last.validationLoss).toBeLessThan(epochs[0]!.validationLoss!);
  const without = warnings.filter((message) => message.startsWith('The run goes on without'));
  expect(without).toHaveLength(1);
  expect(without[0]).toContain('without 20 of its images');
  expect(without[0]).toContain(`${join('bag', gone.toSorted()[0]!)}, `);
});

test('when none is left, the run ends and says why', async () => {
  const { end, epochs } = await trainFromDisk(() => {
    rmSync(overflowFolder, { recursive: true });
    rmSync(images, { recursive: true });
  });
  expect(end).toMatchObject({ code: 'no-images', message: expect.stringContaining('None of the images can be read') });
  expect(epochs).toHaveLength(1);
});

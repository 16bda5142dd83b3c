/** Nothing of TensorFlow piles up: not by steps, not by runs that are stopped, resumed or fail at their start. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Model } from '../../../src-main/engine/graph/model.ts';
import { DecoderClient } from '../../../src-main/engine/images/decoder-client.ts';
import { WorkControl } from '../../../src-main/engine/training/control.ts';
import { resumeTraining } from '../../../src-main/engine/training/resume.ts';
import { runTraining } from '../../../src-main/engine/training/run.ts';
import type { TrainingHooks } from '../../../src-main/engine/training/run.ts';
import { RunFolder } from '../../../src-main/engine/training/run-folder.ts';
import { binding } from '../../../src-main/engine/tensorflow.ts';
import { makeImages, smallNetwork, smallTask } from './small-run.ts';

let folder: string;
let images: string;
let decoder: DecoderClient;

beforeAll(() => {
  decoder = new DecoderClient();
  folder = mkdtempSync(join(tmpdir(), 'receptive-leaks-'));
  images = join(folder, 'images');
  mkdirSync(images);
  makeImages(images);
});
afterAll(async () => {
  await decoder.close();
  rmSync(folder, { recursive: true, force: true });
});

const held = () => ({ tensors: binding.getNumOfTensors(), sessions: binding.getNumOfSavedModels() });
const hooks: TrainingHooks = {
  onStart: () => undefined,
  onProgress: () => undefined,
  onRejected: () => undefined,
  onEpoch: () => undefined,
  onWarning: () => undefined,
};

it('as much is held after the hundredth step as after the second, and memory stays flat', () => {
  const model = Model.create(smallNetwork, 3, { seed: 1, optimizer: 'adam' });
  const pixels = new Uint8Array(16 * 28 * 28).map((_, at) => at % 251);
  const labels = new Int32Array(16).map((_, at) => at % 3);
  const steps = (count: number) => {
    for (let step = 0; step < count; step++) model.step(pixels, labels, 0.001);
    model.readMetrics();
    model.evaluate(pixels, labels);
  };
  try {
    steps(2);
    const after2 = held();
    steps(98);
    expect(held()).toEqual(after2);
    // Allocators settle first; a leak of one batch (12.5 kB) a step would show as 50 MB.
    const [warmUp, more] = process.env.RECEPTIVE_SOAK ? [1000, 20_000] : [400, 1000];
    steps(warmUp);
    const before = process.memoryUsage().rss;
    steps(more);
    expect((process.memoryUsage().rss - before) / more).toBeLessThan(8_000);
    for (let time = 0; time < 3; time++) {
      model.suspend();
      steps(1);
    }
    expect(held()).toEqual(after2);
  } finally {
    model.dispose();
  }
}, 3_600_000);

it('nothing is held after runs that end, are stopped, are resumed, or fail at their start', async () => {
  const before = held();
  const task = await smallTask(join(folder, 'run'), images, decoder);
  const stop = () => task.control.stop();
  expect((await runTraining(task, { ...hooks, onEpoch: stop })).end).toBe('stopped');
  expect(held()).toEqual(before);

  const run = RunFolder.open(task.out);
  const again = { run, files: run.files(images), folder: images, decoder };
  expect((await resumeTraining({ ...again, control: new WorkControl() }, hooks)).end).toBe('completed');
  expect(held()).toEqual(before);

  // The folder is in the way, though only once the network is in the session.
  const late = await smallTask(join(folder, 'late'), images, decoder);
  const block = ({ step, steps }: { step: number; steps: number }) => step === steps && mkdirSync(late.out);
  await expect(runTraining(late, { ...hooks, onProgress: block })).rejects.toMatchObject({ code: 'exists' });
  expect(held()).toEqual(before);
});

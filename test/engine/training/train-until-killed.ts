/**
 * Run as a process of its own, to be killed: begins a run or goes on with it, saving a checkpoint after every step, and
 * prints the number of steps done after each.
 */
import { writeSync } from 'node:fs';
import { DecoderClient } from '../../../src-main/engine/images/decoder-client.ts';
import { WorkControl } from '../../../src-main/engine/training/control.ts';
import { resumeTraining } from '../../../src-main/engine/training/resume.ts';
import { runTraining } from '../../../src-main/engine/training/run.ts';
import { isRunBegun } from '../../../src-main/engine/training/run-files.ts';
import { RunFolder } from '../../../src-main/engine/training/run-folder.ts';
import { Model } from '../../../src-main/engine/graph/model.ts';
import { smallTask } from './small-run.ts';

const [out, images, epochs] = process.argv.slice(2) as [string, string, string];
const decoder = new DecoderClient();
const cacheFolder = `${out}-cache`;
const around = { folder: images, cacheFolder, decoder, control: new WorkControl(), checkpointMs: 0 };
const hooks = {
  onStart: () => undefined,
  onProgress: () => undefined,
  onRejected: () => undefined,
  onEpoch: () => undefined,
  onWarning: (warning: Error) => {
    throw warning;
  },
};

const step = Model.prototype.step;
Model.prototype.step = function (...given) {
  step.apply(this, given);
  const done = this.readWeights().find(({ name }) => name === 'iterations')!.values[0]!;
  writeSync(1, `${done}\n`);
};

if (isRunBegun(out)) {
  const run = RunFolder.open(out);
  await resumeTraining({ ...around, run, files: run.files(images), epochs: Number(epochs) }, hooks);
} else {
  const task = await smallTask(out, images, decoder, around);
  await runTraining({ ...task, recipe: { ...task.recipe, epochs: Number(epochs) } }, hooks);
}
await decoder.close();

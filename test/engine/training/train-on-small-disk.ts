/** Run as a process of its own on a disk that is too small: trains three epochs and prints how that went. */
import { DecoderClient } from '../../../src-main/engine/images/decoder-client.ts';
import { scanFolder } from '../../../src-main/engine/images/scan.ts';
import { loadNewestCheckpoint } from '../../../src-main/engine/training/checkpoint.ts';
import { labelledFolder, splitFiles } from '../../../src-main/engine/training/class-folders.ts';
import { WorkControl } from '../../../src-main/engine/training/control.ts';
import { runTraining } from '../../../src-main/engine/training/run.ts';
import { reportError } from '../../../src-main/shared/errors.ts';
import { parseNetwork, presets } from '../../../src-main/shared/network/index.ts';
import { recipeSchema } from '../../../src-main/shared/run.ts';

const [out, folder] = process.argv.slice(2) as [string, string];
const decoder = new DecoderClient();
const warnings: string[] = [];
const task = {
  out,
  name: 'small disk',
  network: parseNetwork(presets['conv-bn-pool'], { size: [28, 28], channels: 1 }),
  recipe: recipeSchema.parse({ epochs: 3 }),
  split: splitFiles(labelledFolder(folder, await scanFolder(folder, { decoder })), 0, 1),
  folder,
  decoder,
  control: new WorkControl(),
};
const { end, run, unsaved } = await runTraining(task, {
  onStart: () => undefined,
  onProgress: () => undefined,
  onRejected: () => undefined,
  onEpoch: () => undefined,
  onWarning: (error) => warnings.push(reportError(error).code),
});
await decoder.close();
const checkpoint = loadNewestCheckpoint(`${out}/checkpoints`).epoch;
const metrics = run.metrics().map(({ epoch }) => epoch);
console.log(JSON.stringify({ end, warnings, metrics, checkpoint, unsaved: unsaved?.message }));

/**
 * Run as a process of its own, whose environment gives TensorFlow little memory: trains, and prints how it ended with the
 * epochs and the warnings.
 */
import { DecoderClient } from '../../../src-main/engine/images/decoder-client.ts';
import { runTraining } from '../../../src-main/engine/training/run.ts';
import { parseNetwork } from '../../../src-main/shared/network/index.ts';
import { reportError } from '../../../src-main/shared/errors.ts';
import type { EpochMetrics } from '../../../src-main/shared/run.ts';
import { smallTask } from './small-run.ts';

const [out, images, batchSize] = process.argv.slice(2) as [string, string, string];
const network = parseNetwork({
  input: { size: [28, 28], channels: 1 },
  layers: [
    { name: 'conv1', kind: 'conv2d', filters: 32, kernelSize: 3, padding: 'same', useBias: false },
    { name: 'bn1', kind: 'batchNorm' },
    { name: 'relu1', kind: 'activation', function: 'relu' },
    { name: 'gap', kind: 'globalAvgPool' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
});
const decoder = new DecoderClient();
const task = await smallTask(out, images, decoder, { network });
const epochs: EpochMetrics[] = [];
const warnings: unknown[] = [];
const end = await runTraining(
  { ...task, recipe: { ...task.recipe, epochs: 2, batchSize: Number(batchSize) } },
  {
    onStart: () => undefined,
    onProgress: () => undefined,
    onRejected: () => undefined,
    onEpoch: (metrics) => epochs.push(metrics),
    onWarning: (warning) => warnings.push(reportError(warning)),
  },
).then(
  (outcome) => outcome.end,
  (error: unknown) => reportError(error),
);
await decoder.close();
console.log(JSON.stringify({ end, epochs, warnings }));

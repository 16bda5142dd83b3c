/** Run as a process of its own, to be killed: saves checkpoint after checkpoint, telling each epoch once it is saved. */
import { writeSync } from 'node:fs';
import { saveCheckpoint } from '../../../src-main/engine/training/checkpoint.ts';

const folder = process.argv[2]!;
for (let epoch = 1; ; epoch++) {
  await saveCheckpoint(folder, {
    epoch,
    begun: null,
    tensors: [{ name: 'w', shape: [50_000], values: new Float32Array(50_000).fill(epoch) }],
  });
  writeSync(1, `${epoch}\n`);
}

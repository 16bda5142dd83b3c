/**
 * Run as a process of its own with a run on a small disk: adds 200 epochs to the curve while the disk is full, then saves
 * a checkpoint where there is room for its weights and a page of manifest; prints what there is then.
 */
import { statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadNewestCheckpoint } from '../../../src-main/engine/training/checkpoint.ts';
import { RunFolder } from '../../../src-main/engine/training/run-folder.ts';
import { reportError } from '../../../src-main/shared/errors.ts';

const [path] = process.argv.slice(2) as [string];
const run = RunFolder.open(path);
const filler = join(dirname(path), 'filler');
const { bfree, bsize } = statfsSync(dirname(path));
writeFileSync(filler, new Uint8Array(bfree * bsize));

const failures: string[] = [];
for (let epoch = 2; epoch <= 201; epoch++) {
  try {
    run.appendMetrics({ epoch, loss: 1 / epoch, accuracy: 0, imagesPerSecond: 1 });
  } catch (error) {
    failures.push(reportError(error).code);
  }
}
const values = new Float32Array(32 * 1024);
truncateSync(filler, bfree * bsize - values.byteLength - bsize);
await run.saveCheckpoint({ epoch: 201, begun: null, tensors: [{ name: 'weights', shape: [values.length], values }] });
const { epoch, metrics = [] } = loadNewestCheckpoint(join(path, 'checkpoints'));
console.log(JSON.stringify({ failed: failures.length, codes: [...new Set(failures)], epoch, taken: metrics.length }));

import type { DecoderClient } from '../engine/images/decoder-client.ts';
import { scanFolder } from '../engine/images/scan.ts';
import { labelledFolder, oddities } from '../engine/training/class-folders.ts';
import type { WorkControl } from '../engine/training/control.ts';
import type { Output } from './output.ts';

/** The folder's classes and images; what is odd or left out is told. */
export async function readTrainingFolder(folder: string, decoder: DecoderClient, control: WorkControl, output: Output) {
  const scanned = await scanFolder(folder, {
    decoder,
    signal: control.signal,
    onProgress: (done, total) => output.progress('Reading images', done, total),
  });
  for (const { path, status, reason } of scanned) {
    if (status === 'rejected') output.warn(`${path} is left out: ${reason}`);
  }
  const labelled = labelledFolder(folder, scanned);
  for (const message of oddities(labelled, scanned)) output.warn(message);
  return labelled;
}

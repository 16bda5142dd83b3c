/** The quality scan of files that belong to no project. */
import type { ImageMeasures } from '../../shared/decoder.ts';
import { ReceptiveError } from '../../shared/errors.ts';
import type { DecoderClient } from '../images/decoder-client.ts';
import { throwIfInterrupted } from '../images/interrupted.ts';
import { mapInParallel } from '../images/parallel.ts';
import { MeasuredImages, findIn } from './find.ts';
import type { Finding } from './find.ts';

interface Options {
  decoder: DecoderClient;
  signal: AbortSignal;
  onMeasured(done: number, total: number): void;
  onCompared(done: number, total: number): void;
}

/** `paths` are absolute; findings name them by index. Files that cannot be read are passed over. */
export async function scanFiles(
  paths: readonly string[],
  { decoder, signal, onMeasured, onCompared }: Options,
): Promise<Finding[]> {
  const measured = new MeasuredImages(paths.length);
  let done = 0;
  await mapInParallel(paths, decoder.processes * 2, async (path, index) => {
    throwIfInterrupted(signal);
    const measures = await measuresOf(path, decoder);
    if (measures) measured.set(index, path, measures);
    onMeasured(++done, paths.length);
  });
  return findIn(measured, { signal, onProgress: onCompared });
}

/** null for what cannot be read. */
export async function measuresOf(path: string, decoder: DecoderClient): Promise<ImageMeasures | null> {
  try {
    return await decoder.measure(path);
  } catch (error) {
    if (error instanceof ReceptiveError && error.code === 'unreadable') return null;
    throw error;
  }
}

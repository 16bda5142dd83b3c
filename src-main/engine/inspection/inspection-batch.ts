import { isAbsolute, resolve } from 'node:path';
import type { RunInfo } from '../../shared/run.ts';
import { loadDataset } from '../images/dataset.ts';
import type { DecoderClient } from '../images/decoder-client.ts';
import type { NamedBatch } from './batch-norm.ts';

/**
 * The run's fixed, seeded batch of training images, as many as can still be read; null when fewer than two can,
 * since a variance over one image says nothing of the training data.
 * @throws ReceptiveError `interrupted` when `signal` aborts
 */
export async function loadInspectionBatch(
  { source, preprocessing }: Pick<RunInfo, 'source' | 'preprocessing'>,
  decoder: DecoderClient,
  signal?: AbortSignal,
): Promise<NamedBatch | null> {
  const files = source.inspectionBatch.map((path) => ({
    path: isAbsolute(path) ? path : resolve(source.folder, path),
    label: 0,
  }));
  const { pixels, files: readable } = await loadDataset(files, preprocessing, { decoder, ...(signal && { signal }) });
  return readable.length < 2 ? null : { pixels, paths: readable.map(({ path }) => path) };
}

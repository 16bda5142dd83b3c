import { join } from 'node:path';
import { ReceptiveError } from '../../shared/errors.ts';
import type { Evaluation } from '../../shared/inspection.ts';
import type { RunInfo } from '../../shared/run.ts';
import type { DecoderClient } from '../images/decoder-client.ts';
import { scanFolder } from '../images/scan.ts';
import { labelledFolder, relabel } from '../training/class-folders.ts';
import { evaluate, isEmpty } from './evaluate.ts';
import type { Predictor } from './evaluate.ts';

/**
 * Scores a model on a folder of class folders. Classes that the model does not know, and images that cannot be read, are
 * named and left out.
 * @throws ReceptiveError `no-images` when no image of a known class can be read.
 */
export async function evaluateFolder(
  model: Predictor,
  info: Pick<RunInfo, 'classes' | 'preprocessing'>,
  folder: string,
  decoder: DecoderClient,
  onProgress?: (done: number, total: number) => void,
): Promise<Evaluation> {
  const { files, unknown, rejected } = await filesToScore(folder, info.classes, decoder);
  const evaluation = await evaluate(model, info, files, { decoder, onProgress });
  if (isEmpty(evaluation)) throw nothingToScore(folder, info.classes);
  return { ...evaluation, unknownClasses: unknown, leftOut: [...rejected, ...evaluation.leftOut] };
}

/**
 * The usable images of a folder's class folders that are among `classes`, the unusable ones, and the other class folders.
 * @throws ReceptiveError `not-found`, `unreadable`, or `no-images` when there is none of those classes.
 */
export async function filesToScore(
  folder: string,
  classes: string[],
  decoder: DecoderClient,
): Promise<ReturnType<typeof relabel> & { rejected: Evaluation['leftOut'] }> {
  const scanned = await scanFolder(folder, { decoder });
  const found = relabel(labelledFolder(folder, scanned), classes);
  if (found.files.length === 0) throw nothingToScore(folder, classes);
  const rejected = scanned.filter((image) => image.status === 'rejected' && classes.includes(image.class ?? ''));
  return { ...found, rejected: rejected.map(({ path, reason = '' }) => ({ path: join(folder, path), reason })) };
}

function nothingToScore(folder: string, classes: string[]): ReceptiveError {
  return new ReceptiveError(
    'no-images',
    `${folder} has no readable image of a class that the model knows (${classes.join(', ')}).`,
    'Name the class folders as they were named for training.',
  );
}

import { ReceptiveError } from '../../shared/errors.ts';
import type { Evaluation } from '../../shared/inspection.ts';
import type { RunInfo } from '../../shared/run.ts';
import { loadDataset } from '../images/dataset.ts';
import type { DecoderClient } from '../images/decoder-client.ts';
import { scanFolder } from '../images/scan.ts';
import { labelledFolder, relabel } from '../training/class-folders.ts';
import { evaluate } from './evaluate.ts';
import type { Predictor } from './evaluate.ts';

/**
 * Scores a model on a folder of class folders. Classes that the model does not know are named and left out.
 * @throws ReceptiveError `no-images` when no image of a known class can be read.
 */
export async function evaluateFolder(
  model: Predictor,
  { classes, preprocessing }: Pick<RunInfo, 'classes' | 'preprocessing'>,
  folder: string,
  decoder: DecoderClient,
  onProgress?: (done: number, total: number) => void,
): Promise<Evaluation> {
  const files = await filesToScore(folder, classes, decoder);
  const data = await loadDataset(files.files, preprocessing, { decoder, onProgress });
  if (data.labels.length === 0) throw nothingToScore(folder, classes);
  return evaluate(model, data, classes, files.unknown);
}

/**
 * The usable images of a folder's class folders that are among `classes`, and the other class folders.
 * @throws ReceptiveError `not-found`, `unreadable`, or `no-images` when there is none of those classes.
 */
export async function filesToScore(
  folder: string,
  classes: string[],
  decoder: DecoderClient,
): Promise<ReturnType<typeof relabel>> {
  const found = relabel(labelledFolder(folder, await scanFolder(folder, { decoder })), classes);
  if (found.files.length === 0) throw nothingToScore(folder, classes);
  return found;
}

function nothingToScore(folder: string, classes: string[]): ReceptiveError {
  return new ReceptiveError(
    'no-images',
    `${folder} has no readable image of a class that the model knows (${classes.join(', ')}).`,
    'Name the class folders as they were named for training.',
  );
}

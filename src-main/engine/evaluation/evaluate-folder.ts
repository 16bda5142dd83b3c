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
  const { files, unknown } = relabel(labelledFolder(folder, await scanFolder(folder, { decoder })), classes);
  const data = await loadDataset(files, preprocessing, { decoder, onProgress });
  if (data.labels.length === 0) {
    throw new ReceptiveError(
      'no-images',
      `${folder} has no readable image of a class that the model knows (${classes.join(', ')}).`,
      'Name the class folders as they were named for training.',
    );
  }
  return evaluate(model, data, classes, unknown);
}

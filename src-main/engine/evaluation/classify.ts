import { reportError } from '../../shared/errors.ts';
import type { ClassifyResult, Prediction } from '../../shared/inspection.ts';
import type { RunInfo } from '../../shared/run.ts';
import type { DecoderClient } from '../images/decoder-client.ts';
import type { NamedFile } from './files-in.ts';

const batchSize = 64;

/**
 * Classifies image files, a batch at a time, handing out results in the order of `files`, each by its path.
 * An image that cannot be read becomes a result with its reason. Ends early when `signal` aborts.
 */
export async function classifyFiles(
  model: { predict(pixels: Uint8Array): Float32Array | Promise<Float32Array> },
  { classes, preprocessing }: Pick<RunInfo, 'classes' | 'preprocessing'>,
  files: Pick<NamedFile, 'path' | 'problem'>[],
  top: number,
  decoder: DecoderClient,
  onResults: (results: ClassifyResult[]) => void,
  signal?: AbortSignal,
): Promise<void> {
  for (let start = 0; start < files.length && !signal?.aborted; start += batchSize) {
    const batch = files.slice(start, start + batchSize);
    const decoded = await Promise.all(
      batch.map(async ({ path, problem }) =>
        problem === undefined ? decoder.pixels(path, preprocessing).catch(reportError) : problem,
      ),
    );
    const readable = decoded.filter((image) => image instanceof Uint8Array);
    const probabilities = readable.length > 0 ? await model.predict(Buffer.concat(readable)) : new Float32Array();
    let row = 0;
    onResults(
      batch.map(({ path }, at) => {
        const image = decoded[at]!;
        if (!(image instanceof Uint8Array)) return { path, error: typeof image === 'string' ? image : image.message };
        const start = row++ * classes.length;
        return {
          path,
          predictions: topPredictions(probabilities.subarray(start, start + classes.length), classes, top),
        };
      }),
    );
  }
}

/** The `top` likeliest classes, likeliest first. */
export function topPredictions(probabilities: Float32Array, classes: string[], top: number): Prediction[] {
  return classes
    .map((name, index) => ({ class: name, probability: probabilities[index]! }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, top);
}

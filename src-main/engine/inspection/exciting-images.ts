/** The images that excite each map of a layer most (Zeiler and Fergus 2014 show the nine strongest of a map). */
import { ReceptiveError } from '../../shared/errors.ts';
import { unitMaps } from '../../shared/inspect/drives.ts';
import type { ExcitingImages } from '../../shared/inspect/drives.ts';
import type { Preprocessing } from '../../shared/run.ts';
import { loadDataset } from '../images/dataset.ts';
import type { DecoderClient } from '../images/decoder-client.ts';
import { throwIfInterrupted } from '../images/interrupted.ts';
import type { Watch } from './attribution.ts';
import { Excitement } from './excitement.ts';
import { outputOf } from './maps.ts';
import { shapeOfLayer } from './layer-shape.ts';
import type { UseModel } from './use-model.ts';

/** Images that are computed at once, and values of the layer for them, at most. */
const batchSize = 32;
const valuesAtOnce = 2 ** 24;

/** One image to be looked at: its number, its file, and the number of its class, 0 without a label. */
export interface Candidate {
  id: number;
  path: string;
  label: number;
}

/** Where the pixels come from. */
export interface Pictures {
  candidates: readonly Candidate[];
  preprocessing: Preprocessing;
  decoder: DecoderClient;
  /** Where decoded pixels are kept; without it every file is decoded. */
  cacheFolder?: string;
}

/**
 * Runs the network over all candidates in inference mode and keeps the `most` that excite each map of `layer` most; each
 * unit of a vector is a map. A file that cannot be read is named. `onFound` sees the lists grow.
 * @throws ReceptiveError `usage` for a layer that there is not, `no-images` without candidates, `interrupted` when the signal
 *   aborts
 */
export async function excitingImages(
  use: UseModel,
  { layer, most }: { layer: string; most: number },
  { candidates, preprocessing, decoder, cacheFolder }: Pictures,
  { signal, progress, onFound }: Watch & { onFound: (so: ExcitingImages) => void },
): Promise<ExcitingImages> {
  const shape = await use((model, network) => shapeOfLayer(model, network, layer));
  if (candidates.length === 0) {
    throw new ReceptiveError('no-images', 'There is no image to look at.', 'Bring in images, or take some back in.');
  }
  const values = shape.reduce((product, length) => product * length, 1);
  const size = Math.max(1, Math.min(batchSize, Math.floor(valuesAtOnce / values)));
  const excitement = new Excitement(
    unitMaps(shape),
    most,
    candidates.map(({ label }) => label),
  );
  const unreadable: ExcitingImages['unreadable'] = [];
  const options = { decoder, signal, ...(cacheFolder === undefined ? {} : { cacheFolder }) };
  const read = (from: number) => loadDataset(candidates.slice(from, from + size), preprocessing, options);
  const found = (): ExcitingImages => ({ layer, total: candidates.length, unreadable, ...excitement.found() });

  progress(0, candidates.length);
  let batch = await read(0);
  for (let from = 0; from < candidates.length; from += size) {
    throwIfInterrupted(signal);
    const { files, pixels, rejected } = batch;
    const output = outputOf(layer);
    // The next images are decoded meanwhile.
    const [outputs, next] = await Promise.all([
      files.length > 0 ? use((model) => model.fetch(pixels, [output])[output]!.values) : null,
      read(from + size),
    ]);
    if (outputs) excitement.add(files, outputs);
    unreadable.push(...rejected);
    batch = next;
    progress(Math.min(from + size, candidates.length), candidates.length);
    onFound(found());
  }
  return found();
}

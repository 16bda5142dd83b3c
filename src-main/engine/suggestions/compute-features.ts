/** The features of images that have none yet: computed a batch at a time, and kept as they come. */
import type { Preprocessing } from '../../shared/run.ts';
import { backboneSize, featureCount } from '../backbone/graph.ts';
import type { DecoderClient } from '../images/decoder-client.ts';
import type { Database } from '../store/database.ts';
import { pathsOf } from '../store/predictions.ts';
import type { ImageState } from '../store/predictions.ts';
import { decodedBatches } from './decoded.ts';
import type { FeatureStore } from './feature-store.ts';
import type { PredictorProcess } from './predictor-process.ts';

const preprocessing: Preprocessing = { height: backboneSize, width: backboneSize, channels: 3, fit: 'stretch' };

/** Images run through the network at once; more are no faster. */
const batchSize = 8;
/** Images kept in one go: what a crash costs at most. */
const blockSize = 128;

export interface Work {
  db: Database;
  store: FeatureStore;
  predictor: PredictorProcess;
  decoder: DecoderClient;
  signal: AbortSignal;
  /** Told how many images more are done with. */
  onDone(images: number): void;
}

/**
 * Computes and keeps features, handing them to `onBlock` in groups. Answers with the number of images that could not be
 * read. Throws 'interrupted' when the signal aborts; what was computed before is kept.
 */
export async function computeFeatures(
  files: readonly ImageState[],
  { db, store, predictor, decoder, signal, onDone }: Work,
  onBlock: (files: ImageState[], directions: Uint8Array) => void | Promise<void> = () => undefined,
): Promise<number> {
  const byId = new Map(files.map((file) => [file.id, file]));
  let failed = 0;
  let waiting: { file: ImageState; direction: Uint8Array }[] = [];
  const flush = async (): Promise<void> => {
    const block = waiting;
    waiting = [];
    if (block.length === 0) return;
    const directions = Buffer.concat(block.map(({ direction }) => direction));
    const computed = block.map(({ file }) => file);
    store.add(computed, directions);
    await onBlock(computed, directions);
  };
  const options = { decoder, preprocessing, batchSize, signal, pathsOf: (ids: readonly number[]) => pathsOf(db, ids) };
  try {
    for await (const batch of decodedBatches([...byId.keys()], options)) {
      failed += batch.failed;
      if (batch.ids.length > 0) {
        const directions = await predictor.call('features', batch.pixels);
        batch.ids.forEach((id, at) => {
          const direction = directions.subarray(at * featureCount, (at + 1) * featureCount);
          waiting.push({ file: byId.get(id)!, direction });
        });
      }
      onDone(batch.ids.length + batch.failed);
      if (waiting.length >= blockSize) await flush();
    }
  } finally {
    await flush();
  }
  return failed;
}

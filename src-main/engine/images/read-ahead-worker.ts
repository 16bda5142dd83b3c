/** The thread that reads whole batches from the cache of decoded pixels. */
import { parentPort, workerData } from 'node:worker_threads';
import { PixelCache } from './pixel-cache.ts';

/** The keys of a batch's images. */
export type ReadRequest = string[];

export interface ReadReply {
  /** Image after image; 0 where one is missing. */
  pixels: Uint8Array<ArrayBuffer>;
  /** Places in the batch whose images are not in the cache, or not whole. */
  missing: number[];
}

const { folder, imageSize } = workerData as { folder: string; imageSize: number };
const cache = PixelCache.open(folder);

parentPort!.on('message', (keys: ReadRequest) => {
  const pixels = new Uint8Array(keys.length * imageSize);
  const missing = keys.flatMap((key, at) => {
    const found = cache?.get(key, imageSize);
    if (!found) return [at];
    pixels.set(found, at * imageSize);
    return [];
  });
  parentPort!.postMessage({ pixels, missing } satisfies ReadReply, [pixels.buffer]);
});

/** The thread that reads whole batches from the cache of decoded pixels. */
import { parentPort, workerData } from 'node:worker_threads';
import { PixelCache } from './pixel-cache.ts';

/** The keys of a batch's images. */
export type ReadRequest = string[];

export interface ReadReply {
  /** Image after image; whatever, where one is missing. */
  pixels: Uint8Array<ArrayBuffer>;
  /** Places in the batch whose images are not in the cache, or not whole. */
  missing: number[];
}

const { folder, imageSize } = workerData as { folder: string; imageSize: number };
const cache = PixelCache.open(folder);

parentPort!.on('message', (keys: ReadRequest) => {
  const pixels = new Uint8Array(keys.length * imageSize);
  const missing = [...keys.keys()].filter(
    (at) => !cache?.read(keys[at]!, pixels.subarray(at * imageSize, (at + 1) * imageSize)),
  );
  parentPort!.postMessage({ pixels, missing } satisfies ReadReply, [pixels.buffer]);
});

/** Images whose decoded pixels stay on disk, in the cache, and are read ahead by whole batches while training computes. */
import { Worker } from 'node:worker_threads';
import type { ImageShape } from '../../shared/preprocessing.ts';
import type { DecoderClient } from './decoder-client.ts';
import type { ReadReply, ReadRequest } from './read-ahead-worker.ts';

/** How many batches are read before they are asked for: that much memory is held, whatever the number of images. */
const batchesAhead = 4;

export interface ImageBatch {
  /** uint8 [images, height, width, channels] */
  pixels: Uint8Array;
  labels: Int32Array;
}

export interface CachedSource {
  files: readonly { path: string; label: number }[];
  /** What they are called in the cache. */
  keys: readonly string[];
  cacheFolder: string;
  shape: ImageShape;
  /** For images that are no longer in the cache. */
  decoder: Pick<DecoderClient, 'pixels'>;
}

export class CachedImages {
  readonly labels: Int32Array;
  readonly #source: CachedSource;
  readonly #imageSize: number;

  constructor(source: CachedSource) {
    const { files, shape } = source;
    this.#source = source;
    this.#imageSize = shape.height * shape.width * shape.channels;
    this.labels = Int32Array.from(files, ({ label }) => label);
  }

  /** The images at each list of indices, one batch after another. */
  async *batches(lists: Iterable<number[]>): AsyncGenerator<ImageBatch> {
    const reader = new CacheReader(this.#source.cacheFolder, this.#imageSize);
    try {
      const ahead: Promise<ImageBatch>[] = [];
      for (const list of lists) {
        const batch = this.#read(reader, list);
        // It is awaited in its turn; until then its failure is not unheard of.
        batch.catch(() => undefined);
        ahead.push(batch);
        if (ahead.length > batchesAhead) yield await ahead.shift()!;
      }
      for (const batch of ahead) yield await batch;
    } finally {
      await reader.close();
    }
  }

  async #read(reader: CacheReader, list: number[]): Promise<ImageBatch> {
    const { files, keys, decoder, shape } = this.#source;
    const { pixels, missing } = await reader.read(list.map((index) => keys[index]!));
    await Promise.all(
      missing.map((at) => {
        const into = pixels.subarray(at * this.#imageSize, (at + 1) * this.#imageSize);
        return decoder.pixels(files[list[at]!]!.path, shape, into);
      }),
    );
    return { pixels, labels: Int32Array.from(list, (index) => this.labels[index]!) };
  }
}

/** A thread that reads from the cache, so that neither the disk nor the checksums hold up training. */
class CacheReader {
  readonly #worker: Worker;
  readonly #waiting: { resolve(reply: ReadReply): void; reject(error: unknown): void }[] = [];

  constructor(folder: string, imageSize: number) {
    this.#worker = new Worker(new URL('./read-ahead-worker.ts', import.meta.url), {
      workerData: { folder, imageSize },
    });
    this.#worker.on('message', (reply: ReadReply) => this.#waiting.shift()?.resolve(reply));
    this.#worker.on('error', (error) => this.#waiting.splice(0).forEach(({ reject }) => reject(error)));
  }

  /** Answered in the order of the calls. */
  read(keys: ReadRequest): Promise<ReadReply> {
    const reply = new Promise<ReadReply>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    this.#worker.postMessage(keys);
    return reply;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

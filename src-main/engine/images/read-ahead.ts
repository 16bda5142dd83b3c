/** Images whose decoded pixels stay on disk, in the cache, and are read ahead by whole batches while training computes. */
import { Worker } from 'node:worker_threads';
import type { ImageShape } from '../../shared/preprocessing.ts';
import { reasonOf } from './dataset.ts';
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
  /** Paths of images that could not be had, and of those the ones that were not asked for yet. */
  readonly #lost = new Set<string>();
  #untold: string[] = [];

  constructor(source: CachedSource) {
    const { files, shape } = source;
    this.#source = source;
    this.#imageSize = shape.height * shape.width * shape.channels;
    this.labels = Int32Array.from(files, ({ label }) => label);
  }

  /** The images that batches went without since this was last called, each of them once. */
  takeLost(): string[] {
    return this.#untold.splice(0);
  }

  /**
   * The images at each list of indices, one batch after another. What is neither in the cache nor to be had from its file
   * is left out, so that a batch may be smaller than its list, or empty.
   */
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
    const { pixels, missing } = await reader.read(list.map((index) => this.#source.keys[index]!));
    const had = await Promise.all(missing.map((at) => this.#decode(list[at]!, this.#part(pixels, at))));
    const batch = { pixels, labels: Int32Array.from(list, (index) => this.labels[index]!) };
    const lost = new Set(missing.filter((_, i) => !had[i]));
    return lost.size === 0 ? batch : this.#without(lost, batch);
  }

  /** Whether it could be. */
  async #decode(index: number, into: Uint8Array): Promise<boolean> {
    const { files, decoder, shape } = this.#source;
    const { path } = files[index]!;
    try {
      await decoder.pixels(path, shape, into);
      return true;
    } catch (error) {
      reasonOf(error);
      if (!this.#lost.has(path)) this.#untold.push(path);
      this.#lost.add(path);
      return false;
    }
  }

  #without(lost: ReadonlySet<number>, { pixels, labels }: ImageBatch): ImageBatch {
    const kept = Array.from(labels.keys()).filter((at) => !lost.has(at));
    const rest = new Uint8Array(kept.length * this.#imageSize);
    kept.forEach((at, to) => rest.set(this.#part(pixels, at), to * this.#imageSize));
    return { pixels: rest, labels: Int32Array.from(kept, (at) => labels[at]!) };
  }

  #part(pixels: Uint8Array, at: number): Uint8Array {
    return pixels.subarray(at * this.#imageSize, (at + 1) * this.#imageSize);
  }
}

/** A thread that reads from the cache, so that neither the disk nor the checksums hold up training. */
class CacheReader {
  readonly #worker: Worker;
  readonly #waiting: { resolve(reply: ReadReply): void; reject(error: unknown): void }[] = [];
  /** Why it is gone. */
  #gone: Error | null = null;

  constructor(folder: string, imageSize: number) {
    this.#worker = new Worker(new URL('./read-ahead-worker.ts', import.meta.url), {
      workerData: { folder, imageSize },
    });
    const end = (error: Error): void => {
      this.#gone ??= error;
      for (const { reject } of this.#waiting.splice(0)) reject(this.#gone);
    };
    this.#worker.on('message', (reply: ReadReply) => this.#waiting.shift()?.resolve(reply));
    this.#worker.on('error', (error) => end(error as Error));
    this.#worker.on('exit', () => end(new Error('The thread that reads from the cache ended.')));
  }

  /** Answered in the order of the calls. */
  read(keys: ReadRequest): Promise<ReadReply> {
    if (this.#gone !== null) return Promise.reject(this.#gone);
    const reply = new Promise<ReadReply>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    this.#worker.postMessage(keys);
    return reply;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

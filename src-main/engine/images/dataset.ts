/** From image files to one array of pixels that training reads from. */
import { stat } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { ReceptiveError } from '../../shared/errors.ts';
import type { Preprocessing } from '../../shared/run.ts';
import type { DecoderClient } from './decoder-client.ts';
import { throwIfInterrupted } from './interrupted.ts';
import { mapInParallel } from './parallel.ts';
import { PixelCache } from './pixel-cache.ts';

export interface Dataset<F> {
  /** uint8 [images, height, width, channels], 0 to 255. */
  pixels: Uint8Array;
  labels: Int32Array;
  /** The files that could be decoded, in the order given: one a row of `pixels`. */
  files: F[];
  /** The files that could not, and why. */
  rejected: { path: string; reason: string }[];
}

export interface DatasetOptions {
  decoder: DecoderClient;
  /** Where decoded pixels are kept from one time to the next; without it every file is decoded. */
  cacheFolder?: string;
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal;
}

/**
 * Decodes every file, several at a time. A file that cannot be decoded is left out and named.
 * @throws ReceptiveError `out-of-memory` when the pixels cannot fit, `interrupted` when `signal` aborts.
 */
export async function loadDataset<F extends { path: string; label: number }>(
  files: readonly F[],
  preprocessing: Preprocessing,
  options: DatasetOptions,
): Promise<Dataset<F>> {
  const { height, width, channels } = preprocessing;
  const imageSize = height * width * channels;
  const pixels = allocate(files.length, preprocessing);
  const { cacheFolder } = options;
  const cache = cacheFolder === undefined ? null : PixelCache.open(cacheFolder);
  try {
    const { reasons } = await readEach(files, preprocessing, cache, options, (at) =>
      pixels.subarray(at * imageSize, (at + 1) * imageSize),
    );
    return withoutRejected(files, pixels, imageSize, reasons);
  } finally {
    cache?.close();
  }
}

export interface CachedDataset<F> {
  /** The files that could be decoded, and what they are called in the cache. */
  files: F[];
  keys: string[];
  rejected: { path: string; reason: string }[];
}

/**
 * Sees that the decoded pixels of every file are in the cache, holding those of a few at a time; `onPixels` is shown each
 * image's. Null where there can be no cache.
 * @throws ReceptiveError `interrupted` when `signal` aborts.
 */
export async function cacheDataset<F extends { path: string; label: number }>(
  files: readonly F[],
  preprocessing: Preprocessing,
  options: DatasetOptions & { cacheFolder: string },
  onPixels: (pixels: Uint8Array) => void = () => undefined,
): Promise<CachedDataset<F> | null> {
  const cache = PixelCache.open(options.cacheFolder);
  if (!cache) return null;
  const { height, width, channels } = preprocessing;
  try {
    const room = () => new Uint8Array(height * width * channels);
    const { reasons, keys } = await readEach(files, preprocessing, cache, options, room, onPixels);
    const used = (_: unknown, at: number) => reasons[at] === undefined;
    return {
      files: files.filter(used),
      keys: keys.filter(used),
      rejected: rejectedOf(files, reasons),
    };
  } finally {
    cache.close();
  }
}

/** Reads each file from the cache or by the decoder, into the room there is for it. */
async function readEach(
  files: readonly { path: string }[],
  preprocessing: Preprocessing,
  cache: PixelCache | null,
  { decoder, onProgress, signal }: DatasetOptions,
  roomFor: (at: number) => Uint8Array,
  onPixels: (pixels: Uint8Array) => void = () => undefined,
): Promise<{ reasons: (string | undefined)[]; keys: string[] }> {
  const reasons = new Array<string | undefined>(files.length);
  const keys = new Array<string>(files.length);
  let done = 0;
  await mapInParallel(files, decoder.processes * 2, async ({ path }, at) => {
    throwIfInterrupted(signal);
    try {
      const key = cache ? await cacheKey(path, preprocessing) : '';
      keys[at] = key;
      const image = roomFor(at);
      if (!cache?.read(key, image)) {
        await decoder.pixels(path, preprocessing, image);
        cache?.put(key, image);
      }
      onPixels(image);
    } catch (error) {
      reasons[at] = reasonOf(error);
    }
    onProgress?.(++done, files.length);
  });
  return { reasons, keys };
}

function allocate(count: number, { height, width, channels }: Preprocessing): Uint8Array {
  const size = count * height * width * channels;
  try {
    if (size > totalmem()) throw new RangeError();
    return new Uint8Array(size);
  } catch {
    throw new ReceptiveError(
      'out-of-memory',
      `${count.toLocaleString('en')} images of ${height} x ${width} x ${channels} need ${gigabytes(size)} of memory; ` +
        `this computer has ${gigabytes(totalmem())}.`,
      'Use a smaller input size or fewer images.',
    );
  }
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/** Changes whenever the file or what is made of it changes. */
async function cacheKey(path: string, { height, width, channels, fit }: Preprocessing): Promise<string> {
  const { size, mtimeNs } = await stat(path, { bigint: true });
  return [path, size, mtimeNs, height, width, channels, fit].join('\0');
}

/** What is wrong with the one image. @throws what else it is: no reason to go on without the image. */
export function reasonOf(error: unknown): string {
  if (error instanceof ReceptiveError) {
    if (error.code === 'unreadable') return error.message;
    throw error;
  }
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file';
  if (code !== undefined) return `it cannot be read: ${message}`;
  throw error;
}

/** Closes the gaps that rejected files left in `pixels`. */
function withoutRejected<F extends { path: string; label: number }>(
  files: readonly F[],
  pixels: Uint8Array,
  imageSize: number,
  reasons: (string | undefined)[],
): Dataset<F> {
  const used: F[] = [];
  files.forEach((file, at) => {
    if (reasons[at] !== undefined) return;
    if (used.length < at) pixels.copyWithin(used.length * imageSize, at * imageSize, (at + 1) * imageSize);
    used.push(file);
  });
  return {
    pixels: pixels.subarray(0, used.length * imageSize),
    labels: Int32Array.from(used, ({ label }) => label),
    files: used,
    rejected: rejectedOf(files, reasons),
  };
}

function rejectedOf(files: readonly { path: string }[], reasons: (string | undefined)[]): Dataset<unknown>['rejected'] {
  return files.flatMap(({ path }, at) => {
    const reason = reasons[at];
    return reason === undefined ? [] : [{ path, reason }];
  });
}

/** Images decoded a batch ahead of what is made of them. */
import type { Preprocessing } from '../../shared/run.ts';
import { reportError } from '../../shared/errors.ts';
import type { DecoderClient } from '../images/decoder-client.ts';
import { throwIfInterrupted } from '../images/interrupted.ts';

export interface DecodedBatch {
  /** The images that could be decoded. */
  ids: number[];
  /** uint8 [images, height, width, channels] */
  pixels: Uint8Array;
  /** How many could not. */
  failed: number;
}

export interface DecodingOptions {
  decoder: DecoderClient;
  preprocessing: Preprocessing;
  batchSize: number;
  /** Absolute paths of the images with these ids. */
  pathsOf(ids: readonly number[]): string[];
  signal: AbortSignal;
}

/** While a batch is worked on the next one is being decoded. Throws 'interrupted' when the signal aborts. */
export async function* decodedBatches(ids: readonly number[], options: DecodingOptions): AsyncGenerator<DecodedBatch> {
  const { batchSize, signal } = options;
  const decodeFrom = (start: number) => {
    const batch = start < ids.length ? decode(ids.slice(start, start + batchSize), options) : null;
    // What it throws is thrown where it is waited for; until then it is nobody's.
    batch?.catch(() => undefined);
    return batch;
  };
  let next = decodeFrom(0);
  for (let start = batchSize; next !== null; start += batchSize) {
    const batch: DecodedBatch = await next;
    throwIfInterrupted(signal);
    next = decodeFrom(start);
    yield batch;
  }
}

async function decode(
  ids: readonly number[],
  { decoder, preprocessing, pathsOf }: DecodingOptions,
): Promise<DecodedBatch> {
  const images = await Promise.all(
    pathsOf(ids).map((path) =>
      decoder.pixels(path, preprocessing).catch((error: unknown) => {
        // Only what is wrong with the one image is a reason to go on without it.
        if (reportError(error).code === 'unreadable') return null;
        throw error;
      }),
    ),
  );
  const decoded = images.flatMap((pixels, index) => (pixels ? [{ id: ids[index]!, pixels }] : []));
  return {
    ids: decoded.map(({ id }) => id),
    pixels: Buffer.concat(decoded.map(({ pixels }) => pixels)),
    failed: ids.length - decoded.length,
  };
}

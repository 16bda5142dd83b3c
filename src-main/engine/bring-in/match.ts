/** Which file is which image's: by content, and among equal contents by the names they have in common. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { basename } from 'node:path';
import { throwIfInterrupted } from '../images/interrupted.ts';
import { mapInParallel } from '../images/parallel.ts';
import type { FileNow, KnownFile } from '../store/relocate.ts';

/** Files that are read side by side. */
const lanes = 4;

/** Components of the paths' ends that two files may have in common, from the surest to the least. */
const ends = [Infinity, 3, 2, 1, 0];

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** SHA-256 of a file's bytes in hexadecimal; null when it cannot be read. */
export async function contentOf(path: string): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
    return hash.digest('hex');
  } catch {
    return null;
  }
}

const endOf = (path: string, components: number): string =>
  components === Infinity
    ? path
    : path
        .split('/')
        .slice(path.split('/').length - components)
        .join('/');

/** Pairs images with files that are the same by all but their places: each file once, the most alike paths first. */
function pair(
  images: readonly KnownFile[],
  files: readonly FileNow[],
  least: number,
  pairs: Map<number, FileNow>,
): void {
  const left = new Set(files);
  let open = images;
  for (const components of ends) {
    if (components < least || open.length === 0 || left.size === 0) return;
    const byEnd = Map.groupBy(left, ({ path }) => endOf(path, components));
    open = open.filter((image) => {
      const file = byEnd.get(endOf(image.path, components))?.shift();
      if (!file) return true;
      pairs.set(image.id, file);
      left.delete(file);
      return false;
    });
  }
}

export interface MatchOptions {
  signal: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

/**
 * The file of each image that is found again, by the image's id. An image whose content is known is found by that alone;
 * one whose content was never read needs a file of the same name, size and time.
 */
export async function matchFiles(
  images: readonly KnownFile[],
  files: readonly FileNow[],
  { signal, onProgress }: MatchOptions,
): Promise<Map<number, FileNow>> {
  const pairs = new Map<number, FileNow>();
  const read = images.filter((image) => image.content !== null);
  const sizes = new Set(read.map(({ bytes }) => bytes));
  const likely = files.filter(({ bytes }) => sizes.has(bytes));
  let done = 0;
  const contents = await mapInParallel(likely, lanes, async ({ path }) => {
    throwIfInterrupted(signal);
    const content = await contentOf(path);
    onProgress?.(++done, likely.length);
    return content;
  });
  const filesByContent = Map.groupBy(likely.keys(), (index) => contents[index]);
  for (const [content, same] of Map.groupBy(read, (image) => hex(image.content!))) {
    const indexes = filesByContent.get(content) ?? [];
    pair(
      same,
      indexes.map((index) => likely[index]!),
      0,
      pairs,
    );
  }
  const taken = new Set(pairs.values());
  const looks = ({ path, bytes, modifiedMs }: FileNow): string => `${basename(path)}/${bytes}/${modifiedMs}`;
  const unread = images.filter((image) => image.content === null && image.bytes > 0);
  const filesByLooks = unread.length === 0 ? new Map<string, FileNow[]>() : Map.groupBy(files, looks);
  for (const [look, same] of Map.groupBy(unread, looks)) {
    pair(
      same,
      (filesByLooks.get(look) ?? []).filter((file) => !taken.has(file)),
      1,
      pairs,
    );
  }
  return pairs;
}

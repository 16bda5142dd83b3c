/** Which file is which image's: by content, and among equal contents by the names they have in common. */
import { createHash, hash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { throwIfInterrupted } from '../images/interrupted.ts';
import { mapInParallel } from '../images/parallel.ts';
import type { FileNow, KnownFile } from '../store/relocate.ts';

/** Files that are read side by side. */
const lanes = 4;

/** Files up to this many bytes are read as a whole. */
const readAtOnce = 2 ** 20;
/** Files up to this many bytes are read in well under a millisecond. */
const smallBytes = 2 ** 16;

/** Groups that are paired between two chances for other work. */
const groupsAtOnce = 500;

/** Components of the paths' ends that two files may have in common, from the surest to the least. */
const ends = [Infinity, 3, 2, 1, 0];

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** SHA-256 of a file's bytes in hexadecimal; null when it cannot be read. */
export async function hashFile({ path, bytes }: FileNow): Promise<string | null> {
  try {
    // A stream costs several times the reading of a small file.
    if (bytes <= readAtOnce) return hash('sha256', await readFile(path));
    const digest = createHash('sha256');
    await pipeline(createReadStream(path), digest);
    return digest.digest('hex');
  } catch {
    return null;
  }
}

/** The same; a small file without a promise, which leaves hardly anything to be thrown away. The disk is waited for. */
export function hashFileAtOnce(file: FileNow): Promise<string | null> | string | null {
  if (file.bytes > smallBytes) return hashFile(file);
  try {
    return hash('sha256', readFileSync(file.path));
  } catch {
    return null;
  }
}

const endOf = (path: string, components: number): string =>
  components === 0 ? '' : path.split('/').slice(-components).join('/');

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

const looks = ({ path, bytes, modifiedMs }: FileNow): string => `${basename(path)}/${bytes}/${modifiedMs}`;

function addTo<T>(groups: Map<string, T[]>, key: string, item: T): void {
  const group = groups.get(key);
  if (group) group.push(item);
  else groups.set(key, [item]);
}

/** Pairs images with the files of the same key, and lets other work have its turn now and then. */
async function pairGroups(
  images: readonly KnownFile[],
  keyOf: (image: KnownFile) => string,
  files: ReadonlyMap<string, FileNow[]>,
  least: number,
  pairs: Map<number, FileNow>,
): Promise<void> {
  const groups = new Map<string, KnownFile[]>();
  for (const image of images) {
    const key = keyOf(image);
    if (files.has(key)) addTo(groups, key, image);
  }
  let count = 0;
  for (const [key, group] of groups) {
    pair(group, files.get(key)!, least, pairs);
    if (++count % groupsAtOnce === 0) await setImmediate();
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
  if (files.length === 0) return pairs;
  const read = images.filter((image) => image.content !== null);
  const sizes = new Set(read.map(({ bytes }) => bytes));
  const likely = files.filter(({ bytes }) => sizes.has(bytes));
  const byContent = new Map<string, FileNow[]>();
  let done = 0;
  await mapInParallel(likely, lanes, async (file) => {
    throwIfInterrupted(signal);
    const content = await hashFile(file);
    onProgress?.(++done, likely.length);
    if (content !== null) addTo(byContent, content, file);
  });
  await pairGroups(read, ({ content }) => hex(content!), byContent, 0, pairs);

  const taken = new Set(pairs.values());
  const byLooks = new Map<string, FileNow[]>();
  const unread = images.filter((image) => image.content === null && image.bytes > 0);
  if (unread.length > 0) for (const file of files) if (!taken.has(file)) addTo(byLooks, looks(file), file);
  await pairGroups(unread, looks, byLooks, 1, pairs);
  return pairs;
}

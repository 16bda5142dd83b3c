/** What is in a folder of images: every file, used, used with a warning, or named with the reason it is not. */
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ImageFormat, ProbedImage, RejectedImage } from '../../shared/decoder.ts';
import { ReceptiveError, reportError } from '../../shared/errors.ts';
import type { ImageStatus } from '../../shared/image-query.ts';
import { throwIfInterrupted } from './interrupted.ts';
import type { DecoderClient } from './decoder-client.ts';
import { mapInParallel } from './parallel.ts';
import { walkFolder } from './walk.ts';
import type { FoundEntry } from './walk.ts';

export interface ScannedImage {
  /** Relative to the scanned folder, "/" between components. */
  path: string;
  status: ImageStatus;
  /** With a warning or a rejection: why. */
  reason?: string;
  /** Pixels, after EXIF orientation. */
  width?: number;
  height?: number;
  format?: ImageFormat;
  /** The first folder of `path`; absent for what lies directly in the scanned folder. */
  class?: string;
  /** Size of the file. */
  bytes?: number;
  /** Milliseconds since 1970, UTC. */
  modifiedAt?: number;
  /** SHA-256 of the file's bytes. */
  content?: Uint8Array;
}

export interface ScanOptions {
  decoder: DecoderClient;
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal;
}

/**
 * Decodes every file below `folder` once to find out what it is; nothing is written. Rows are in the order of paths.
 * @throws ReceptiveError `not-found`, `unreadable` or, for a folder without any file, `no-images`.
 */
export async function scanFolder(folder: string, options: ScanOptions): Promise<ScannedImage[]> {
  return scanEntries(folder, await entriesIn(folder, options.signal), options);
}

/** Every file below `folder`, in the order of paths; throws as `scanFolder` does. */
export async function entriesIn(folder: string, signal?: AbortSignal): Promise<FoundEntry[]> {
  await requireReadableFolder(folder);
  throwIfInterrupted(signal);
  const entries = await walkFolder(folder, signal).catch((error: unknown) => {
    throwIfInterrupted(signal);
    throw error;
  });
  if (entries.length === 0) {
    throw new ReceptiveError(
      'no-images',
      `${folder} has no images: it is empty.`,
      'Choose a folder that holds one folder of images for each class.',
    );
  }
  return entries;
}

type Look = (path: string, index: number) => Promise<ProbedImage | RejectedImage>;

/** `look` finds out what the file at an absolute path is, the entry's index beside it. */
export function scanEntries(
  folder: string,
  entries: readonly FoundEntry[],
  { decoder, onProgress, signal }: ScanOptions,
  look: Look = (path) => decoder.probe(path),
): Promise<ScannedImage[]> {
  let done = 0;
  return mapInParallel(entries, decoder.processes * 2, async ({ path, problem }, index) => {
    throwIfInterrupted(signal);
    const slash = path.indexOf('/');
    const place = slash < 0 ? { path } : { path, class: path.slice(0, slash) };
    const verdict =
      problem === undefined
        ? await look(join(resolve(folder), path), index)
        : { status: 'rejected' as const, reason: problem };
    onProgress?.(++done, entries.length);
    return { ...place, ...verdict };
  });
}

async function requireReadableFolder(folder: string): Promise<void> {
  const name = JSON.stringify(folder);
  try {
    if (!(await stat(folder)).isDirectory()) {
      throw new ReceptiveError(
        'not-found',
        `${name} is not a folder.`,
        'Give the folder that holds the class folders.',
      );
    }
    await readdir(folder);
  } catch (error) {
    if (error instanceof ReceptiveError) throw error;
    const { code, message } = reportError(error);
    if (code === 'not-found') {
      throw new ReceptiveError('not-found', `There is no folder ${name}.`, 'Check the path.');
    }
    if (code === 'unreadable') {
      throw new ReceptiveError(
        'unreadable',
        `Permission to read the folder ${name} is denied.`,
        'Give yourself read access to it.',
      );
    }
    throw new ReceptiveError('unreadable', `The folder ${name} cannot be read: ${message}`);
  }
}

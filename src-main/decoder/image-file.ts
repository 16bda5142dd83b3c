/** Reads an image file into memory without ever waiting on a pipe or a device. */
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import type { ImageFormat } from '../shared/decoder.ts';
import { Unusable } from './unusable.ts';
import { sniff } from './sniff.ts';

/** Above this a file is refused instead of filling the memory; a 16-bit image of 80 megapixels still fits. */
const largestFile = 512 * 2 ** 20;

/** Where most files fit in. With a buffer for each, garbage would be collected every two hundred images. */
const shared = Buffer.allocUnsafeSlow(2 ** 20);

export interface ImageFile {
  /** Until the next file is read: the process is asked for one image after another. */
  content: Buffer;
  format: ImageFormat;
  bytes: number;
  /** Milliseconds since 1970, UTC. */
  modifiedAt: number;
}

/**
 * Reads without yielding: the process has nothing else to do, and a small file is read forty times as quickly so.
 * @throws Unusable when there is no readable image file at `path`.
 */
export function readImageFile(path: string): ImageFile {
  try {
    requireFile(statSync(path));
    // Should a pipe have taken the file's place since, O_NONBLOCK keeps the opening from waiting for its other end.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = fstatSync(file);
      requireFile(stats);
      const content = readWhole(file, stats.size);
      if (content.length === 0) throw new Unusable('empty file');
      const sniffed = sniff(content.subarray(0, 1024));
      if ('problem' in sniffed) throw new Unusable(sniffed.problem);
      return { content, format: sniffed.format, bytes: stats.size, modifiedAt: stats.mtimeMs };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw error instanceof Unusable ? error : new Unusable(fileProblem(error));
  }
}

function readWhole(file: number, size: number): Buffer {
  if (size > shared.length) return readFileSync(file);
  let length = 0;
  for (let more = 1; more > 0; length += more) more = readSync(file, shared, length, size - length, null);
  return shared.subarray(0, length);
}

function requireFile(stats: Stats): void {
  if (!stats.isFile()) throw new Unusable(`not an image: it is ${kindOf(stats)}`);
  if (stats.size > largestFile) {
    throw new Unusable(
      `the file has ${Math.round(stats.size / 2 ** 20).toLocaleString('en')} MiB; the limit is ${largestFile / 2 ** 20} MiB`,
    );
  }
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a pipe';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
}

const fileProblems: Record<string, string> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission to read it is denied',
  EPERM: 'permission to read it is denied',
  ELOOP: 'a link that leads back to itself',
  ENAMETOOLONG: 'its path is too long to open',
};

function fileProblem(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return fileProblems[code] ?? `it cannot be read: ${message}`;
}

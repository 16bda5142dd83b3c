/**
 * What project.db holds, to the byte, since the log was last merged into it. Everything later stands in SQLite's
 * write-ahead log, which has checksums of its own; the pages of project.db have none, and a flipped bit in a label is a
 * label like any other.
 *
 * The seal is taken away before the file is written to and put back afterwards, so a seal that does not fit means that
 * something else has changed the file; where there is none nothing can be said.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { syncFolder } from '../files.ts';
import { readChecked, writeChecked } from './checked-file.ts';

export interface Fingerprint {
  /** Bytes. */
  size: number;
  /** Hexadecimal. */
  sha256: string;
}

export const fingerprintSchema = z.object({ size: z.number().int(), sha256: z.string() });

const sealSchema = fingerprintSchema.extend({
  /** Salts of the log that was merged last, hexadecimal; zeros when none was. */
  merged: z.string(),
});
export type Seal = z.infer<typeof sealSchema>;

/** In place of salts, where no log was merged. */
export const noLog = '0000000000000000';

const sealOf = (folder: string): string => join(folder, 'project.seal');
const chunkBytes = 2 ** 20;

export const readSeal = (folder: string): Seal | null => readChecked(sealOf(folder), sealSchema);

export const writeSeal = (folder: string, seal: Seal): void => writeChecked(sealOf(folder), seal);

/** Durable when this returns. */
export function removeSeal(folder: string): void {
  rmSync(sealOf(folder), { force: true });
  syncFolder(folder);
}

/** Of an open file, from its beginning. */
export function fingerprintOf(file: number): Fingerprint {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(chunkBytes);
  let size = 0;
  for (let read; (read = readSync(file, buffer, 0, chunkBytes, size)) > 0; size += read) {
    hash.update(buffer.subarray(0, read));
  }
  return { size, sha256: hash.digest('hex') };
}

/** For files that SQLite has not open in this process: closing one drops the locks that SQLite holds on it. */
export function fingerprintOfFile(path: string): Fingerprint {
  const file = openSync(path, 'r');
  try {
    return fingerprintOf(file);
  } finally {
    closeSync(file);
  }
}

export const isSame = (a: Fingerprint, b: Fingerprint): boolean => a.size === b.size && a.sha256 === b.sha256;

/** Writing that survives a crash: never half a file under its final name. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes `data` to `path` by way of a temporary neighbour: write, fsync, rename, fsync the folder. */
export function writeFileAtomically(path: string, data: string | Uint8Array): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeAndSync(temporary, 'w', data);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

/** Appends to `path` and returns when the bytes are on the disk; what does not fit whole is taken back. */
export function appendAndSync(path: string, data: string | Uint8Array): void {
  const before = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  try {
    writeAndSync(path, 'a', data);
  } catch (error) {
    truncateSync(path, before);
    throw error;
  }
}

/** Makes a rename or a new name in `folder` itself durable. */
export function syncFolder(folder: string): void {
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function writeAndSync(path: string, flags: 'w' | 'a', data: string | Uint8Array): void {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  const file = openSync(path, flags);
  try {
    // One call may write less than asked for, and on a full disk the next one then throws ENOSPC.
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

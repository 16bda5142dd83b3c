/** The place that something is written to: free before, and whole or not there afterwards. */
import { existsSync, lstatSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ReceptiveError, reportError } from '../../shared/errors.ts';
import { syncFolder } from '../files.ts';

/**
 * Has `write` make a file or folder under a temporary name beside `out`, and gives it its own when it is whole. Whatever
 * goes wrong, a cancelled `write` included, nothing stays.
 * @throws ReceptiveError `exists` unless `out` is free or an empty folder for a folder, `not-found` without its parent.
 */
export async function writeWhole<T>(
  out: string,
  kind: 'file' | 'folder',
  write: (temporary: string) => Promise<T>,
): Promise<T> {
  requireFree(out, kind);
  const temporary = join(dirname(out), `.${basename(out).slice(0, 60)}.${process.pid}.tmp`);
  try {
    const result = await write(temporary);
    requireFree(out, kind);
    renameSync(temporary, out);
    syncFolder(dirname(out));
    return result;
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw namingTarget(error, out, temporary);
  }
}

function requireFree(out: string, kind: 'file' | 'folder'): void {
  const folder = dirname(out);
  if (!existsSync(folder)) {
    throw new ReceptiveError('not-found', `There is no folder "${folder}" to write to.`, 'Make it first.');
  }
  const stats = lstatSync(out, { throwIfNoEntry: false });
  if (!stats) return;
  if (kind === 'folder' && stats.isDirectory() && readdirSync(out).length === 0) return;
  const hint = kind === 'folder' ? 'Choose a new or an empty folder.' : 'Choose another name, or remove it first.';
  throw new ReceptiveError('exists', `"${out}" already exists.`, hint);
}

/** The name that a person chose stands for the temporary one. */
function namingTarget(error: unknown, out: string, temporary: string): unknown {
  const { code, message, hint } = reportError(error);
  if (code === 'disk-full') {
    return new ReceptiveError(code, `"${out}" could not be written: the disk is full. Nothing of it was left.`, hint);
  }
  if (!message.includes(temporary)) return error;
  return new ReceptiveError(code, message.replaceAll(temporary, out), hint || 'Choose another place.');
}

import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ReceptiveError, reportError } from '../../shared/errors.ts';
import { walkFolder } from '../images/walk.ts';

export interface NamedFile {
  /** Absolute. */
  path: string;
  /** As it is told in answers: a file as it was named, what lies in a folder relative to that folder. */
  name: string;
  /** Why nothing can be read there, where that is known already. */
  problem?: string;
}

/**
 * Every file that was named or lies below a folder that was named; relative names are `base`'s. Of several folders, the
 * folder's own name goes before, so that files can be told apart. A name that leads nowhere,
 * or to a folder that cannot be read, stays in, to be told as such.
 * @throws ReceptiveError `not-found` when every name leads nowhere, `no-images` when there is no file.
 */
export async function filesIn(names: string[], base: string, signal?: AbortSignal): Promise<NamedFile[]> {
  const files: NamedFile[] = [];
  const missing: string[] = [];
  for (const name of names) {
    const path = resolve(base, name);
    const found = await stat(path).catch(reportError);
    if ('code' in found && found.code === 'not-found') missing.push(name);
    if ('code' in found || !found.isDirectory()) files.push({ path, name });
    else {
      const inside = await walkFolder(path, signal).catch(reportError);
      signal?.throwIfAborted();
      const told = (relative: string) => (names.length === 1 ? relative : join(name, relative));
      if ('code' in inside) files.push({ path, name, problem: inside.message });
      else files.push(...inside.map((entry) => ({ ...entry, path: join(path, entry.path), name: told(entry.path) })));
    }
  }
  const all = names.join(', ');
  if (files.length === 0)
    throw new ReceptiveError('no-images', `There is no file in ${all}.`, 'Give image files, or a folder.');
  if (missing.length === names.length) throw new ReceptiveError('not-found', `There is no ${all}.`, 'Check the path.');
  return files;
}

import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ReceptiveError } from '../../shared/errors.ts';
import { walkFolder } from '../images/walk.ts';

export interface NamedFile {
  /** Absolute. */
  path: string;
  /** As it is told in answers: a file as it was named, what lies in a folder relative to that folder. */
  name: string;
}

/**
 * Every file that was named or lies below a folder that was named; relative names are `base`'s. Of several folders, the
 * folder's own name goes before, so that files can be told apart. A name that leads nowhere stays in, to be told as such.
 * @throws ReceptiveError `not-found` when every name leads nowhere, `no-images` when there is no file.
 */
export async function filesIn(names: string[], base: string, signal?: AbortSignal): Promise<NamedFile[]> {
  const files: NamedFile[] = [];
  const missing: string[] = [];
  for (const name of names) {
    const path = resolve(base, name);
    const found = await stat(path).catch(() => null);
    if (!found) missing.push(name);
    if (!found?.isDirectory()) files.push({ path, name });
    else {
      const inside = await walkFolder(path, signal);
      const told = (relative: string) => (names.length === 1 ? relative : join(name, relative));
      files.push(...inside.map((entry) => ({ path: join(path, entry.path), name: told(entry.path) })));
    }
  }
  const all = names.join(', ');
  if (files.length === 0)
    throw new ReceptiveError('no-images', `There is no file in ${all}.`, 'Give image files, or a folder.');
  if (missing.length === names.length) throw new ReceptiveError('not-found', `There is no ${all}.`, 'Check the path.');
  return files;
}

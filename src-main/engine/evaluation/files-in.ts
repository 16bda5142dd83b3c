import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ReceptiveError } from '../../shared/errors.ts';
import { walkFolder } from '../images/walk.ts';

/** Every file that was named or lies below a folder that was named. @throws ReceptiveError `not-found` or `no-images` */
export async function filesIn(paths: string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const found = await stat(path).catch(() => null);
    if (!found) throw new ReceptiveError('not-found', `There is no file or folder ${path}.`, 'Check the path.');
    if (found.isDirectory()) files.push(...(await walkFolder(path)).map((entry) => join(path, entry.path)));
    else files.push(path);
  }
  if (files.length === 0) {
    throw new ReceptiveError(
      'no-images',
      `There is no file in ${paths.join(', ')}.`,
      'Give image files, or a folder of them.',
    );
  }
  return files;
}

/** Files that a person chose a place for. */
import { writeFile } from 'node:fs/promises';
import { writeWhole } from '../give-back/target.ts';
import type { Part } from './context.ts';

export function fileHandlers(): Pick<Part<'files'>, 'files.write'> {
  return {
    'files.write': ({ path, data }) =>
      writeWhole(path, 'file', (temporary) => writeFile(temporary, data, { flush: true })),
  };
}

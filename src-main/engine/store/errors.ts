/** Turns what SQLite throws into errors that name the project and the remedy. */
import { ReceptiveError } from '../../shared/errors.ts';

/** Primary result codes, https://www.sqlite.org/rescode.html. */
const anyError = 1;
const busy = 5;
const readOnly = 8;
const inputOutput = 10;
const corrupt = 11;
const full = 13;
const cannotOpen = 14;
const constraint = 19;
const notDatabase = 26;

/** SQLite's primary result code of an error thrown by node:sqlite; null for any other error. */
function resultCode(error: unknown): number | null {
  if (!(error instanceof Error) || (error as { code?: string }).code !== 'ERR_SQLITE_ERROR') return null;
  return ((error as { errcode?: number }).errcode ?? 0) & 0xff;
}

export const isConstraint = (error: unknown): boolean => resultCode(error) === constraint;

/** Whether reading the database failed because of what is in it (a table that is not there is an error of any kind). */
export const isDamage = (error: unknown): boolean =>
  [anyError, inputOutput, corrupt, notDatabase].includes(resultCode(error) ?? -1);

/** The same error, or a ReceptiveError where SQLite's code has a meaning for the user. `path` is the project's folder. */
export function storeError(error: unknown, path: string): unknown {
  switch (resultCode(error)) {
    case full:
      return new ReceptiveError(
        'disk-full',
        `The project "${path}" could not be saved: ${(error as Error).message}. Everything saved before is still there.`,
        'Free some space on that disk and try again.',
      );
    case inputOutput:
      return new ReceptiveError(
        'unreadable',
        `The disk failed while "${path}" was read or saved: ${(error as Error).message}.`,
        'Check that the disk is there and sound; what was saved before is left as it is.',
      );
    case corrupt:
    case notDatabase:
      return new ReceptiveError(
        'unreadable',
        `project.db in "${path}" is damaged or not a project's database (${(error as Error).message}).`,
        'The file was left as it is; restore the folder from a backup or make a new project from the images.',
      );
    case readOnly:
    case cannotOpen:
      return new ReceptiveError(
        'unreadable',
        `The project "${path}" cannot be opened for writing (${(error as Error).message}).`,
        'Check the permissions of the folder and of project.db.',
      );
    case busy:
      return new ReceptiveError(
        'exists',
        `The project "${path}" is open in another Receptive.`,
        'Close it there first; two at once could overwrite each other.',
      );
    default:
      return error;
  }
}

/** Looks for images whose files are gone below a folder that the user shows. */
import { dirname, join } from 'node:path';
import { ReceptiveError, reportError } from '../../shared/errors.ts';
import { throwIfInterrupted } from '../images/interrupted.ts';
import { mapInParallel } from '../images/parallel.ts';
import { walkFolder } from '../images/walk.ts';
import type { Database } from '../store/database.ts';
import { partitionKnown } from '../store/import.ts';
import { canonical, isInside } from '../store/places.ts';
import { adoptSources, dropEmptySources, missingFiles, moveImages } from '../store/relocate.ts';
import type { FileNow, KnownFile } from '../store/relocate.ts';
import { matchFiles } from './match.ts';
import type { MatchOptions } from './match.ts';
import { fileNow } from './differences.ts';

const lanes = 16;

/** Images that are moved in one transaction. */
const chunkSize = 500;

export interface Located {
  found: number;
  missing: number;
}

/** The folder that has become of the image's source, when only that moved; else the file's own folder. */
function rootOf({ inSource }: KnownFile, { path }: FileNow): string {
  const end = `/${inSource}`;
  return path.endsWith(end) ? path.slice(0, -end.length) || '/' : dirname(path);
}

/** @throws ReceptiveError `not-found`, `unreadable`, `interrupted` */
export async function locate(db: Database, given: string, options: MatchOptions): Promise<Located> {
  const { signal } = options;
  const lost = missingFiles(db);
  const files = await filesIn(db, given, signal);
  const now = (await mapInParallel(files, lanes, fileNow)).filter((file) => file != null);
  throwIfInterrupted(signal);
  const pairs = await matchFiles(lost, now, options);

  const found = lost.filter(({ id }) => pairs.has(id));
  const left = [...new Set(found.map(({ sourceId }) => sourceId))];
  const roots = new Map(found.map((image) => [image.sourceId, rootOf(image, pairs.get(image.id)!)]));
  const folders = new Set(found.map((image) => rootOf(image, pairs.get(image.id)!)));
  adoptSources(
    db,
    [...folders].sort((a, b) => a.length - b.length),
    left,
  );
  for (let start = 0; start < found.length; start += chunkSize) {
    throwIfInterrupted(signal);
    moveImages(
      db,
      found.slice(start, start + chunkSize).map(({ id }) => ({ id, to: pairs.get(id)! })),
    );
  }
  dropEmptySources(db, left, (id) => roots.get(id));
  return { found: found.length, missing: lost.length - found.length };
}

/** Every file below the folder that no image of the project is. */
async function filesIn(db: Database, given: string, signal: AbortSignal): Promise<string[]> {
  try {
    const folder = canonical(given);
    const entries = await walkFolder(folder, signal);
    const files = entries
      .filter(({ problem }) => problem === undefined)
      .map(({ path }) => ({ path: join(folder, path) }))
      .filter(({ path }) => !isInside(path, db.folder));
    return partitionKnown(db, files).fresh.map(({ path }) => path);
  } catch (error) {
    throwIfInterrupted(signal);
    const { code, message } = reportError(error);
    throw new ReceptiveError(code, `The folder "${given}" cannot be read: ${message}`, 'Check its permissions.');
  }
}

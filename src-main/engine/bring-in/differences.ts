/** How the images' files differ from what is written down of them. Gently: nobody waits for it, and there may be many. */
import { statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { throwIfInterrupted } from '../images/interrupted.ts';
import { untilQuiet } from '../quiet.ts';
import type { Database } from '../store/database.ts';
import { fileStamps, filesOf } from '../store/relocate.ts';
import type { FileNow, KnownFile } from '../store/relocate.ts';

/** Images read at once. */
const pageSize = 64;
/** Looking takes a third of the time that nobody asks for anything in: so long at a stretch, so long not; ms. */
const slice = 4;
const pause = 8;

/** A file that is there and looks different. */
export interface Difference {
  image: KnownFile;
  now: FileNow;
}

export interface Differences {
  gone: KnownFile[];
  back: KnownFile[];
  changed: Difference[];
}

/** The file as it is; null when it is gone; undefined when that cannot be told (no permission, a failing disk). */
export async function fileNow(path: string): Promise<FileNow | null | undefined> {
  try {
    return toFile(path, await stat(path));
  } catch (error) {
    return withoutFile(error);
  }
}

/** The same without a promise a file: a fifth of the work, and hardly anything to be thrown away. */
export function fileNowAtOnce(path: string): FileNow | null | undefined {
  try {
    return toFile(path, statSync(path));
  } catch (error) {
    return withoutFile(error);
  }
}

function toFile(path: string, stats: Stats): FileNow | null | undefined {
  if (stats.isFile()) return { path, bytes: stats.size, modifiedMs: stats.mtimeMs };
  return stats.isDirectory() ? null : undefined;
}

function withoutFile(error: unknown): null | undefined {
  const { code = '' } = error as NodeJS.ErrnoException;
  return ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(code) ? null : undefined;
}

/** Gives other work its turn whenever a slice of time is over: true then. */
export function inSlices(signal: AbortSignal, rest = pause): () => Promise<boolean> | false {
  let end = performance.now() + slice;
  return () => {
    if (performance.now() < end) return false;
    return wait(rest)
      .then(() => untilQuiet(signal))
      .then(() => {
        throwIfInterrupted(signal);
        end = performance.now() + slice;
        return true;
      });
  };
}

export async function differences(db: Database, signal: AbortSignal): Promise<Differences> {
  const found: Differences = { gone: [], back: [], changed: [] };
  const takeTurn = inSlices(signal);
  const stampsAfter = fileStamps(db);
  // The first of each slice is asked for without waiting in line: a disk that does not answer must not stop the engine.
  let mayHang = true;
  for (let page = stampsAfter(0, pageSize); page.length > 0; page = stampsAfter(page.at(-1)![0], pageSize)) {
    for (const [id, path, bytes, modifiedMs, missing] of page) {
      const turn = takeTurn();
      if (turn) mayHang = await turn;
      const now = mayHang ? await fileNow(path) : fileNowAtOnce(path);
      mayHang = false;
      if (now === undefined) continue;
      if (now === null) {
        // What never was a file cannot be gone.
        if (modifiedMs !== 0) found.gone.push(...filesOf(db, id));
      } else if (now.bytes !== bytes || now.modifiedMs !== modifiedMs) {
        for (const image of filesOf(db, id)) found.changed.push({ image, now });
      } else if (missing === 1) found.back.push(...filesOf(db, id));
    }
  }
  throwIfInterrupted(signal);
  return found;
}

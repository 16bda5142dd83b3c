/** How the images' files are now: gone, moved, changed, back, and what is new beside them. */
import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Offer } from '../../shared/labelling.ts';
import type { DecoderClient } from '../images/decoder-client.ts';
import { throwIfInterrupted } from '../images/interrupted.ts';
import { mapInParallel } from '../images/parallel.ts';
import { walk } from '../images/walk.ts';
import type { Database } from '../store/database.ts';
import { knownFiles } from '../store/import.ts';
import { isInside } from '../store/places.ts';
import { markMissing, moveImages, noteTimes, replaceContent, sourceFolders } from '../store/relocate.ts';
import type { FileNow, KnownFile, SourceFolder } from '../store/relocate.ts';
import { differences, fileNow, inSlices } from './differences.ts';
import type { Difference } from './differences.ts';
import { hasImageName } from './image-name.ts';
import { hashFile, matchFiles } from './match.ts';

/** Rows that are written between two chances for other work. */
const pageSize = 256;
/** Files that are asked after side by side. */
const lanes = 16;

export interface Survey {
  /** New images in the folders that were brought in whole, whether they were declined or not. */
  fresh: Offer[];
  /** Folders in which something new may appear. */
  folders: string[];
  /** Whether anything about the images was written down. */
  changed: boolean;
}

/** Files below a folder that the project has not, and the folders they may be in. */
async function freshFiles(db: Database, { path: source }: SourceFolder, signal: AbortSignal) {
  const folders: string[] = [];
  const fresh: string[] = [];
  const takeTurn = inSlices(signal);
  const isKnown = knownFiles(db);
  try {
    for await (const { folder, entries } of walk(source, signal)) {
      if (isInside(folder, db.folder)) continue;
      folders.push(folder);
      for (const { path, problem } of entries) {
        const turn = takeTurn();
        if (turn) await turn;
        if (problem === undefined && !isKnown(folder, basename(path))) fresh.push(join(source, path));
      }
    }
  } catch {
    // A source that is not there or may not be read has nothing new.
    throwIfInterrupted(signal);
  }
  return { fresh, folders };
}

/** Of the files that look different, those that only have another time, and those that have other bytes. */
async function compareContents(changed: readonly Difference[], signal: AbortSignal) {
  const touched: Difference[] = [];
  const replaced: Difference[] = [];
  for (const difference of changed) {
    throwIfInterrupted(signal);
    const { image, now } = difference;
    const isSame = image.content !== null && image.bytes === now.bytes && (await hashFile(now)) === hex(image);
    (isSame ? touched : replaced).push(difference);
  }
  return { touched, replaced };
}

/** Where images lie now whose files are gone or have other bytes. What took a place by a move is known by its bytes. */
async function findMoved(
  lost: readonly KnownFile[],
  replaced: readonly Difference[],
  fresh: string[],
  signal: AbortSignal,
) {
  const seekers = [...lost, ...replaced.map(({ image }) => image)];
  if (seekers.length === 0) return { seekers, moves: new Map<number, FileNow>() };
  const files = (await mapInParallel([...new Set(fresh)], lanes, fileNow)).filter((now) => now != null);
  const moves = await matchFiles(seekers, [...files, ...replaced.map(({ now }) => now)], { signal });
  for (const { image } of replaced) if (moves.get(image.id)?.path === image.path) moves.delete(image.id);
  return { seekers, moves };
}

/** Looks at every image's file, writes down what is different, and tells what is new. Nothing on the disk is changed. */
export async function survey(db: Database, decoder: () => DecoderClient, signal: AbortSignal): Promise<Survey> {
  const { gone, back, changed } = await differences(db, signal);
  const goneFrom = new Set(gone.map(({ sourceId }) => sourceId));
  const found: { source: SourceFolder; fresh: string[]; folders: string[] }[] = [];
  for (const source of sourceFolders(db)) {
    if (source.whole || goneFrom.has(source.id)) found.push({ source, ...(await freshFiles(db, source, signal)) });
  }
  const { touched, replaced } = await compareContents(changed, signal);
  const fresh = found.flatMap((one) => one.fresh);
  const { seekers, moves } = await findMoved(gone, replaced, fresh, signal);
  const taken = new Set([...moves.values()].map(({ path }) => path));
  const { displaced = [], edited = [] } = Object.groupBy(
    replaced.filter(({ image }) => !moves.has(image.id)),
    ({ image }) => (taken.has(image.path) ? 'displaced' : 'edited'),
  );

  const moving = seekers.flatMap((image) =>
    moves.has(image.id) ? [{ image, id: image.id, to: moves.get(image.id)! }] : [],
  );
  const exchanged = new Set(replaced.map(({ image }) => image.path));
  const { exchange = [], move = [] } = Object.groupBy(moving, ({ image, to }) =>
    exchanged.has(image.path) || exchanged.has(to.path) ? 'exchange' : 'move',
  );
  moveImages(db, exchange, new Set(displaced.map(({ image }) => image.id)));
  await inChunks(move, signal, (chunk) => moveImages(db, chunk));
  const lost = gone.filter(({ id, missing }) => !missing && !moves.has(id));
  const ids = (files: readonly KnownFile[]): number[] => files.map(({ id }) => id);
  await inChunks(lost, signal, (chunk) => markMissing(db, ids(chunk), true));
  await inChunks(back, signal, (chunk) => markMissing(db, ids(chunk), false));
  await inChunks(touched, signal, (chunk) =>
    noteTimes(
      db,
      chunk.map(({ image, now }) => ({ id: image.id, ...now })),
    ),
  );
  for (const { image, now } of edited) {
    throwIfInterrupted(signal);
    replaceContent(db, [{ id: image.id, now, probed: await decoder().probe(now.path) }]);
  }

  const whole = found.filter(({ source }) => source.whole);
  const isNew = (file: string): boolean => hasImageName(file) && !taken.has(file);
  const returned = touched.filter(({ image }) => image.missing);
  return {
    fresh: whole.map((one) => ({ folder: one.source.path, count: one.fresh.filter(isNew).length })),
    folders: whole.flatMap(({ folders }) => folders),
    changed: moves.size + lost.length + back.length + edited.length + returned.length > 0,
  };
}

/** Writes many rows without keeping other work waiting. */
async function inChunks<T>(items: readonly T[], signal: AbortSignal, write: (chunk: T[]) => void): Promise<void> {
  for (let start = 0; start < items.length; start += pageSize) {
    throwIfInterrupted(signal);
    write(items.slice(start, start + pageSize));
    await setImmediate();
  }
}

const hex = ({ content }: KnownFile): string => Buffer.from(content!).toString('hex');

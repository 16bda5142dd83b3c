/** Brings files and folders into a project: looked into a few at a time, and kept as they come. */
import { statSync } from 'node:fs';
import { ReceptiveError } from '../../shared/errors.ts';
import type { NotFound } from '../../shared/labelling.ts';
import type { DecoderClient } from '../images/decoder-client.ts';
import { throwIfInterrupted } from '../images/interrupted.ts';
import { mapInParallel } from '../images/parallel.ts';
import type { Database } from '../store/database.ts';
import { addImages, addSources, partitionKnown } from '../store/import.ts';
import type { FoundImage } from '../store/import.ts';
import { imagePaths } from '../store/images.ts';
import { labelAsStated } from '../store/stated-labels.ts';
import { countTry, endImport } from '../store/unfinished-imports.ts';
import type { UnfinishedImport } from '../store/unfinished-imports.ts';
import { collect } from './collect.ts';
import type { Candidate } from './collect.ts';

/** Images added in one transaction: what a cancelled or crashed import keeps ends at a multiple of it. */
const chunkSize = 128;

/** Starts without any headway after which an import is given up. */
export const mostTries = 5;

export interface Helpers {
  db: Database;
  decoder: DecoderClient;
  signal: AbortSignal;
  onProgress: (done: number, total: number) => void;
  /** Something is on disk now that was not. */
  onChange: () => void;
}

/** What became of an import. */
export interface BroughtIn {
  added: number;
  /** In the project already. */
  known: number;
  /** Of those added, what cannot be used. */
  rejected: number;
  /** Of those added, what has a class. */
  labelled: number;
  /** Of those that were in the project, whose label a file of labels changed. */
  relabelled: number;
  notFound: NotFound[];
  severalLabels: number;
}

/** @throws ReceptiveError as `collect` does, and `engine-lost` for an import that ended the engine again and again. */
export async function bringIn(task: UnfinishedImport, helpers: Helpers): Promise<BroughtIn> {
  const { db, signal } = helpers;
  if (task.tries >= mostTries) {
    throw new ReceptiveError(
      'engine-lost',
      `Bringing in ${task.paths.map((path) => `"${path}"`).join(', ')} stopped the engine ${task.tries} times and is not tried again.`,
      'Bring in one part of it after another, to find the file that does it.',
    );
  }
  countTry(db, task.id);
  const { severalLabels } = task;
  const known = () => imagePaths(db);
  const found = await collect(task.paths, { severalLabels, own: db.folder, known, signal });
  // Of a folder's files the source is the folder; of a single file it is the folder that the file lies in.
  addSources(db, [...found.folders, ...new Set(found.places)]);
  const parts = partitionKnown(db, [...found.candidates.values()]);
  let relabelled = 0;
  if (!task.labelled) {
    const stated = parts.known.filter(({ file }) => file.stated);
    const given = stated.map(({ id, file }) => ({ id, class: file.class, side: file.side }));
    relabelled = labelAsStated(db, given, task.id).length;
    if (relabelled > 0) helpers.onChange();
  }
  const counts = await addFiles(parts.fresh, task.id, helpers);
  endImport(db, task.id, found.folders);
  return {
    ...counts,
    known: counts.known + parts.known.length,
    relabelled,
    notFound: found.notFound,
    severalLabels: found.severalLabels,
  };
}

async function addFiles(files: readonly Candidate[], importId: number, { db, decoder, ...helpers }: Helpers) {
  const total = { added: 0, known: 0, rejected: 0, labelled: 0 };
  let done = 0;
  const look = async (file: Candidate): Promise<FoundImage> => {
    throwIfInterrupted(helpers.signal);
    const image = await lookInto(decoder, file);
    helpers.onProgress(++done, files.length);
    return image;
  };
  for (let start = 0; start < files.length; start += chunkSize) {
    const chunk = files.slice(start, start + chunkSize);
    const counts = addImages(db, await mapInParallel(chunk, decoder.processes * 2, look), importId);
    total.added += counts.added;
    total.known += counts.known;
    total.rejected += counts.rejected;
    total.labelled += counts.labelled;
    helpers.onChange();
  }
  return total;
}

async function lookInto(decoder: DecoderClient, { problem, stated: _stated, ...file }: Candidate): Promise<FoundImage> {
  if (problem !== undefined) return { ...file, status: 'rejected', reason: problem };
  const probed = await decoder.probe(file.path);
  if (probed.status !== 'rejected') return { ...file, ...probed };
  return { ...file, ...probed, ...sizeOf(file.path) };
}

/** Size and time of a file that could not be decoded; nothing where even these cannot be had, as with a looping link. */
function sizeOf(path: string): Pick<FoundImage, 'bytes' | 'modifiedAt'> {
  try {
    const { size, mtimeMs } = statSync(path);
    return { bytes: size, modifiedAt: mtimeMs };
  } catch {
    return {};
  }
}

/** Bringing images in: files and folders are looked through in the background, a few at a time, and kept as they come. */
import { statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { ReceptiveError, reportError } from '../../shared/errors.ts';
import type { JobId } from '../../shared/protocol.ts';
import { throwIfInterrupted } from '../images/interrupted.ts';
import { mapInParallel } from '../images/parallel.ts';
import { walkFolder } from '../images/walk.ts';
import type { FoundEntry } from '../images/walk.ts';
import type { Database } from '../store/database.ts';
import { addImages, addSources, beginImport, endImport, unfinishedImports, withoutKnown } from '../store/import.ts';
import type { FoundImage, ImportCounts, UnfinishedImport } from '../store/import.ts';
import { canonical } from '../store/places.ts';
import { changed } from './context.ts';
import type { EngineContext } from './context.ts';
import { isLeft } from './jobs.ts';
import type { Job } from './jobs.ts';

/** Images added in one transaction: what a cancelled or crashed import keeps ends at a multiple of it. */
const chunkSize = 128;

/** Least time between two invitations to list the images again, in ms. */
const listInterval = 1000;

/** A file to look into; `path` is absolute. */
interface Candidate extends FoundEntry {
  class?: string;
}

async function filesBelow(folder: string, signal: AbortSignal): Promise<Candidate[]> {
  try {
    const entries = await walkFolder(folder, signal);
    return entries.map((entry) => {
      const slash = entry.path.indexOf('/');
      const file = { ...entry, path: join(folder, entry.path) };
      return slash < 0 ? file : { ...file, class: entry.path.slice(0, slash) };
    });
  } catch (error) {
    throwIfInterrupted(signal);
    const { code, message } = reportError(error);
    throw new ReceptiveError(code, `The folder "${folder}" cannot be read: ${message}`, 'Check its permissions.');
  }
}

/** A path with the links to its folder resolved, so that one file has one name; the file itself may be a link. */
const canonicalFile = (path: string): string => join(canonical(dirname(resolve(path))), basename(path));

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    if (reportError(error).code !== 'not-found') return false;
    throw new ReceptiveError('not-found', `"${path}" is not there any more.`, 'Nothing was brought in.');
  }
}

/** The folders among `paths`, and every file in them and among `paths`. */
async function collect(paths: readonly string[], signal: AbortSignal) {
  const folders: string[] = [];
  const candidates: Candidate[] = [];
  for (const path of paths) {
    if (isFolder(path)) {
      folders.push(canonical(path));
      candidates.push(...(await filesBelow(canonical(path), signal)));
    } else candidates.push({ path: canonicalFile(path) });
  }
  if (candidates.length === 0) {
    throw new ReceptiveError(
      'no-images',
      `There are no images in ${paths.map((path) => `"${path}"`).join(', ')}: nothing but empty folders.`,
      'Choose a folder that holds images, or one folder of images for each class.',
    );
  }
  return { folders, candidates };
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

async function lookInto(context: EngineContext, { problem, ...file }: Candidate): Promise<FoundImage> {
  if (problem !== undefined) return { ...file, status: 'rejected', reason: problem };
  const probed = await context.decoder().probe(file.path);
  if (probed.status !== 'rejected') return { ...file, ...probed };
  return { ...file, ...probed, ...sizeOf(file.path) };
}

function sentence({ added, known, rejected }: ImportCounts): string {
  const count = (n: number) => (n === 1 ? '1 image' : `${n.toLocaleString('en')} images`);
  const parts = [`${count(added)} brought in`];
  if (rejected > 0)
    parts.push(`${rejected.toLocaleString('en')} of them cannot be used: “List rejected images” says why`);
  if (known > 0) parts.push(`${count(known)} in the project already`);
  return `${parts.join('; ')}.`;
}

/** Looks into files and adds them a chunk at a time; the screen is invited now and then to show what there is so far. */
async function addFiles(context: EngineContext, db: Database, files: Candidate[], job: Job): Promise<ImportCounts> {
  const total: ImportCounts = { added: 0, known: 0, rejected: 0 };
  let done = 0;
  let listed = performance.now();
  const look = async (file: Candidate): Promise<FoundImage> => {
    throwIfInterrupted(job.signal);
    const image = await lookInto(context, file);
    job.progress(++done, files.length);
    return image;
  };
  for (let start = 0; start < files.length; start += chunkSize) {
    const chunk = files.slice(start, start + chunkSize);
    const counts = addImages(db, await mapInParallel(chunk, context.decoder().processes * 2, look));
    total.added += counts.added;
    total.known += counts.known;
    total.rejected += counts.rejected;
    if (performance.now() - listed > listInterval) {
      changed(context, 'images', 'classes', 'project');
      listed = performance.now();
    }
  }
  return total;
}

async function run(context: EngineContext, db: Database, { id, paths }: UnfinishedImport, job: Job): Promise<string> {
  const { folders, candidates } = await collect(paths, job.signal);
  // Of a folder's files the source is the folder; of a single file it is the folder that the file lies in.
  addSources(db, [...folders, ...new Set(candidates.map(({ path }) => dirname(path)))]);
  const fresh = withoutKnown(db, candidates);
  try {
    const counts = await addFiles(context, db, fresh, job);
    endImport(db, id, folders);
    return sentence({ ...counts, known: counts.known + candidates.length - fresh.length });
  } finally {
    changed(context, 'images', 'classes', 'project');
  }
}

function start(context: EngineContext, db: Database, task: UnfinishedImport): JobId {
  return context.jobs.start('import', async (job) => {
    try {
      return await run(context, db, task, job);
    } catch (error) {
      // Failed or cancelled it is over, and was told so; left with the project it goes on when that is opened again.
      if (!isLeft(job.signal)) endImport(db, task.id, []);
      throw error;
    }
  });
}

/** Answers at once; progress and the end are told by events. A file that is in the project already is passed over. */
export function startImport(context: EngineContext, paths: readonly string[]): JobId {
  const { db } = context.projects;
  const absolute = paths.map((path) => resolve(path));
  return start(context, db, beginImport(db, absolute));
}

/** Goes on with what was cut off when the project was last open. */
export function resumeImports(context: EngineContext): void {
  // The project has been open all along: what has not ended is what is going.
  if (context.jobs.isGoing('import')) return;
  const { db } = context.projects;
  for (const task of unfinishedImports(db)) start(context, db, task);
}

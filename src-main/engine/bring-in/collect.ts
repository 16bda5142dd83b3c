/** Finds out what files and folders hold: every file that may be an image, with the class and side it is given. */
import { statSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { ReceptiveError, reportError } from '../../shared/errors.ts';
import type { ImportKind, ImportPreview, SeveralLabels, NotFound } from '../../shared/labelling.ts';
import { throwIfInterrupted } from '../images/interrupted.ts';
import { mapInParallel } from '../images/parallel.ts';
import { walkFolder } from '../images/walk.ts';
import type { FoundEntry } from '../images/walk.ts';
import { canonical, isInside } from '../store/places.ts';
import { layoutOf, placeIn } from './layout.ts';
import type { Side } from './layout.ts';
import { inNaturalOrder } from './natural-order.ts';
import { ImageFinder } from './label-files/find.ts';
import { isLabelFile } from './label-files/parse.ts';
import { readLabelFile } from './label-files/read.ts';
import type { LabelRow } from './label-files/rows.ts';

/** Files that are looked for side by side. */
const lanes = 32;

/** A file to look into; `path` is absolute. */
export interface Candidate extends FoundEntry {
  class?: string;
  side?: Side;
  /** A file of labels says so, and says it of images too that are in the project already. */
  stated?: true;
}

export interface Collected {
  /** By path, so that a file that is named twice comes once. */
  candidates: Map<string, Candidate>;
  /** Folders that were named, to be brought in whole. */
  folders: string[];
  /** Folders that hold what else was named. */
  places: string[];
  /** Rows of files of labels that lead to no file. */
  notFound: NotFound[];
  /** Images with several labels. */
  severalLabels: number;
}

export interface CollectOptions {
  severalLabels: SeveralLabels;
  /** The project's own folder: what lies in it is never brought in. */
  own: string;
  /** Absolute paths of the project's images. */
  known: () => readonly string[];
  signal: AbortSignal;
}

/** @throws ReceptiveError `not-found` for a path that is gone, `unreadable`, `no-images`, `interrupted`. */
export async function collect(paths: readonly string[], options: CollectOptions): Promise<Collected> {
  const all: Collected = { candidates: new Map(), folders: [], places: [], notFound: [], severalLabels: 0 };
  const { labels = [], others = [] } = Object.groupBy(paths, (path) =>
    isLabelFile(path) && !isFolder(path) ? 'labels' : 'others',
  );
  for (const path of others) {
    if (isFolder(path)) {
      all.folders.push(canonical(path));
      for (const file of await filesBelow(canonical(path), options)) all.candidates.set(file.path, file);
    } else {
      const file = join(canonical(dirname(resolve(path))), basename(path));
      if (!all.candidates.has(file)) all.candidates.set(file, { path: file });
      all.places.push(dirname(file));
    }
  }
  // Files of labels come last: what they state goes before what the folders say.
  for (const path of labels) await addStated(path, options, all);
  if (all.candidates.size > 0) return all;
  throw new ReceptiveError(
    'no-images',
    `There is nothing in ${paths.map((path) => `"${path}"`).join(', ')}: neither a file nor a row of labels.`,
    'Choose a folder that holds images, or one folder of images for each class.',
  );
}

/** What the paths are, and how many images their files of labels give several labels. Throws as `collect` does. */
export async function examine(paths: readonly string[]): Promise<ImportPreview> {
  const preview: ImportPreview = { kinds: [], severalLabels: 0 };
  for (const path of paths) {
    let kind: ImportKind = 'images';
    if (isFolder(path)) ({ kind } = await layoutOf(canonical(path)));
    else if (isLabelFile(path)) {
      const file = await readLabelFile(path);
      ({ kind } = file);
      for (const { labels } of merged(file.rows).values()) if (labels.length > 1) preview.severalLabels++;
    }
    preview.kinds.push(kind);
  }
  return preview;
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    if (reportError(error).code !== 'not-found') return false;
    throw new ReceptiveError('not-found', `"${path}" is not there any more.`, 'Nothing was brought in.');
  }
}

async function filesBelow(folder: string, { own, signal }: CollectOptions): Promise<Candidate[]> {
  try {
    const layout = await layoutOf(folder);
    const entries = inNaturalOrder(await walkFolder(folder, signal));
    return entries
      .map((entry): Candidate => ({ ...entry, path: join(folder, entry.path), ...placeIn(layout, entry.path) }))
      .filter(({ path }) => !isInside(path, own));
  } catch (error) {
    throwIfInterrupted(signal);
    const { code, message } = reportError(error);
    throw new ReceptiveError(code, `The folder "${folder}" cannot be read: ${message}`, 'Check its permissions.');
  }
}

/** The images that a file of labels names. @throws ReceptiveError `not-found` when none of them is there. */
async function addStated(path: string, options: CollectOptions, all: Collected): Promise<void> {
  const { rows } = await readLabelFile(path);
  // Folders that come in together with the file are as good a place to look as what is in the project already.
  const known = (): string[] => [...new Set([...options.known(), ...all.candidates.keys()])];
  const finder = new ImageFinder(path, known, options.signal);
  const found = await mapInParallel(rows, lanes, (row) => {
    throwIfInterrupted(options.signal);
    return finder.find(row.path);
  });
  const placed: LabelRow[] = [];
  const notFound: NotFound[] = [];
  found.forEach((result, index) => {
    const row = rows[index]!;
    if ('path' in result) placed.push({ ...row, path: result.path });
    else notFound.push({ file: path, place: row.place, path: row.path, problem: result.problem });
  });
  const [first] = notFound;
  if (placed.length === 0 && first) {
    throw new ReceptiveError(
      'not-found',
      `None of the ${rows.length.toLocaleString('en')} images that "${basename(path)}" names is there; the first is "${first.path}" (${first.place}).`,
      'Put the file where its paths lead to the images, such as beside their folder. Nothing was changed.',
    );
  }
  const files: string[] = [];
  for (const { path: file, labels, side } of merged(placed).values()) {
    if (labels.length > 1) all.severalLabels++;
    const { class: folderClass, ...before } = all.candidates.get(file) ?? { path: file };
    const label = labels.length > 1 && options.severalLabels === 'leaveOut' ? undefined : (labels[0] ?? folderClass);
    const place = { ...(label === undefined ? {} : { class: label }), ...(side === undefined ? {} : { side }) };
    all.candidates.set(file, { ...before, ...place, stated: true });
    files.push(file);
  }
  all.notFound.push(...notFound);
  all.places.push(...placesOf(files, canonical(dirname(resolve(path)))));
}

/** One row an image, with the labels of all its rows. */
function merged(rows: readonly LabelRow[]): Map<string, LabelRow> {
  const byPath = new Map<string, LabelRow>();
  for (const row of rows) {
    const before = byPath.get(row.path);
    const labels = before ? [...new Set([...before.labels, ...row.labels])] : row.labels;
    byPath.set(row.path, { ...row, ...before, labels, side: before?.side ?? row.side });
  }
  return byPath;
}

/** Folders that hold these files: one for all that lie below `base`, and each one's own for the others. */
function placesOf(files: readonly string[], base: string): string[] {
  const folders = [...new Set(files.map((file) => dirname(file)))];
  const below = folders.filter((folder) => isInside(folder, base));
  const others = folders.filter((folder) => !isInside(folder, base));
  return below.length > 0 ? [commonFolder(below), ...others] : others;
}

function commonFolder(folders: readonly string[]): string {
  return folders.reduce((common, folder) => {
    let shared = common;
    while (!isInside(folder, shared)) shared = dirname(shared) || sep;
    return shared;
  });
}

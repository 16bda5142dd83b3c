/** Gives all labels of a project back, in a form that other programs read. */
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { ReceptiveError } from '../../shared/errors.ts';
import type { LabelFormat } from '../../shared/labelling.ts';
import type { Database } from '../store/database.ts';
import { canonical, isInside } from '../store/places.ts';
import { writeClassFolders } from './class-folders.ts';
import type { UnreadableImage } from './class-folders.ts';
import { imagesToGive } from './images.ts';
import type { LabelledRow, LeftOut } from './images.ts';
import { coco, csv, jsonLines } from './tables.ts';
import { writeText } from './write-text.ts';

export interface ExportLabelsOptions {
  format: LabelFormat;
  /** Absolute path of the file or folder to make. */
  out: string;
  /** Class folders only: hard links instead of copies. */
  link: boolean;
  /** Class folders only: below a folder for each side of the split. */
  bySide: boolean;
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

export interface ExportedLabels {
  format: LabelFormat;
  out: string;
  /** How many were written. */
  images: number;
  leftOut: LeftOut;
  /** Those that the written images have, in the project's order. */
  classes: string[];
  /** The images that `leftOut.unreadable` counts. */
  unreadable: UnreadableImage[];
}

/**
 * Writes the labels; the images are only read. Nothing is left at `out` unless all of it could be written.
 * @throws ReceptiveError `no-images` without a label, `exists`, `not-found`, `unreadable` (hard links), `disk-full`,
 * `interrupted`
 */
export async function exportLabels(db: Database, options: ExportLabelsOptions): Promise<ExportedLabels> {
  const { format, signal, onProgress } = options;
  const out = resolve(options.out);
  const { images, leftOut } = imagesToGive(db, format, format === 'folders' && options.bySide);
  if (images.length === 0) throw nothingToGive(leftOut);
  const classes = classesOf(db, images);
  let unreadable: UnreadableImage[] = [];
  if (format === 'folders') {
    requireOutsideSources(db, out);
    unreadable = await writeClassFolders(out, images, { ...options });
    leftOut.unreadable = unreadable.length;
  } else {
    const pieces = { csv, jsonl: jsonLines, coco }[format];
    await writeText(out, pieces(images, classes), signal);
    onProgress?.(images.length, images.length);
  }
  return { format, out, images: images.length - unreadable.length, leftOut, classes, unreadable };
}

function classesOf(db: Database, images: readonly LabelledRow[]): string[] {
  const used = new Set(images.map(({ label }) => label));
  const all = db.sql.prepare('SELECT name FROM classes ORDER BY id').all();
  return all.map((row) => String(row['name'])).filter((name) => used.has(name));
}

/** Copies among the images would be found there as new ones. Links are followed into sources, and out of them. */
function requireOutsideSources(db: Database, out: string): void {
  const real = realPlace(out);
  const sources = db.sql.prepare('SELECT path FROM sources').all();
  const source = sources
    .map((row) => String(row['path']))
    .find((path) => isInside(out, path) || isInside(real, realPlace(path)));
  if (source === undefined) return;
  throw new ReceptiveError(
    'exists',
    `"${out}" lies in "${source}", which the project's images come from: the copies would be taken for new images.`,
    'Choose a folder outside of it.',
  );
}

/** The path without links, of which the last folders need not be there. */
function realPlace(path: string): string {
  if (existsSync(path)) return canonical(path);
  const parent = dirname(path);
  return parent === path ? path : join(realPlace(parent), basename(path));
}

function nothingToGive(leftOut: LeftOut): ReceptiveError {
  const others = leftOutText(leftOut);
  return new ReceptiveError(
    'no-images',
    `There are no labels to give back${others ? `: ${others}` : ': the project has no images'}.`,
    'Label some images first.',
  );
}

const leftOutWords: Record<keyof LeftOut, string> = {
  unlabelled: 'without a label',
  excluded: 'excluded',
  rejected: 'rejected',
  missing: 'missing',
  withoutSide: 'on no side of the split',
  unreadable: 'could not be read',
};

/** "20 without a label, 3 excluded"; '' when none was left out. */
export function leftOutText(leftOut: LeftOut): string {
  return (Object.keys(leftOutWords) as (keyof LeftOut)[])
    .filter((reason) => leftOut[reason] > 0)
    .map((reason) => `${leftOut[reason].toLocaleString('en')} ${leftOutWords[reason]}`)
    .join(', ');
}

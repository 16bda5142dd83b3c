/** A folder of class folders: copies of the images, or hard links to them. The images themselves are only read. */
import { constants } from 'node:fs';
import { copyFile, link, mkdir, realpath, stat, utimes } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ReceptiveError } from '../../shared/errors.ts';
import { throwIfInterrupted } from '../images/interrupted.ts';
import { mapInParallel } from '../images/parallel.ts';
import type { LabelledRow } from './images.ts';
import { UniqueNames } from './names.ts';
import { writeWhole } from './target.ts';

/** Copying waits for the disk: a few files at a time keep it busy. */
const sideBySide = 4;

export interface FolderOptions {
  /** Hard links instead of copies. */
  link: boolean;
  /** A level of train, validation and test above the class folders. */
  bySide: boolean;
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

/** An image whose file could not be copied or linked, and why. */
export interface UnreadableImage {
  path: string;
  reason: string;
}

/**
 * Makes the new folder `out`. Images that cannot be read are left out and named.
 * @throws ReceptiveError `unreadable` where hard links cannot be made, `disk-full`, `interrupted`, `exists`
 */
export async function writeClassFolders(
  out: string,
  images: readonly LabelledRow[],
  options: FolderOptions,
): Promise<UnreadableImage[]> {
  return writeWhole(out, 'folder', async (top) => {
    const places = placesOf(images, options.bySide);
    await mkdir(top);
    for (const folder of new Set(places.map((place) => place.folder))) {
      await mkdir(join(top, folder), { recursive: true });
    }
    const unreadable: UnreadableImage[] = [];
    let done = 0;
    await mapInParallel(images, sideBySide, async ({ path }, at) => {
      throwIfInterrupted(options.signal);
      const { folder, name } = places[at]!;
      const reason = await place(path, join(top, folder, name), options.link);
      if (reason !== null) unreadable.push({ path, reason });
      options.onProgress?.(++done, images.length);
    });
    throwIfInterrupted(options.signal);
    return unreadable;
  });
}

/** Where each image goes, relative to the top; names are given out in the order of the images. */
function placesOf(images: readonly LabelledRow[], bySide: boolean): { folder: string; name: string }[] {
  const classFolders = new UniqueNames();
  const folderOf = new Map<string, string>();
  const namesIn = new Map<string, UniqueNames>();
  return images.map(({ path, label, split }) => {
    const classFolder = folderOf.get(label) ?? classFolders.take(label);
    folderOf.set(label, classFolder);
    const folder = bySide ? join(split, classFolder) : classFolder;
    const names = namesIn.get(folder) ?? new UniqueNames();
    namesIn.set(folder, names);
    return { folder, name: names.take(basename(path)) };
  });
}

/** Why the one image cannot be had, by Node's code; whatever else goes wrong concerns all of them. */
const problems: Record<string, string> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'permission to read it is denied',
  ELOOP: 'a link that leads back to itself',
};

/** Copies or links one file; answers with the reason when its content cannot be had. */
async function place(from: string, to: string, asLink: boolean): Promise<string | null> {
  try {
    // What a symbolic link leads to, not the link; and never a pipe, which would be waited for.
    const file = await realpath(from);
    const { isFile, atime, mtime } = await factsOf(file);
    if (!isFile) return 'it is not a file any more';
    if (asLink) await linkTo(file, to);
    else {
      await copyFile(file, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      await utimes(to, atime, mtime);
    }
    return null;
  } catch (error) {
    const reason = problems[(error as NodeJS.ErrnoException).code ?? ''];
    if (reason === undefined) throw error;
    return reason;
  }
}

async function factsOf(file: string): Promise<{ isFile: boolean; atime: Date; mtime: Date }> {
  const stats = await stat(file);
  return { isFile: stats.isFile(), atime: stats.atime, mtime: stats.mtime };
}

const linkProblems: Record<string, string> = {
  EXDEV: 'it lies on another disk than the new folder, and a hard link cannot lead from one disk to another',
  EPERM: 'this disk, or the permissions of the file, allow no hard links to it',
  EMLINK: 'the file has as many hard links as the disk allows',
};

async function linkTo(file: string, to: string): Promise<void> {
  try {
    await link(file, to);
  } catch (error) {
    const problem = linkProblems[(error as NodeJS.ErrnoException).code ?? ''];
    if (problem === undefined) throw error;
    throw new ReceptiveError('unreadable', `"${file}" cannot be hard-linked: ${problem}.`, 'Make copies instead.');
  }
}

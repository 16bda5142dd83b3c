/** What a folder of images is: class folders, sides of a split with class folders in them, or images alone. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Split } from '../../shared/image-query.ts';
import type { ImportKind } from '../../shared/labelling.ts';
import { hasImageName } from './image-name.ts';

export type Side = Exclude<Split, 'none'>;

const sides = new Map<string, Side>([
  ['train', 'train'],
  ['training', 'train'],
  ['val', 'validation'],
  ['valid', 'validation'],
  ['validation', 'validation'],
  ['test', 'test'],
  ['testing', 'test'],
]);

/** Names of a folder around everything else that say nothing of what is in it. */
const emptyNames = new Set(['data', 'dataset', 'image', 'images', 'imgs', 'jpegimages', 'photos', 'pictures']);

/** Folders around everything else that are looked through, at most. */
const deepestWrapping = 3;

/** The side that a word means, in any case; undefined for any other word. */
export const sideOf = (word: string): Side | undefined => sides.get(word.trim().toLowerCase());

export interface Layout {
  kind: Extract<ImportKind, 'classFolders' | 'folder' | 'splitFolders'>;
  /** How many folders, one in the other, hold everything and are no class. */
  wrapping: number;
}

interface Listing {
  folders: string[];
  hasImages: boolean;
}

async function list(folder: string): Promise<Listing> {
  const entries = (await readdir(folder, { withFileTypes: true })).filter(({ name }) => !name.startsWith('.'));
  const folders: string[] = [];
  for (const entry of entries) {
    if (entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(join(folder, entry.name))))) {
      folders.push(entry.name);
    }
  }
  return { folders, hasImages: entries.some(({ name }) => hasImageName(name)) };
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

/** What cannot be read inside is the walk's to tell; here it is a folder like any other. */
const listInner = (folder: string): Promise<Listing> => list(folder).catch(() => ({ folders: [], hasImages: true }));

/** Two sides at least; a single folder called "train" is a side only when it holds classes. */
async function areSides(folder: string, { folders }: Listing): Promise<boolean> {
  const found = new Set(folders.map(sideOf));
  if (found.size === 0 || found.has(undefined)) return false;
  return found.size > 1 || (await listInner(join(folder, folders[0]!))).folders.length > 0;
}

/**
 * Decided by the folders' names alone. A class is the first folder below `folder`, or below its side; a folder around
 * everything is passed over when its name says nothing ("images") or when it holds folders only.
 */
export async function layoutOf(folder: string, wrapping = 0): Promise<Layout> {
  const listing = await list(folder);
  if (await areSides(folder, listing)) return { kind: 'splitFolders', wrapping };
  const [name, ...others] = listing.folders;
  if (name === undefined) return { kind: 'folder', wrapping };
  if (others.length === 0 && !listing.hasImages && wrapping < deepestWrapping) {
    const inner = await listInner(join(folder, name));
    const holdsFoldersOnly = !inner.hasImages && inner.folders.length > 1;
    if (holdsFoldersOnly || emptyNames.has(name.toLowerCase())) return layoutOf(join(folder, name), wrapping + 1);
  }
  return { kind: 'classFolders', wrapping };
}

/** The class and the side of a file, by its path relative to the folder ("/" between components). */
export function placeIn({ kind, wrapping }: Layout, path: string): { class?: string; side?: Side } {
  const folders = path.split('/').slice(wrapping, -1);
  const side = kind === 'splitFolders' ? sideOf(folders.shift() ?? '') : undefined;
  const [name] = folders;
  return { ...(name === undefined ? {} : { class: name }), ...(side === undefined ? {} : { side }) };
}

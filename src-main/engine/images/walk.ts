/** Finds every entry below a folder, following links once and never looping. */
import { readdir, realpath, stat } from 'node:fs/promises';
import type { BigIntStats, Dirent } from 'node:fs';
import { resolve, sep } from 'node:path';
import { isUtf8 } from 'node:buffer';

export interface FoundEntry {
  /** Relative to the folder, with "/" between components. Bytes that are no UTF-8 are written as \xNN. */
  path: string;
  /** Why nothing can be read there; absent for what may be an image. */
  problem?: string;
}

interface Folder {
  absolute: Buffer;
  /** '' for the folder that the walk starts from, else with a closing '/'. */
  prefix: string;
}

/** What lies in one folder. */
export interface ListedFolder {
  /** Absolute. */
  folder: string;
  /** Everything in it that is not a folder, and the folders that are not looked into. */
  entries: FoundEntry[];
}

/**
 * Every entry below `folder` that is not a folder, folder by folder; names with a leading dot are passed over.
 *
 * Real folders come before links: only when all of them have been seen are links to folders followed, so a folder that
 * can be reached both ways is listed under its own name. A link to a folder that was seen already, or that the link
 * itself lies in, is named with that reason instead of being followed, and so is a folder that cannot be read.
 */
export async function* walk(folder: string, signal?: AbortSignal): AsyncGenerator<ListedFolder> {
  const seen = new Map<string, string>();
  const links: Folder[] = [];

  async function* visit({ absolute, prefix }: Folder): AsyncGenerator<ListedFolder> {
    signal?.throwIfAborted();
    const name = prefix.slice(0, -1);
    const identity = identityOf(await stat(absolute, { bigint: true }));
    const known = seen.get(identity);
    if (known !== undefined) {
      yield named({ absolute, prefix }, `a folder that is listed already (as ${known || 'the top'})`);
      return;
    }
    seen.set(identity, name);
    const found = await readdir(absolute, { withFileTypes: true, encoding: 'buffer' });
    const entries: FoundEntry[] = [];
    const folders: Folder[] = [];
    for (const entry of found.sort((a, b) => Buffer.compare(a.name, b.name))) {
      if (entry.name[0] === 0x2e) continue;
      const path = prefix + readable(entry.name);
      const child = { absolute: join(absolute, entry.name), prefix: `${path}/` };
      if (entry.isDirectory()) folders.push(child);
      else if (await isLinkToFolder(entry, child.absolute)) links.push(child);
      else
        entries.push(isUtf8(child.absolute) ? { path } : { path, problem: 'its path is not valid UTF-8; rename it' });
    }
    yield { folder: absolute.toString(), entries };
    for (const child of folders) yield* visitOrName(child);
  }

  async function* visitOrName(child: Folder): AsyncGenerator<ListedFolder> {
    try {
      yield* visit(child);
    } catch (error) {
      signal?.throwIfAborted();
      yield named(child, `the folder cannot be read: ${codeOf(error)}`);
    }
  }

  yield* visit({ absolute: Buffer.from(resolve(folder)), prefix: '' });
  for (let link = links.shift(); link; link = links.shift()) {
    if (await leadsUp(link.absolute)) yield named(link, 'a link to a folder that it lies in');
    else yield* visitOrName(link);
  }
}

const named = ({ absolute, prefix }: Folder, problem: string): ListedFolder => ({
  folder: absolute.toString(),
  entries: [{ path: prefix.slice(0, -1), problem }],
});

/** The same as one list, in the order of paths. */
export async function walkFolder(folder: string, signal?: AbortSignal): Promise<FoundEntry[]> {
  const found: FoundEntry[] = [];
  for await (const { entries } of walk(folder, signal)) for (const entry of entries) found.push(entry);
  return found.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

const identityOf = ({ dev, ino }: BigIntStats): string => `${dev}:${ino}`;

const join = (folder: Buffer, name: Buffer): Buffer => Buffer.concat([folder, Buffer.from(sep), name]);

async function isLinkToFolder(entry: Dirent<Buffer>, absolute: Buffer): Promise<boolean> {
  if (!entry.isSymbolicLink()) return false;
  try {
    return (await stat(absolute)).isDirectory();
  } catch {
    // Broken, looping or out of reach: listed like a file, and the decoder finds the reason.
    return false;
  }
}

/** Whether a link's target is a folder above the link. */
async function leadsUp(link: Buffer): Promise<boolean> {
  const target = await realpath(link);
  const parent = await realpath(link.subarray(0, link.lastIndexOf(sep)));
  return parent === target || parent.startsWith(target.endsWith(sep) ? target : target + sep);
}

function readable(name: Buffer): string {
  if (isUtf8(name)) return name.toString();
  return name
    .toString('latin1')
    .replace(/[\x80-\xff]/g, (char) => `\\x${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function codeOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'EACCES' || code === 'EPERM' ? 'permission denied' : message;
}

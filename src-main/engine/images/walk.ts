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

/**
 * Every entry below `folder` that is not a folder, in the order of paths; names with a leading dot are passed over.
 *
 * Real folders come before links: only when all of them have been seen are links to folders followed, so a folder that
 * can be reached both ways is listed under its own name. A link to a folder that was seen already, or that the link
 * itself lies in, is named with that reason instead of being followed, and so is a folder that cannot be read.
 * `onFolder` is told each folder that is looked into, as an absolute path.
 */
export async function walkFolder(
  folder: string,
  signal?: AbortSignal,
  onFolder?: (path: string) => void,
): Promise<FoundEntry[]> {
  const found: FoundEntry[] = [];
  const seen = new Map<string, string>();
  const links: Folder[] = [];

  async function visit({ absolute, prefix }: Folder): Promise<void> {
    signal?.throwIfAborted();
    const identity = identityOf(await stat(absolute, { bigint: true }));
    const known = seen.get(identity);
    if (known !== undefined) {
      found.push({ path: prefix.slice(0, -1), problem: `a folder that is listed already (as ${known || 'the top'})` });
      return;
    }
    seen.set(identity, prefix.slice(0, -1));
    onFolder?.(absolute.toString());
    const entries = await readdir(absolute, { withFileTypes: true, encoding: 'buffer' });
    for (const entry of entries.sort((a, b) => Buffer.compare(a.name, b.name))) {
      if (entry.name[0] === 0x2e) continue;
      const path = prefix + readable(entry.name);
      const child = { absolute: join(absolute, entry.name), prefix: `${path}/` };
      if (entry.isDirectory()) await visitOrName(child);
      else if (await isLinkToFolder(entry, child.absolute)) links.push(child);
      else found.push(isUtf8(child.absolute) ? { path } : { path, problem: 'its path is not valid UTF-8; rename it' });
    }
  }

  async function visitOrName(child: Folder): Promise<void> {
    try {
      await visit(child);
    } catch (error) {
      signal?.throwIfAborted();
      found.push({ path: child.prefix.slice(0, -1), problem: `the folder cannot be read: ${codeOf(error)}` });
    }
  }

  await visit({ absolute: Buffer.from(resolve(folder)), prefix: '' });
  for (let link = links.shift(); link; link = links.shift()) {
    if (await leadsUp(link.absolute)) {
      found.push({ path: link.prefix.slice(0, -1), problem: 'a link to a folder that it lies in' });
    } else {
      await visitOrName(link);
    }
  }
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

/** From what a file of labels calls an image to the image's file on this disk. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { canonical } from '../../store/places.ts';
import { hasImageName } from '../image-name.ts';

/** Files near a file of labels that are looked at, at most: it may lie in somebody's home folder. */
const mostFiles = 200_000;

/** Folders that hold files of labels, with the images in a folder beside them. */
const labelFolders = new Set(['annotations', 'annotation', 'labels']);

/** What a file of labels says, taken apart. */
interface Wanted {
  /** Absolute paths to try first. */
  direct: string[];
  /** The ends of paths that mean this image when there is nothing at the paths; the best first. */
  ends: string[];
}

export type Found = { path: string } | { problem: string };

/** Finds images for one file of labels; `known` gives the absolute paths of the project's images. */
export class ImageFinder {
  readonly #folder: string;
  readonly #known: () => readonly string[];
  readonly #signal: AbortSignal;
  #byName: Promise<Map<string, string[]>> | null = null;
  readonly #canonical = new Map<string, string>();

  constructor(file: string, known: () => readonly string[], signal: AbortSignal) {
    this.#folder = dirname(resolve(file));
    this.#known = known;
    this.#signal = signal;
  }

  /** The path is canonical. */
  async find(path: string): Promise<Found> {
    const { direct, ends } = wantedBy(path, this.#folder);
    for (const candidate of direct) {
      const found = await this.#fileAt(candidate);
      if (found) return { path: found };
    }
    for (const end of ends) {
      const found = await this.#near(end);
      if (found.length === 1) return { path: found[0]! };
      if (found.length > 1) return { problem: `${found.length} files have that name` };
    }
    return { problem: 'there is no such file' };
  }

  async #fileAt(path: string): Promise<string | null> {
    try {
      if ((await stat(path)).isDirectory()) return null;
      const folder = dirname(path);
      if (!this.#canonical.has(folder)) this.#canonical.set(folder, canonical(folder));
      return join(this.#canonical.get(folder)!, basename(path));
    } catch {
      return null;
    }
  }

  /** Files near by, and images of the project, whose paths end so. */
  async #near(end: string): Promise<string[]> {
    this.#byName ??= this.#index();
    const named = (await this.#byName).get(basename(end)) ?? [];
    return named.filter((path) => path.endsWith(`/${end}`));
  }

  async #index(): Promise<Map<string, string[]>> {
    const root = labelFolders.has(basename(this.#folder).toLowerCase()) ? dirname(this.#folder) : this.#folder;
    const paths = new Set([...(await imagesBelow(root, this.#signal)), ...this.#known()]);
    return Map.groupBy(paths, (path) => basename(path));
  }
}

/** Breadth first, so that what is near is seen before the limit. */
async function imagesBelow(root: string, signal: AbortSignal): Promise<string[]> {
  const found: string[] = [];
  const folders = [root];
  let seen = 0;
  for (const folder of folders) {
    signal.throwIfAborted();
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    seen += entries.length;
    if (seen > mostFiles) break;
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else if (hasImageName(entry.name)) found.push(path);
    }
  }
  return found;
}

/**
 * A relative path is meant whole, though it may lie below another folder. What came from another computer, or from a server, is known by
 * the end of its path: the name alone where the folders are the server's own.
 */
function wantedBy(path: string, folder: string): Wanted {
  if (path.startsWith('file://')) {
    const local = fromFileUrl(path);
    return local === null ? { direct: [], ends: [] } : wantedBy(local, folder);
  }
  const local = /^(?:[a-z][a-z0-9+.-]*:\/\/[^/]*)?\/data\/local-files\/\?(.*)$/i.exec(path);
  if (local) {
    const relative = new URLSearchParams(local[1]).get('d')?.replace(/^\/+/, '') ?? '';
    return { direct: [`/${relative}`, join(folder, relative)], ends: endsOf(relative, 1) };
  }
  const upload = /^(?:https?:\/\/[^/]*)?\/data\/upload\/(.+)$/i.exec(path);
  if (upload) {
    const name = basename(decoded(upload[1]!));
    // Label Studio puts eight hexadecimal digits before the names of files that were uploaded.
    return { direct: [join(folder, name)], ends: [name, name.replace(/^[0-9a-f]{8}-/, '')] };
  }
  const url = /^[a-z][a-z0-9+.-]+:\/\/[^/]*\/([^?#]+)/i.exec(path);
  if (url) return { direct: [], ends: endsOf(decoded(url[1]!), 1) };

  const forward = path.replaceAll('\\', '/');
  const isForeign = isAbsolute(path) || /^[a-z]:\//i.test(forward);
  const direct = [...new Set([path, forward])].map((one) => resolve(folder, one));
  if (isForeign) return { direct, ends: endsOf(forward, 2) };
  return { direct, ends: endsOf(forward).slice(0, 1) };
}

/** 'a/b/c.png' with at least `least` components: 'a/b/c.png', 'b/c.png'. */
function endsOf(path: string, least = 1): string[] {
  const components = path.split('/').filter((component) => component !== '' && component !== '.' && component !== '..');
  const count = Math.max(0, components.length - least + 1);
  return Array.from({ length: count }, (_, start) => components.slice(start).join('/'));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function fromFileUrl(url: string): string | null {
  try {
    return fileURLToPath(url);
  } catch {
    return null;
  }
}

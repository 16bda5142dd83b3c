/** Small pictures for the screen: made by the decoder, kept in the project's cache. */
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ReceptiveError } from '../../shared/errors.ts';
import type { EncodedImage } from '../../shared/protocol.ts';
import { imageFacts } from '../store/images.ts';
import type { EngineContext, Part } from './context.ts';

/** What the bytes say they are; null for none of the three, such as a file that a crash cut off. */
function mimeOf(bytes: Uint8Array): EncodedImage['mime'] | null {
  const start = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  if (start.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (start.startsWith('\x89PNG')) return 'image/png';
  if (start.startsWith('RIFF') && start.endsWith('WEBP')) return 'image/webp';
  return null;
}

async function readCached(file: string): Promise<EncodedImage | null> {
  const bytes = await readFile(file).catch(() => null);
  const mime = bytes && mimeOf(bytes);
  return mime ? { mime, bytes } : null;
}

/** A cache that cannot be written costs time, nothing else: the picture is made again next time. */
async function writeCached(folder: string, file: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  await mkdir(folder, { recursive: true })
    .then(() => writeFile(temporary, bytes))
    .then(() => rename(temporary, file))
    .catch(() => undefined);
}

async function thumbnail(context: EngineContext, id: number, size: number): Promise<EncodedImage> {
  const { project } = context.projects;
  const { path, status, reason } = imageFacts(project.db, id);
  if (status === 'rejected') throw new ReceptiveError('unreadable', `"${path}" cannot be shown: ${reason}.`);
  // A file that was changed is another picture, hence size and time in the name.
  const { mtimeMs, size: bytes } = await stat(path);
  const folder = join(project.cacheFolder, 'thumbnails', String(size));
  const file = join(folder, `${id}-${Math.round(mtimeMs)}-${bytes}`);
  const cached = await readCached(file);
  if (cached) return cached;
  const made = await context.decoder().thumbnail(path, size);
  await writeCached(folder, file, made.bytes);
  return made;
}

export function thumbnailHandlers(
  context: EngineContext,
): Pick<Part<'images' | 'files'>, 'images.thumbnail' | 'files.thumbnail'> {
  return {
    'images.thumbnail': ({ id, size }) => thumbnail(context, id, size),
    'files.thumbnail': ({ path, size }) => context.decoder().thumbnail(path, size),
  };
}

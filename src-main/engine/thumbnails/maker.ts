/** One small picture of one image of the project: the file itself, out of the cache, or made by a decoder. */
import { readFile, stat } from 'node:fs/promises';
import type { StatementSync } from 'node:sqlite';
import { ReceptiveError } from '../../shared/errors.ts';
import type { EncodedImage } from '../../shared/pictures.ts';
import type { DecoderClient, Waiting } from '../images/decoder-client.ts';
import type { Database } from '../store/database.ts';
import { imageFiles, rejected } from '../store/images.ts';
import type { ImageFile } from '../store/images.ts';
import type { FileStamp, ThumbnailCache } from './cache.ts';
import { isShownAsItIs, smallFileBytes } from './small-file.ts';

export class ThumbnailMaker {
  readonly #fileOf: (id: number) => ImageFile;
  /** The stamp of an image's file, if that is there, can be used, and is not small. */
  readonly #largeOf: StatementSync;
  readonly #cache: ThumbnailCache | null;
  readonly #decoder: () => DecoderClient;

  constructor(db: Database, cache: ThumbnailCache | null, decoder: () => DecoderClient) {
    this.#fileOf = imageFiles(db);
    this.#largeOf = db.sql.prepare(
      `SELECT bytes, modified_ms AS modifiedMs FROM images
       WHERE id = ? AND status <> ${rejected} AND missing = 0 AND (MAX(width, height) > ? OR bytes > ?)`,
    );
    this.#cache = cache;
    this.#decoder = decoder;
  }

  /**
   * At most `size` pixels on the longer side.
   * @throws ReceptiveError `not-found`, `unreadable`, or `interrupted` when it was dropped.
   */
  async make(id: number, size: number, waiting: Waiting): Promise<EncodedImage> {
    const file = this.#fileOf(id);
    if (file.status === 'rejected')
      throw new ReceptiveError('unreadable', `"${file.path}" cannot be shown: ${file.reason}.`);
    const { mtimeMs: modifiedMs, size: bytes } = await stat(file.path);
    const stamp = { bytes, modifiedMs };
    return (
      this.#cached(id, size, stamp) ??
      (await fileItself(file, size, stamp)) ??
      (await this.#decode(file, size, stamp, waiting))
    );
  }

  /** Whether making it ahead of time would save anything: it is neither small nor made already, and can be kept. */
  isWorthMaking(id: number, size: number): boolean {
    if (!this.#cache || this.#cache.isFull) return false;
    const stamp = this.#largeOf.get(id, size, smallFileBytes) as unknown as FileStamp | undefined;
    return stamp !== undefined && !this.#cache.has(id, size, stamp);
  }

  #cached(id: number, size: number, stamp: FileStamp): EncodedImage | null {
    const bytes = this.#cache?.get(id, size, stamp);
    const mime = bytes && mimeOf(bytes);
    return mime ? { mime, bytes } : null;
  }

  async #decode({ id, path }: ImageFile, size: number, stamp: FileStamp, waiting: Waiting): Promise<EncodedImage> {
    const made = await this.#decoder().thumbnail(path, size, waiting);
    this.#cache?.put({ id, size, stamp, picture: made.bytes });
    return made;
  }
}

/** Whether what is known of the file holds for the file that is there, and says that it is small. */
function isSmall(file: ImageFile, size: number, { bytes, modifiedMs }: FileStamp): boolean {
  const isUnchanged = file.bytes === bytes && file.modifiedMs === modifiedMs;
  return isUnchanged && file.status === 'ok' && bytes <= smallFileBytes && Math.max(file.width, file.height) <= size;
}

async function fileItself(file: ImageFile, size: number, stamp: FileStamp): Promise<EncodedImage | null> {
  if (!isSmall(file, size, stamp)) return null;
  const bytes = await readFile(file.path);
  return isShownAsItIs(bytes, file.format) ? { mime: file.format === 'png' ? 'image/png' : 'image/jpeg', bytes } : null;
}

/** What the bytes say they are; null for none of the three. */
function mimeOf(bytes: Uint8Array): EncodedImage['mime'] | null {
  const start = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  if (start.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (start.startsWith('\x89PNG')) return 'image/png';
  if (start.startsWith('RIFF') && start.endsWith('WEBP')) return 'image/webp';
  return null;
}

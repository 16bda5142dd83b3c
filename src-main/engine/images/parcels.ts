/**
 * The way large answers come from a decoder process: through a file in memory that both have open, which takes a third of
 * the time that the channel between them would take. What comes through the channel is only how many bytes there are.
 */
import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

/** A file system in memory, which every Linux has. */
const folder = '/dev/shm';

export class Parcels {
  #file: number | null;

  constructor() {
    this.#file = makeFile();
  }

  /** For the decoder to inherit; null where there can be none and answers take the channel. */
  get file(): number | null {
    return this.#file;
  }

  /** A message from the decoder with the answer that it announces put in. */
  unpack(message: unknown): unknown {
    const { r: answer } = message as { r?: { parcel?: number } | null };
    const length = answer?.parcel;
    if (length === undefined) return message;
    try {
      return { ...(message as object), r: this.#read(length) };
    } catch (error) {
      // As birpc writes that a call failed.
      return { ...(message as object), r: undefined, e: error };
    }
  }

  /** What is announced after this cannot be had any more. */
  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }

  #read(length: number): Uint8Array {
    if (this.#file === null || length > fstatSync(this.#file).size) throw new Error('The decoder announced too much.');
    const bytes = new Uint8Array(length);
    let at = 0;
    while (at < length) at += readSync(this.#file, bytes, at, length - at, at);
    return bytes;
  }
}

/** Without a name as soon as it is open: it goes when both processes are gone, however they ended. */
function makeFile(): number | null {
  try {
    const path = join(folder, `receptive-${randomUUID()}`);
    const file = openSync(path, 'wx+', 0o600);
    unlinkSync(path);
    return file;
  } catch {
    return null;
  }
}

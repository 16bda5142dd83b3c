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

  /**
   * What the decoder answered: in place of an announcement the bytes, in `into` where that is given. The next question but
   * one to the decoder must wait until then.
   * @throws Error when what is announced is not there, or not as long as `into`.
   */
  unpack<T>(answer: T, into?: Uint8Array): T {
    const { parcel, at = 0 } = (answer ?? {}) as { parcel?: number; at?: number };
    if (parcel !== undefined) return this.#read(parcel, at, into) as T;
    if (!into || !(answer instanceof Uint8Array)) return answer;
    into.set(answer);
    return into as T;
  }

  /** What is announced after this cannot be had any more. */
  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }

  #read(length: number, from: number, into?: Uint8Array): Uint8Array {
    const tooMuch = this.#file === null || from + length > fstatSync(this.#file).size;
    if (tooMuch || (into && length !== into.length)) throw new Error(`The decoder announced ${length} bytes.`);
    const bytes = into ?? new Uint8Array(length);
    for (let at = 0; at < length;) at += readSync(this.#file!, bytes, at, length - at, from + at);
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

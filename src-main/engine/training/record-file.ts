/**
 * A file in a run's folder to which rows of one length are added while it trains: float32, little endian, the first number
 * of a row that of the steps done. Knows no TensorFlow.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { appendAndSync, writeFileAtomically } from '../files.ts';

/** What is looked at, by name. */
export type Tensors = Readonly<Record<string, { values: Float32Array }>>;

export class RecordFile {
  readonly #path: string;
  readonly #length: number;
  #unwritten: Uint8Array[] = [];

  /** `length`: numbers in a row. */
  constructor(folder: string, name: string, length: number) {
    this.#path = join(folder, name);
    this.#length = length;
  }

  /** Those on the disk, each a view; one that a crash cut off is left out. */
  rows(): Float32Array[] {
    if (!existsSync(this.#path)) return [];
    const bytes = Uint8Array.from(readFileSync(this.#path));
    const rows = Math.floor(bytes.length / 4 / this.#length);
    const values = new Float32Array(bytes.buffer, 0, rows * this.#length);
    return Array.from({ length: rows }, (_, row) => values.subarray(row * this.#length, (row + 1) * this.#length));
  }

  /** Drops all rows but those whose steps are wanted, and what a crash cut off. */
  keepOnly(isWanted: (step: number) => boolean): void {
    const kept = Buffer.concat(this.rows().flatMap((row) => (isWanted(row[0]!) ? [bytesOf(row)] : [])));
    const size = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
    if (kept.length < size) writeFileAtomically(this.#path, kept);
  }

  add(row: Float32Array): void {
    this.#unwritten.push(bytesOf(row));
  }

  /** What cannot be written now is written along with the next; training does not depend on it. */
  save(): void {
    if (this.#unwritten.length === 0) return;
    try {
      appendAndSync(this.#path, Buffer.concat(this.#unwritten));
      this.#unwritten = [];
    } catch {
      return;
    }
  }
}

const bytesOf = (row: Float32Array): Uint8Array => new Uint8Array(row.buffer, row.byteOffset, row.byteLength);

/** What a file of labels says, whatever its format, and how its faults are told. */
import { basename } from 'node:path';
import { ReceptiveError } from '../../../shared/errors.ts';
import type { ImportKind } from '../../../shared/labelling.ts';
import type { Side } from '../layout.ts';

export type LabelFileKind = Extract<ImportKind, 'csv' | 'jsonLines' | 'labelStudio' | 'coco'>;

export interface LabelRow {
  /** As the file has it: an absolute path, one relative to the file, or a URL that ends with the file's name. */
  path: string;
  /** Names of classes, each once; none for an image that is named without a label. */
  labels: string[];
  side: Side | undefined;
  /** Where the file says so: "line 7", "task 12", "image 3". */
  place: string;
}

export interface LabelFile {
  kind: LabelFileKind;
  rows: LabelRow[];
}

/** Faults that are told in one message; the others are counted. */
const toldFaults = 5;

/** Faults of one file, each with its place. A file with any of them is not used at all. */
export class Faults {
  readonly #file: string;
  readonly #told: string[] = [];
  #count = 0;

  constructor(file: string) {
    this.#file = file;
  }

  add(place: string, fault: string): void {
    if (this.#count++ < toldFaults) this.#told.push(`${place}: ${fault}`);
  }

  /** @throws ReceptiveError `unreadable` */
  throwIfAny(): void {
    if (this.#count === 0) return;
    const more = this.#count - this.#told.length;
    throw wrongFile(
      this.#file,
      `${this.#told.join('; ')}${more > 0 ? `; and ${more.toLocaleString('en')} more` : ''}.`,
      'Mend what is named, or take it out of the file, and bring the file in again.',
    );
  }
}

/** Nothing of the file is used. */
export function wrongFile(file: string, fault: string, remedy: string): ReceptiveError {
  return new ReceptiveError(
    'unreadable',
    `"${basename(file)}" cannot be used: ${fault}`,
    `${remedy} Nothing was changed.`,
  );
}

/** A class's name is a folder's name as well, where labels are given back as folders. Null when it can be one. */
export function faultOfLabel(label: string): string | null {
  const shown = JSON.stringify(label.length > 40 ? `${label.slice(0, 40)}…` : label);
  if (label.length > 100) return `the label ${shown} has ${label.length} characters; a class's name has 100 at most`;
  if (label.includes('/') || label.includes('\0')) return `the label ${shown} contains "/", which no class's name may`;
  if (label.startsWith('.')) return `the label ${shown} starts with a dot, which no class's name may`;
  return null;
}

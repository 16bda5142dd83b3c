/** The image files that a run learns from and is measured on, and what became of them since they were read. */
import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { relative } from 'node:path';
import { mapInParallel } from '../images/parallel.ts';
import type { LabelledFile } from './prepare.ts';

/** A file as it was when it was read; a size of -1 stands for one that was gone right after. */
export interface StampedFile extends LabelledFile {
  size: number;
  mtimeMs: number;
}

export function stamped(files: readonly LabelledFile[]): StampedFile[] {
  return files.map((file) => {
    const { size, mtimeMs } = statSync(file.path, { throwIfNoEntry: false }) ?? { size: -1, mtimeMs: 0 };
    return { ...file, size, mtimeMs };
  });
}

/** How many paths a message names. */
const named = 3;
const filesAtOnce = 16;
const lookAgainAfterMs = 30_000;

/**
 * Looks now and then whether the files are as they were read. The pixels are in memory, so training goes on; but whoever
 * repeats it, or looks at the images later, will not find what it learnt from. `tell` gets what became of which files,
 * each of them once.
 */
export class SourceWatch {
  readonly #files: readonly StampedFile[];
  readonly #folder: string;
  readonly #tell: (changes: string) => void;
  readonly #told = new Set<string>();
  #looking: Promise<void> | null = null;
  #lookedAt = performance.now();

  constructor(files: readonly StampedFile[], folder: string, tell: (changes: string) => void) {
    this.#files = files;
    this.#folder = folder;
    this.#tell = tell;
  }

  /** Looks in the background, if that was not done lately. */
  lookNowAndThen(): void {
    if (this.#looking || performance.now() - this.#lookedAt < lookAgainAfterMs) return;
    void this.look();
  }

  /** Never rejects. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null;
      this.#lookedAt = performance.now();
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const gone: string[] = [];
    const replaced: string[] = [];
    await mapInParallel(this.#files, filesAtOnce, async ({ path, size, mtimeMs }) => {
      if (this.#told.has(path)) return;
      const now = await stat(path).catch(() => null);
      if (now?.size === size && now.mtimeMs === mtimeMs) return;
      this.#told.add(path);
      (now ? replaced : gone).push(relative(this.#folder, path));
    });
    const changes = [told(gone, 'deleted'), told(replaced, 'replaced')].filter((part) => part !== null);
    if (changes.length > 0) this.#tell(changes.join(', and '));
  }
}

/** "2 images were deleted: a.png, b.png"; null for none. */
function told(paths: string[], what: string): string | null {
  if (paths.length === 0) return null;
  const count = paths.length === 1 ? '1 image was' : `${paths.length.toLocaleString('en')} images were`;
  return `${count} ${what}: ${listed(paths)}`;
}

/** "a.png, b.png, c.png and 12 more" */
export function listed(paths: readonly string[]): string {
  const more = paths.length > named ? ` and ${(paths.length - named).toLocaleString('en')} more` : '';
  return `${paths.toSorted().slice(0, named).join(', ')}${more}`;
}

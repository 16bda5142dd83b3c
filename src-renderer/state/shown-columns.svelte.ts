import type { ImageFilter } from '../../src-main/shared/image-query.ts';
import type { ImageColumns } from '../../src-main/shared/project.ts';
import { noImages, withChange } from './image-columns.ts';
import type { ImageChange } from './image-columns.ts';

/** Bytes. */
const worthFreeing = 10_000;

const buffersOf = (list: ImageColumns): ArrayBuffer[] => [
  ...new Set((Object.values(list) as { buffer: ArrayBuffer }[]).map(({ buffer }) => buffer)),
];

/** A list of images as it is shown: what the engine has, and the changes that are not on disk yet. */
export class ShownColumns {
  /** The images as the engine has them. */
  #saved = $state.raw<ImageColumns>(noImages);
  /** What they were asked for by: who no longer fits it leaves. */
  #filter: ImageFilter = {};
  /** Changes that are shown but not on disk yet, oldest first. */
  #pending = $state.raw<readonly ImageChange[]>([]);
  /** What was saved since the list that is on its way was asked for, so that an older list takes nothing back. */
  #savedMeanwhile: ImageChange[] | null = null;
  /** What a pending change made of which list: it need not be made again when the change is saved. */
  readonly #made = new WeakMap<ImageChange, { from: ImageColumns; to: ImageColumns }>();

  /** The memory of the saved list before the last change, which no list that is has a part in. */
  #unused: ArrayBuffer[] = [];

  readonly columns: ImageColumns = $derived(
    this.#pending.reduce((columns, change) => this.#with(columns, change), this.#saved),
  );

  /** Most changes leave the list's images as they are: what hangs only on these is not told then. */
  readonly ids = $derived(this.columns.ids);

  /** True while something that is shown is not on disk yet. */
  get saving(): boolean {
    return this.#pending.length > 0;
  }

  get saved(): ImageColumns {
    return this.#saved;
  }

  /** Whether these images are shown with the class already, given here and not saved yet. */
  isGiving(classId: number, ids: Uint32Array): boolean {
    return this.#pending.some((change) => change.classId === classId && ids.every((id) => change.ids.has(id)));
  }

  /** Shows a change that is on its way to the disk. */
  show(change: ImageChange): void {
    this.#pending = [...this.#pending, change];
  }

  /** The change is no longer on its way: what it did is shown only if it was saved. */
  settle(change: ImageChange): void {
    this.#pending = this.#pending.filter((other) => other !== change);
  }

  /** The engine has made this change. */
  save(change: ImageChange): void {
    this.#savedMeanwhile?.push(change);
    const before = this.#saved;
    this.#saved = this.#with(before, change);
    this.#made.delete(change);
    this.#giveBack(before);
  }

  /** Asks for the list of `filter`. `take` gets what puts it in the place of the one that is shown. */
  async read(filter: ImageFilter, ask: () => Promise<ImageColumns>, take: (update: () => void) => void): Promise<void> {
    const meanwhile: ImageChange[] = [];
    this.#savedMeanwhile = meanwhile;
    try {
      const columns = await ask();
      take(() => {
        this.#filter = filter;
        this.#saved = meanwhile.reduce((list, change) => withChange(list, change, filter), columns);
      });
    } finally {
      this.#savedMeanwhile = null;
    }
  }

  forget(): void {
    this.#saved = noImages;
    this.#pending = [];
  }

  /**
   * Frees what only a list that is no more had: each key leaves a megabyte of it, and the collector, which else comes for
   * it every few dozen keys, costs those keys a frame. One change later, since who was reading it may still be.
   */
  #giveBack(list: ImageColumns): void {
    for (const buffer of this.#unused) buffer.transfer(0);
    const used = new Set([...buffersOf(this.#saved), ...buffersOf(this.columns)]);
    this.#unused = buffersOf(list).filter((buffer) => !used.has(buffer) && buffer.byteLength > worthFreeing);
  }

  #with(columns: ImageColumns, change: ImageChange): ImageColumns {
    const made = this.#made.get(change);
    if (made?.from === columns) return made.to;
    const to = withChange(columns, change, this.#filter);
    this.#made.set(change, { from: columns, to });
    return to;
  }
}

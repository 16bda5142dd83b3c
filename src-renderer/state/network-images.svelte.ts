import type { Pair } from '../../src-main/shared/network/spec.ts';
import type { Connection } from './connection.svelte.ts';

/** Small pictures are taken as they are; larger ones are made this size. */
const largestOwnSize = 96;
const usualSize: Pair = [64, 64];
/** So many images, spread over the project, tell whether it is grey. */
const looksAt = 12;

/** What a network's input should be for the project's images. */
export class NetworkImages {
  readonly #connection: Connection;
  readonly #isGrey: (id: number) => Promise<boolean>;
  #size = $state.raw<Pair | null>(null);
  /** The images that were looked at last, and what came of it. */
  #looked: { ids: string; grey: boolean } | null = null;

  constructor(line: Connection, isGrey: (id: number) => Promise<boolean>) {
    this.#connection = line;
    this.#isGrey = isGrey;
  }

  /** What the images are made by default, [height, width]; null while there are none. */
  get size(): Pair | null {
    return this.#size;
  }

  /** Looks at the first image, which stands for the others, as long as there has been none. */
  async readSize(): Promise<void> {
    if (this.#size) return;
    const { ids } = await this.#connection.request('images.list', { status: 'ok', sample: 1 });
    if (ids[0] === undefined) return;
    const { height, width } = await this.#connection.request('images.facts', { id: ids[0] });
    if (height === null || width === null) return;
    this.#size = Math.max(height, width) <= largestOwnSize ? [height, width] : usualSize;
  }

  /** 1 where all images that are looked at are grey, else 3. */
  async readChannels(): Promise<1 | 3> {
    const { ids } = await this.#connection.request('images.list', { status: 'ok', sample: looksAt });
    const looked = ids.join();
    if (this.#looked?.ids !== looked) {
      // What cannot be looked at counts as coloured: colour loses nothing.
      const looks = await Promise.all(Array.from(ids, (id) => this.#isGrey(id).catch(() => false)));
      this.#looked = { ids: looked, grey: looks.every(Boolean) };
    }
    return this.#looked?.grey ? 1 : 3;
  }

  /** Another project has other images. */
  forget(): void {
    this.#size = null;
    this.#looked = null;
  }
}

import type { Augmentation } from '../../src-main/shared/augmentation.ts';
import type { Fit } from '../../src-main/shared/preprocessing.ts';
import type { AugmentedSample } from '../../src-main/shared/pictures.ts';
import { connection, type Connection } from './connection.svelte.ts';
import { Latest } from './latest.ts';

export interface PreviewOf {
  augmentation: Augmentation;
  size: readonly [height: number, width: number];
  channels: 1 | 3;
  fit: Fit;
  seed: number;
}

/** Eight training images as a step would see them. */
export class AugmentationPreview {
  readonly #connection: Connection;
  readonly #latest = new Latest();
  #step = $state(0);
  #samples = $state.raw<AugmentedSample[] | null>(null);

  constructor(line: Connection) {
    this.#connection = line;
  }

  /** null until first read. */
  get samples(): AugmentedSample[] | null {
    return this.#samples;
  }
  /** Which step's samples these are. */
  get step(): number {
    return this.#step;
  }

  another(): void {
    this.#step++;
  }

  /** Of several calls in a row only the newest counts. */
  async read({ augmentation, size: [height, width], channels, fit, seed }: PreviewOf): Promise<void> {
    const params = { augmentation, size: [height, width] as [number, number], channels, fit, seed, step: this.#step };
    const reply = await this.#latest.run(() => this.#connection.request('augmentation.preview', params));
    if (reply) this.#samples = reply.value;
  }
}

export const augmentationPreview = new AugmentationPreview(connection);

import { reportError } from '../../shared/errors.ts';
import type { ImageTensors } from './trainer.ts';

/**
 * How many images the device has room for at a time. That is found out by trying: what does not fit is tried again in
 * halves, and so is all that follows.
 */
export class Room {
  #images = Infinity;
  readonly #onHalved: (images: number) => void;

  /** `onHalved` is told each time how many images are tried from then on. */
  constructor(onHalved: (images: number) => void) {
    this.#onHalved = onHalved;
  }

  /** Does `work` on the batch, or on one part of it after another. @throws what `work` throws, for one image `out-of-memory` too */
  inParts({ pixels, labels }: ImageTensors, work: (pixels: Uint8Array, labels: Int32Array) => void): void {
    const imageSize = pixels.length / labels.length;
    for (let at = 0; at < labels.length;) {
      const end = Math.min(at + this.#images, labels.length);
      try {
        work(pixels.subarray(at * imageSize, end * imageSize), labels.subarray(at, end));
        at = end;
      } catch (error) {
        if (end - at === 1 || reportError(error).code !== 'out-of-memory') throw error;
        this.#images = Math.ceil((end - at) / 2);
        this.#onHalved(this.#images);
      }
    }
  }
}

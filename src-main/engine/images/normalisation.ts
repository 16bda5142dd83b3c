import type { Normalisation } from '../../shared/preprocessing.ts';

/** From -1 to 1. */
export function symmetric(channels: number): Normalisation {
  const half = new Array<number>(channels).fill(0.5);
  return { mean: half, deviation: half };
}

/** How often each value from 0 to 255 comes in each channel of the images seen so far. */
export class ChannelStatistics {
  readonly #counts: Float64Array[];

  constructor(channels: number) {
    this.#counts = Array.from({ length: channels }, () => new Float64Array(256));
  }

  /** uint8 [..., channels] */
  add(pixels: Uint8Array): void {
    this.#counts.forEach((own, channel) => {
      for (let at = channel; at < pixels.length; at += this.#counts.length) own[pixels[at]!]!++;
    });
  }

  /** To mean 0 and deviation 1 over all pixels of a channel. */
  normalisation(): Normalisation {
    const figures = this.#counts.map(meanAndDeviation);
    return { mean: figures.map(({ mean }) => mean), deviation: figures.map(({ deviation }) => deviation) };
  }
}

/** Of pixels from 0 to 1; the deviation of a channel that is the same everywhere is taken as 1. */
function meanAndDeviation(counts: Float64Array): { mean: number; deviation: number } {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const mean = counts.reduce((sum, count, value) => sum + count * value, 0) / total;
  const variance = counts.reduce((sum, count, value) => sum + count * (value - mean) ** 2, 0) / total;
  return { mean: mean / 255, deviation: Math.sqrt(variance) / 255 || 1 };
}

import type { Normalisation, Scaling } from '../../shared/preprocessing.ts';

/**
 * What `scaling` means for these training images, uint8 [images, height, width, channels]; undefined where pixels from 0
 * to 1 stay as they are.
 */
export function normalisationFor(scaling: Scaling, pixels: Uint8Array, channels: number): Normalisation | undefined {
  if (scaling === 'unit') return undefined;
  if (scaling === 'symmetric') {
    const half = new Array<number>(channels).fill(0.5);
    return { mean: half, deviation: half };
  }
  const figures = histograms(pixels, channels).map(meanAndDeviation);
  return { mean: figures.map(({ mean }) => mean), deviation: figures.map(({ deviation }) => deviation) };
}

/** How often each value from 0 to 255 comes in each channel. */
function histograms(pixels: Uint8Array, channels: number): Float64Array[] {
  const counts = Array.from({ length: channels }, () => new Float64Array(256));
  for (let channel = 0; channel < channels; channel++) {
    const own = counts[channel]!;
    for (let at = channel; at < pixels.length; at += channels) own[pixels[at]!]!++;
  }
  return counts;
}

/** Of pixels from 0 to 1; the deviation of a channel that is the same everywhere is taken as 1. */
function meanAndDeviation(counts: Float64Array): { mean: number; deviation: number } {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const mean = counts.reduce((sum, count, value) => sum + count * value, 0) / total;
  const variance = counts.reduce((sum, count, value) => sum + count * (value - mean) ** 2, 0) / total;
  return { mean: mean / 255, deviation: Math.sqrt(variance) / 255 || 1 };
}

/** The small pictures of many images in a few large arrays, and what is worked out from them: spectra and hashes. */
import { chromaSide, lumaSide } from '../../shared/decoder.ts';
import type { ImageMeasures } from '../../shared/decoder.ts';

export const lumaLength = lumaSide ** 2;
export const chromaLength = 2 * chromaSide ** 2;

/** As many cosine coefficients as a hash has bits. */
export const spectrumLength = 64;
/** Contrast below this counts as this much, in levels of luma: the noise of plain surfaces is not blown up. */
export const leastContrast = 4;

/** Frequencies [vertical, horizontal] from low to high, without the mean. */
const frequencies: readonly (readonly [number, number])[] = lowFrequencies(spectrumLength);
const frequencyLimit = 1 + Math.max(...frequencies.flat());

/** [frequencyLimit, lumaSide]: the orthonormal DCT-II (Ahmed, Natarajan, Rao 1974). */
const cosines = Float64Array.from({ length: frequencyLimit * lumaSide }, (_, at) => {
  const frequency = Math.floor(at / lumaSide);
  const x = at % lumaSide;
  const scale = Math.sqrt((frequency === 0 ? 1 : 2) / lumaSide);
  return scale * Math.cos((Math.PI * frequency * (2 * x + 1)) / (2 * lumaSide));
});

function lowFrequencies(count: number): [number, number][] {
  const found: [number, number][] = [];
  for (let sum = 1; found.length < count; sum++) {
    for (let vertical = 0; vertical <= sum && found.length < count; vertical++) found.push([vertical, sum - vertical]);
  }
  return found;
}

type Glance = Pick<ImageMeasures, 'luma' | 'chroma' | 'width' | 'height'>;

export class Signatures {
  #count: number;
  /** uint8 [count, lumaSide, lumaSide] */
  readonly luma: Uint8Array;
  /** uint8 [count, 2, chromaSide, chromaSide] */
  readonly chroma: Uint8Array;
  /** Of the images themselves, pixels: how much the pictures can show. */
  readonly shorterSides: Uint32Array;
  /** Mean and standard deviation of luma. */
  readonly means: Float32Array;
  readonly contrasts: Float32Array;
  /**
   * [count, spectrumLength]: cosine coefficients of luma over its contrast, scaled so that the distance between two is the
   * root mean square difference of the pictures, each over its contrast, in these frequencies.
   */
  readonly spectra: Float32Array;

  constructor(count: number) {
    this.#count = count;
    this.luma = new Uint8Array(count * lumaLength);
    this.chroma = new Uint8Array(count * chromaLength);
    this.shorterSides = new Uint32Array(count);
    this.means = new Float32Array(count);
    this.contrasts = new Float32Array(count);
    this.spectra = new Float32Array(count * spectrumLength);
  }

  set(index: number, { luma, chroma, width, height }: Glance): void {
    this.luma.set(luma, index * lumaLength);
    this.chroma.set(chroma, index * chromaLength);
    this.shorterSides[index] = Math.min(width, height);
    let sum = 0;
    let squares = 0;
    for (const value of luma) {
      sum += value;
      squares += value * value;
    }
    const mean = sum / lumaLength;
    const contrast = Math.sqrt(Math.max(0, squares / lumaLength - mean * mean));
    this.means[index] = mean;
    this.contrasts[index] = contrast;
    writeSpectrum(luma, Math.max(contrast, leastContrast), this.spectra, index * spectrumLength);
  }

  get count(): number {
    return this.#count;
  }

  /** Leaves only those of the given indexes, which ascend; they move up. */
  keep(indexes: readonly number[]): void {
    this.#count = indexes.length;
    const columns = [
      { values: this.luma, length: lumaLength },
      { values: this.chroma, length: chromaLength },
      { values: this.shorterSides, length: 1 },
      { values: this.means, length: 1 },
      { values: this.contrasts, length: 1 },
      { values: this.spectra, length: spectrumLength },
    ];
    for (const { values, length } of columns) {
      indexes.forEach((from, to) => {
        if (from !== to) values.copyWithin(to * length, from * length, (from + 1) * length);
      });
    }
  }

  /** Root mean square difference in the low frequencies: never more than over all of them, and quick. */
  spectralDifference(a: number, b: number): number {
    const { spectra } = this;
    let sum = 0;
    for (let i = 0, x = a * spectrumLength, y = b * spectrumLength; i < spectrumLength; i++) {
      const difference = spectra[x + i]! - spectra[y + i]!;
      sum += difference * difference;
    }
    return Math.sqrt(sum);
  }
}

function writeSpectrum(luma: Uint8Array, contrast: number, into: Float32Array, start: number): void {
  const rows = new Float64Array(frequencyLimit * lumaSide);
  for (let frequency = 0; frequency < frequencyLimit; frequency++) {
    for (let y = 0; y < lumaSide; y++) {
      let sum = 0;
      for (let x = 0; x < lumaSide; x++) sum += luma[y * lumaSide + x]! * cosines[frequency * lumaSide + x]!;
      rows[frequency * lumaSide + y] = sum;
    }
  }
  frequencies.forEach(([vertical, horizontal], i) => {
    let sum = 0;
    for (let y = 0; y < lumaSide; y++) {
      sum += rows[horizontal * lumaSide + y]! * cosines[vertical * lumaSide + y]!;
    }
    into[start + i] = sum / contrast / lumaSide;
  });
}

/**
 * 64 bits an image, as two halves: whether each cosine coefficient is above its median over the whole set. (pHash of
 * Zauner, "Implementation and benchmarking of perceptual image hash functions", 2010, asks whether it is above the median
 * of the image's own; taken over the set every bit halves the set, so that a set of much alike pictures is told apart too.)
 */
export function hashesOf({ count, spectra }: Signatures): Uint32Array {
  const hashes = new Uint32Array(2 * count);
  const column = new Float32Array(count);
  for (let bit = 0; bit < spectrumLength; bit++) {
    for (let i = 0; i < count; i++) column[i] = spectra[i * spectrumLength + bit]!;
    const median = column.sort()[count >> 1]!;
    for (let i = 0; i < count; i++) {
      if (spectra[i * spectrumLength + bit]! > median) hashes[2 * i + (bit >> 5)]! |= 1 << (bit & 31);
    }
  }
  return hashes;
}

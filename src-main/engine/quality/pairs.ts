/** Which images are near duplicates of which: a hash proposes, pixels confirm. */
import { alignedDifference, prepare } from './align.ts';
import { chromaDifference, localDifference } from './compare.ts';
import { HashIndex } from './hash-index.ts';
import { hashesOf, lumaLength } from './signatures.ts';
import type { Signatures } from './signatures.ts';

/** Up to so many images every one is looked at; the medians of few images make no good hash either. */
const fewImages = 500;
/** Bits of 64 in which the hashes of what is proposed may differ, and how many are looked at, the nearest first. */
const hashDistance = 22;
const mostProposed = 100;
/** Of those, how many are compared pixel by pixel. */
const mostCompared = 8;
/** Before they are laid over each other, pictures with a slight crop may differ this much in the low frequencies. */
const mostSpectralDifference = 0.6;
/** Levels of luma by which the means may differ, and the factor between the contrasts. */
const mostBrighter = 40;
const mostContrast = 1.7;
/** Levels. JPEGs of low quality reach 4. */
const mostColour = 10;

/** How much more than over all two pictures may differ in one place. */
const localShare = 1.6;
/** Pixels. */
const tinySide = 24;

/** See `toleranceOf`. */
const toleranceRange = [0.06, 0.15] as const;
const toleranceShare = 0.23;
const samples = 300;

export class Pairs {
  readonly #signatures: Signatures;
  readonly #index: Pick<HashIndex, 'add' | 'near'>;
  readonly #a = new Float64Array(lumaLength);
  readonly #b = new Float64Array(lumaLength);
  #prepared = -1;
  /** Two pictures are near duplicates below this difference. */
  readonly tolerance: number;

  constructor(signatures: Signatures) {
    this.#signatures = signatures;
    this.#index = signatures.count <= fewImages ? new EveryImage() : new HashIndex(hashesOf(signatures));
    this.tolerance = toleranceOf(signatures);
  }

  /** From now on it is found. */
  add(index: number): void {
    this.#index.add(index);
  }

  /** Of those added, the near duplicates of an image, most alike first. */
  near(index: number): { other: number; difference: number }[] {
    return this.#index
      .near(index, hashDistance, mostProposed)
      .map((other) => ({ other, spectral: this.#signatures.spectralDifference(index, other) }))
      .filter(({ spectral }) => spectral <= mostSpectralDifference)
      .sort((a, b) => a.spectral - b.spectral)
      .slice(0, mostCompared)
      .map(({ other }) => ({ other, difference: this.difference(index, other) }))
      .filter(({ difference }) => difference < Infinity)
      .sort((a, b) => a.difference - b.difference);
  }

  /** Laying one over the other can just fail where the other way round just works; either will do. */
  areNear(a: number, b: number): boolean {
    return this.difference(a, b) < Infinity || this.difference(b, a) < Infinity;
  }

  /** Of luma, as `alignedDifference` tells it; Infinity where that, brightness, contrast or colour rule them out. */
  difference(a: number, b: number): number {
    const { means, contrasts } = this.#signatures;
    if (Math.abs(means[a]! - means[b]!) > mostBrighter) return Infinity;
    // Of plain surfaces the contrast is noise.
    const ratio = (contrasts[a]! + 2) / (contrasts[b]! + 2);
    if (ratio > mostContrast || ratio < 1 / mostContrast) return Infinity;
    const tolerance = this.tolerance * this.#leniency(a, b);
    if (this.#prepared !== a) prepare(this.#signatures, a, this.#a);
    this.#prepared = a;
    prepare(this.#signatures, b, this.#b);
    const { luma, warp } = alignedDifference(this.#a, this.#b, tolerance);
    const isNear =
      luma <= tolerance &&
      localDifference(this.#a, this.#b, warp) <= localShare * tolerance &&
      chromaDifference(this.#signatures, a, b, warp) <= mostColour;
    return isNear ? luma : Infinity;
  }

  /** A tiny copy of a larger image lacks what the smoothing of pictures leaves of the larger one's details. */
  #leniency(a: number, b: number): number {
    const { shorterSides } = this.#signatures;
    const smaller = Math.min(shorterSides[a]!, shorterSides[b]!);
    const larger = Math.max(shorterSides[a]!, shorterSides[b]!);
    return smaller < tinySide && larger >= 1.5 * smaller ? 1.5 : 1;
  }
}

/** Proposes all that were added. */
class EveryImage {
  readonly #added: number[] = [];

  add(index: number): void {
    this.#added.push(index);
  }

  near(): number[] {
    return this.#added;
  }
}

/**
 * How different near duplicates may be: the more alike the pictures of a set are anyway, the less. Not quite a quarter of the first
 * percentile of the differences between pictures of the set, those that are surely near duplicates left out, and never
 * outside the range in which re-encoded, resized and cropped images of the demo sets lie.
 */
function toleranceOf(signatures: Signatures): number {
  const [least, most] = toleranceRange;
  const step = Math.max(1, Math.ceil(signatures.count / samples));
  const differences: number[] = [];
  for (let a = 0; a < signatures.count; a += step) {
    for (let b = 0; b < a; b += step) {
      const difference = signatures.spectralDifference(a, b);
      if (difference > most) differences.push(difference);
    }
  }
  differences.sort((a, b) => a - b);
  const percentile = differences[Math.floor(differences.length / 100)] ?? 1;
  return Math.min(most, Math.max(least, toleranceShare * percentile));
}

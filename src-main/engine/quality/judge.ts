/** Images that are poor by themselves or far from the rest of their set. The thresholds stand here, each with its reason. */
import { extname } from 'node:path';
import type { ImageFormat, ImageMeasures } from '../../shared/decoder.ts';
import type { FindingKind } from '../../shared/image-query.ts';

/** What is judged: an image's measures without its small pictures. */
export interface JudgedImage extends Omit<ImageMeasures, 'luma' | 'chroma'> {
  path: string;
}

/** Finds what is odd, with what was measured. */
type Rule = (images: readonly JudgedImage[]) => (image: JudgedImage) => { value: number; odd: boolean };

/** Even the 99th percentile of luma is below this: CleanVision's 0.32 (Cleanlab, 2023) less a margin. */
const darkest = 72;
/** Even the 1st percentile of luma is above this. */
const brightest = 215;
/** Bits; a picture of two flat areas has 1 at most. */
const leastEntropy = 1;
/** Variance of luma: a contrast of 4 levels, about what is lost in JPEG. */
const leastVariance = 16;
/** Relative judgements need a set to judge by. */
const leastSet = 20;
/** Median absolute deviations, as standard deviations, from the median (Iglewicz, Hoaglin, "How to detect outliers", 1993). */
const mostDeviations = 5;
/** Pixels on the shorter side: below this nothing can be seen, whatever the rest of the set is. */
const leastSide = 8;
/** 99th percentile of chroma's distance from grey; JPEG leaves up to 4 on grey images. */
const greyest = 5;
/** Above this share of grey images they belong to the set. */
const fewGrey = 0.1;

const formatExtensions: Record<ImageFormat, readonly string[]> = {
  jpeg: ['.jpg', '.jpeg', '.jpe', '.jfif'],
  png: ['.png'],
  webp: ['.webp'],
  gif: ['.gif'],
  tiff: ['.tif', '.tiff'],
  avif: ['.avif', '.heif', '.hif'],
};
/** Others that claim to say what the file is. */
const otherExtensions = ['.bmp', '.heic', '.ico', '.jp2', '.jxl', '.psd', '.svg', '.pdf', '.txt'];
const knownExtensions = new Set([...Object.values(formatExtensions).flat(), ...otherExtensions]);

const fixed =
  (measure: (image: JudgedImage) => number, isOdd: (value: number, image: JudgedImage) => boolean): Rule =>
  () =>
  (image) => {
    const value = measure(image);
    return { value, odd: isOdd(value, image) };
  };

/** Far from the set's median by the set's own spread, and by at least the factor; `measure` gives logarithms. */
const farFromTheSet =
  (measure: (image: JudgedImage) => number, { factor, side = 'both', counts = () => true }: FarOptions): Rule =>
  (images) => {
    const values = images.filter(counts).map(measure);
    const center = medianOf(values);
    // 1.4826 makes the median absolute deviation of a normal distribution its standard deviation.
    const spread = 1.4826 * medianOf(values.map((value) => Math.abs(value - center)));
    const most = Math.max(Math.log(factor), mostDeviations * spread);
    return (image) => {
      const value = measure(image);
      const distance = side === 'below' ? center - value : Math.abs(value - center);
      return { value: Math.exp(value), odd: values.length >= leastSet && counts(image) && distance > most };
    };
  };

interface FarOptions {
  factor: number;
  side?: 'both' | 'below';
  /** Which images the measure means something for. */
  counts?: (image: JudgedImage) => boolean;
}

const isPlain = ({ entropy, variance }: JudgedImage): boolean => entropy < leastEntropy || variance < leastVariance;
const shorterSide = ({ width, height }: JudgedImage): number => Math.min(width, height);

const sizeRule = farFromTheSet(({ width, height }) => Math.log(Math.sqrt(width * height)), { factor: 4 });

/** In this order; see `hidden`. */
const rules: Partial<Record<FindingKind, Rule>> = {
  tooDark: fixed(
    ({ bright }) => bright,
    (value) => value < darkest,
  ),
  tooBright: fixed(
    ({ dark }) => dark,
    (value) => value > brightest,
  ),
  // Variance of the Laplacian (see ImageFigures) over that of luma, so that low contrast is not taken for blur.
  blurred: farFromTheSet(({ laplacian, variance }) => Math.log(Math.max(laplacian, 1e-3) / Math.max(variance, 1)), {
    factor: 8,
    side: 'below',
    counts: (image) => !isPlain(image) && shorterSide(image) >= leastSide,
  }),
  lowInformation: fixed(
    ({ entropy }) => entropy,
    (_value, image) => isPlain(image),
  ),
  // How elongated, upright or lying: portraits among landscapes are not odd.
  oddAspect: farFromTheSet(({ width, height }) => Math.abs(Math.log(width / height)), { factor: 2 }),
  oddSize: (images) => {
    const judge = sizeRule(images);
    return (image) => {
      const { value, odd } = judge(image);
      return { value, odd: odd || shorterSide(image) < leastSide };
    };
  },
  wrongExtension: fixed(
    () => 1,
    (_value, { path, format }) => {
      const extension = extname(path).toLowerCase();
      return knownExtensions.has(extension) && !formatExtensions[format].includes(extension);
    },
  ),
  greyAmongColour: (images) => {
    const grey = images.filter(({ colour }) => colour <= greyest).length;
    const isOdd = images.length >= leastSet && grey <= fewGrey * images.length;
    return ({ colour }) => ({ value: colour, odd: isOdd && colour <= greyest });
  },
};

/** What follows from what was found before: a black picture is too dark, and neither plain nor grey on top of it. */
const hidden: Partial<Record<FindingKind, readonly FindingKind[]>> = {
  lowInformation: ['tooDark', 'tooBright'],
  greyAmongColour: ['tooDark', 'tooBright', 'lowInformation'],
};

export interface Poor {
  kind: FindingKind;
  /** Index among those judged, and what was measured. */
  index: number;
  value: number;
}

export function judge(images: readonly JudgedImage[]): Poor[] {
  const found = new Map<FindingKind, Set<number>>();
  return (Object.entries(rules) as [FindingKind, Rule][]).flatMap(([kind, rule]) => {
    const judgeOne = rule(images);
    const explained = (hidden[kind] ?? []).map((other) => found.get(other));
    const poor = images.flatMap((image, index) => {
      const { value, odd } = judgeOne(image);
      return odd && !explained.some((indexes) => indexes?.has(index)) ? [{ kind, index, value }] : [];
    });
    found.set(kind, new Set(poor.map(({ index }) => index)));
    return poor;
  });
}

function medianOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[sorted.length >> 1] ?? 0;
}

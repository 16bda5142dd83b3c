/** What the quality scan wants to know of an image, measured once at a small size. */
import { hash } from 'node:crypto';
import type { ImageFigures, ImageMeasures, ProbedImage, RejectedImage } from '../shared/decoder.ts';
import { decodeWith, jpegWithin, orRejected, plainWithinLimit, readHeader, upright, verdictOf } from './decode.ts';
import { readImageFile } from './image-file.ts';
import { signatureOf, toPlanes } from './signature.ts';
import type { Planes } from './signature.ts';

/** Longer side of the image that is measured, pixels: JPEGs are decoded right to a fraction; smaller images stay as they are. */
const workingSide = 256;

export const measure = (path: string): Promise<ImageMeasures | RejectedImage> => orRejected(() => measured(path));

async function measured(path: string): Promise<ImageMeasures> {
  const { content, format, bytes, modifiedAt } = readImageFile(path);
  const { planes, ...verdict } = quickPlanes(content) ?? (await planesBySharp(content));
  return {
    ...verdict,
    ...{ format, bytes, modifiedAt, content: hash('sha256', content, 'buffer') },
    ...figuresOf(planes),
    ...signatureOf(planes),
  };
}

/** What `probe` says of the image, and its planes at the working size: every row of it was decoded for them. */
interface Reading extends Pick<ProbedImage, 'status' | 'reason' | 'width' | 'height'> {
  planes: Planes;
}

/** Null for what is no plain JPEG. */
function quickPlanes(content: Buffer): Reading | null {
  const jpeg = plainWithinLimit(content);
  const small = jpeg && jpegWithin(jpeg, workingSide, 3);
  if (!small) return null;
  const { width, height } = jpeg;
  return { status: 'ok', width, height, planes: toPlanes(small.pixels, small.height, small.width) };
}

async function planesBySharp(content: Buffer): Promise<Reading> {
  const { autoOrient } = await readHeader(content);
  const { value, warning } = await decodeWith(content, (image) =>
    upright(image)
      .resize(workingSide, workingSide, { fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true }),
  );
  const { data, info } = value;
  return { ...verdictOf(warning), ...autoOrient, planes: toPlanes(data, info.height, info.width) };
}

/**
 * - Percentiles of luma, and its variance.
 * - Entropy of the histogram of luma in 256 bins, bits (Shannon 1948).
 * - Variance of the Laplacian of luma, 4 neighbours (Pech-Pacheco et al., "Diatom autofocusing in brightfield
 *   microscopy: a comparative study", ICPR 2000); pixels at the border are left out.
 * - 99th percentile of the distance of chroma from grey.
 */
export function figuresOf(planes: Planes): ImageFigures {
  const { luma, blue, red } = planes;
  const lumaBins = new Uint32Array(256);
  const chromaBins = new Uint32Array(256);
  // None is below 0 or above 255. Math.round and Math.hypot took half of all the time that an image takes.
  for (let at = 0; at < luma.length; at++) {
    const b = blue[at]! - 128;
    const r = red[at]! - 128;
    lumaBins[(luma[at]! + 0.5) | 0]!++;
    chromaBins[(Math.sqrt(b * b + r * r) + 0.5) | 0]!++;
  }
  return {
    dark: percentile(lumaBins, luma.length, 0.01),
    bright: percentile(lumaBins, luma.length, 0.99),
    variance: varianceOf(luma),
    entropy: entropyOf(lumaBins, luma.length),
    laplacian: varianceOf(laplacianOf(planes)),
    colour: percentile(chromaBins, luma.length, 0.99),
  };
}

/** The lowest bin at or below which at least that share of all values lies. */
function percentile(bins: Uint32Array, count: number, share: number): number {
  let below = 0;
  const bin = bins.findIndex((held) => (below += held) >= share * count);
  return bin;
}

function entropyOf(bins: Uint32Array, count: number): number {
  let bits = 0;
  for (const held of bins) if (held > 0) bits -= (held / count) * Math.log2(held / count);
  return bits;
}

function varianceOf(values: Float32Array): number {
  if (values.length === 0) return 0;
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return squares / values.length;
}

/** [height - 2, width - 2]; nothing of an image without inner pixels. */
function laplacianOf({ height, width, luma }: Planes): Float32Array {
  const values = new Float32Array(Math.max(0, height - 2) * Math.max(0, width - 2));
  let to = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let at = y * width + 1; at < (y + 1) * width - 1; at++) {
      values[to++] = luma[at - width]! + luma[at + width]! + luma[at - 1]! + luma[at + 1]! - 4 * luma[at]!;
    }
  }
  return values;
}

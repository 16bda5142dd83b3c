/**
 * Any supported image file to upright, opaque, 8-bit pixels: plain JPEGs by libjpeg-turbo, which is several times as fast,
 * all others, and whatever is odd about a JPEG, by sharp.
 */
import { hash } from 'node:crypto';
import sharp from 'sharp';
import type { Metadata, Sharp } from 'sharp';
import type { DecoderFunctions, ProbedImage, RejectedImage } from '../shared/decoder.ts';
import type { EncodedImage } from '../shared/pictures.ts';
import type { ImageShape } from '../shared/preprocessing.ts';
import { readImageFile } from './image-file.ts';
import { encodeJpeg, isWhole, jpegPixels, plainJpeg } from './jpeg/codec.ts';
import type { PlainJpeg } from './jpeg/codec.ts';
import { place, placementOf } from './placement.ts';
import { Unusable, decodingProblem, detailOf } from './unusable.ts';

/** Refused above this: 100 megapixels take 400 MB once decoded. */
const pixelLimit = 100_000_000;
/** sharp gives up by itself after this; the engine ends the process only later. */
const timeoutSeconds = 20;
/** Up to this many pixels resizing takes longer than handing out all of them. */
const quickPixels = 2 ** 18;
/** Up to this many pixels on the longer side a preview is a PNG: exact, and small all the same. */
const largestPng = 128;

sharp.cache(false);
// One image at a time in a process; several images are decoded side by side by several processes.
sharp.concurrency(1);

export const decoder: Omit<DecoderFunctions, 'measure'> = {
  probe: (path) => orRejected(() => probe(path)),
  pixels: (path, preprocessing) => orRejected(() => pixels(path, preprocessing)),
  thumbnail: (path, size) => orRejected(() => thumbnail(path, size)),
  encodePng: (pixels, height, width, channels) => sharp(pixels, { raw: { height, width, channels } }).png().toBuffer(),
};

export async function orRejected<T>(work: () => Promise<T>): Promise<T | RejectedImage> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Unusable) return { status: 'rejected', reason: error.message };
    throw error;
  }
}

async function probe(path: string): Promise<ProbedImage> {
  const { content, format, bytes, modifiedAt } = readImageFile(path);
  const facts = { format, bytes, modifiedAt, content: hash('sha256', content, 'buffer') };
  const plain = plainWithinLimit(content);
  if (plain && isWhole(plain)) return { status: 'ok', width: plain.width, height: plain.height, ...facts };
  const { autoOrient } = await readHeader(content);
  const { height, width } = autoOrient;
  // Every row is decoded, so that damage anywhere is noticed; only the pixels of large images are not kept.
  const kept = height * width <= quickPixels ? { height, width } : { height: 8, width: 8 };
  const { warning } = await decodeWith(content, (image) => toPixels(image, { ...kept, channels: 3, fit: 'stretch' }));
  return { ...verdictOf(warning), width, height, ...facts };
}

export const verdictOf = (warning: string | null): Pick<ProbedImage, 'status' | 'reason'> =>
  warning === null ? { status: 'ok' } : { status: 'warning', reason: warning };

async function pixels(path: string, shape: ImageShape): Promise<Uint8Array> {
  const { content } = readImageFile(path);
  const plain = plainWithinLimit(content);
  const quick = plain && placedJpeg(plain, shape);
  if (quick) return quick;
  await readHeader(content);
  const { value } = await decodeWith(content, (image) => toPixels(image, shape));
  return value;
}

/** uint8 [height, width, channels]; null as `jpegPixels`. */
function placedJpeg(jpeg: PlainJpeg, shape: ImageShape): Uint8Array | null {
  const placement = placementOf(jpeg, shape);
  const pixels = jpegPixels(jpeg, placement.height, placement.width, shape.channels);
  return pixels && place(pixels, placement, shape);
}

async function thumbnail(path: string, size: number): Promise<EncodedImage> {
  const { content } = readImageFile(path);
  const plain = plainWithinLimit(content);
  const quick = plain && (await preview(plain, size));
  if (quick) return quick;
  const { autoOrient } = await readHeader(content);
  const mime = previewType(Math.min(size, Math.max(autoOrient.width, autoOrient.height)));
  const { value } = await decodeWith(content, (image) => {
    const small = upright(image).resize(size, size, { fit: 'inside', withoutEnlargement: true }).toColourspace('srgb');
    return (mime === 'image/png' ? small.png() : small.jpeg({ quality: 85 })).toBuffer();
  });
  return { mime, bytes: value };
}

async function preview(jpeg: PlainJpeg, size: number): Promise<EncodedImage | null> {
  const { channels } = jpeg.header;
  const small = jpegWithin(jpeg, size, channels);
  if (!small) return null;
  const { pixels, height, width } = small;
  const mime = previewType(Math.max(height, width));
  if (mime === 'image/png') return { mime, bytes: await decoder.encodePng(pixels, height, width, channels) };
  const bytes = encodeJpeg(pixels, height, width, channels);
  return bytes && { mime, bytes };
}

const previewType = (longerSide: number) => (longerSide <= largestPng ? 'image/png' : 'image/jpeg');

/** Its pixels with at most `size` on the longer side, never enlarged: uint8 [height, width, channels]. Null as `jpegPixels`. */
export function jpegWithin(jpeg: PlainJpeg, size: number, channels: 1 | 3): SmallImage | null {
  const shrink = Math.min(1, size / Math.max(jpeg.width, jpeg.height));
  const height = Math.max(1, Math.round(jpeg.height * shrink));
  const width = Math.max(1, Math.round(jpeg.width * shrink));
  const pixels = jpegPixels(jpeg, height, width, channels);
  return pixels && { pixels, height, width };
}

interface SmallImage {
  pixels: Buffer;
  height: number;
  width: number;
}

/** A JPEG for the quick codec; what is too large, sharp's way refuses in words. */
export function plainWithinLimit(content: Buffer): PlainJpeg | null {
  const plain = plainJpeg(content);
  return plain && plain.width * plain.height <= pixelLimit ? plain : null;
}

/** @throws Unusable when the header is damaged, the image too large, or its pixels no 8 or 16-bit integers. */
export async function readHeader(content: Buffer): Promise<Metadata> {
  let header: Metadata;
  try {
    header = await sharp(content, { failOn: 'none', limitInputPixels: false }).metadata();
  } catch (error) {
    throw new Unusable(decodingProblem(error));
  }
  const { width, height } = header.autoOrient;
  if (width * height > pixelLimit) {
    const name = (pixels: number) => Math.round(pixels / 1e6).toLocaleString('en');
    throw new Unusable(
      `${width.toLocaleString('en')} x ${height.toLocaleString('en')} pixels are ${name(width * height)} megapixels; ` +
        `the limit is ${name(pixelLimit)} megapixels`,
    );
  }
  if (header.depth !== 'uchar' && header.depth !== 'ushort') {
    throw new Unusable(`its pixels are of type ${header.depth}; save it with 8 or 16 bits a channel`);
  }
  return header;
}

/**
 * Decodes strictly and, where that fails, again with patience for oddities that leave the pixels whole: such an image
 * comes back with a warning. (Strictness alone refuses some good images, patience alone accepts broken ones.)
 */
export async function decodeWith<T>(
  content: Buffer,
  work: (image: Sharp) => Promise<T>,
): Promise<{ value: T; warning: string | null }> {
  const attempt = (failOn: 'warning' | 'truncated') => work(sharp(content, { failOn, limitInputPixels: pixelLimit }));
  try {
    return { value: await attempt('warning'), warning: null };
  } catch (strict) {
    try {
      return { value: await attempt('truncated'), warning: `odd but readable (${detailOf(strict)})` };
    } catch (error) {
      throw new Unusable(decodingProblem(error));
    }
  }
}

/** EXIF orientation applied, transparency laid on white; of an animation, its first frame. */
export function upright(image: Sharp): Sharp {
  return image.autoOrient().flatten({ background: '#ffffff' }).timeout({ seconds: timeoutSeconds });
}

const sharpFits = { stretch: 'fill', fit: 'contain', crop: 'cover' } as const;

/** uint8 [height, width, channels] */
async function toPixels(image: Sharp, { height, width, channels, fit }: ImageShape): Promise<Uint8Array> {
  const resized = upright(image).resize({ width, height, fit: sharpFits[fit], background: '#000000' });
  const coloured = channels === 1 ? resized.greyscale() : resized.toColourspace('srgb');
  const { data, info } = await coloured.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  if (info.channels !== channels) throw new Error(`${info.channels} colour channels`);
  return data;
}

/**
 * Plain JPEGs by libjpeg-turbo, in about a third of sharp's time. Every function answers null for what is not plain, or
 * not in perfect order: sharp then has the last word, on the pixels as on what is wrong with the file.
 */
import { createRequire } from 'node:module';
import { plainHeader } from './header.ts';
import type { JpegHeader } from './header.ts';

/** binding.cc. Sizes in pixels, after orientation. */
interface Binding {
  /** uint8 [height, width, channels], upright; of a colour image `channels` is 3. No larger than the image. */
  pixels(jpeg: Buffer, height: number, width: number, channels: number, orientation: number): Buffer | null;
  /** `pixels`: uint8 [height, width, channels]; `quality` 1 to 100. */
  encode(pixels: Buffer, height: number, width: number, channels: number, quality: number): Buffer | null;
}

const binding = load();

/** Null where set-up has not compiled it: sharp does everything then. */
function load(): Binding | null {
  try {
    return createRequire(import.meta.url)('@julusian/jpeg-turbo/receptive.node') as Binding;
  } catch {
    return null;
  }
}

/** A JPEG that this codec can decode: its bytes, and what it is once it stands upright. */
export interface PlainJpeg {
  content: Buffer;
  header: JpegHeader;
  /** Pixels, after EXIF orientation. */
  width: number;
  height: number;
}

export function plainJpeg(content: Buffer): PlainJpeg | null {
  const header = binding && plainHeader(content);
  if (!header) return null;
  const { width, height, orientation } = header;
  return orientation < 5 ? { content, header, width, height } : { content, header, width: height, height: width };
}

/** Whether it can be decoded to its last row without the least complaint. */
export const isWhole = (jpeg: PlainJpeg): boolean => jpegPixels(jpeg, 1, 1, jpeg.header.channels) !== null;

/** uint8 [height, width, channels]. Null also where the image would be enlarged, or made grey. */
export function jpegPixels(jpeg: PlainJpeg, height: number, width: number, channels: 1 | 3): Buffer | null {
  const { content, header } = jpeg;
  if (!binding || height > jpeg.height || width > jpeg.width || channels < header.channels) return null;
  return binding.pixels(content, height, width, channels, header.orientation);
}

/** `pixels`: uint8 [height, width, channels]. */
export function encodeJpeg(pixels: Buffer, height: number, width: number, channels: 1 | 3): Buffer | null {
  return binding?.encode(pixels, height, width, channels, previewQuality) ?? null;
}

const previewQuality = 85;

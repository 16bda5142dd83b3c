/** The contract between the engine and a decoder process: image files in, pixels or encoded images out. */
import type { EncodedImage } from './pictures.ts';
import type { ImageShape } from './preprocessing.ts';

export const imageFormats = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const;
export type ImageFormat = (typeof imageFormats)[number];

/** What a file turned out to be. It was decoded to its last row to find out. */
export interface ProbedImage {
  status: 'ok' | 'warning';
  /** With a warning: what is odd about the file. */
  reason?: string;
  /** Pixels, after EXIF orientation. */
  width: number;
  height: number;
  format: ImageFormat;
  /** Size of the file. */
  bytes: number;
  /** Milliseconds since 1970, UTC. */
  modifiedAt: number;
  /** SHA-256 of the file's bytes: 32 of them. */
  content: Uint8Array;
}

export interface RejectedImage {
  status: 'rejected';
  /** Why it cannot be used; the file is not named in it. */
  reason: string;
}

/** Sides of the small pictures that duplicates are told by. */
export const lumaSide = 32;
export const chromaSide = 8;

/** Measured at a working size of at most 256 pixels on the longer side. Luma 0 to 255. */
export interface ImageFigures {
  /** 1st and 99th percentile of luma. */
  dark: number;
  bright: number;
  /** Of luma. */
  variance: number;
  /** Of the histogram of luma, bits: 0 to 8. */
  entropy: number;
  /** Variance of the Laplacian of luma. */
  laplacian: number;
  /** 99th percentile of the distance of chroma from grey, 0 to 181. */
  colour: number;
}

/** What the quality scan wants to know of an image: all that it turned out to be, and what it looks like. */
export interface ImageMeasures extends ProbedImage, ImageFigures {
  /** uint8 [lumaSide, lumaSide], the image stretched to a square. */
  luma: Uint8Array;
  /** uint8 [2, chromaSide, chromaSide], the blue and red differences; 128 is grey. */
  chroma: Uint8Array;
}

/** Done and answered in the order of the calls, one at a time. A file that cannot be used is an answer, never an error. */
export interface DecoderFunctions {
  probe(path: string): Promise<ProbedImage | RejectedImage>;
  /** uint8 [height, width, channels]. */
  pixels(path: string, shape: ImageShape): Promise<Uint8Array | RejectedImage>;
  measure(path: string): Promise<ImageMeasures | RejectedImage>;
  /** The longer side is at most `size` pixels; a smaller image keeps its size. */
  thumbnail(path: string, size: number): Promise<EncodedImage | RejectedImage>;
  /** `pixels`: uint8 [height, width, channels]. */
  encodePng(pixels: Uint8Array, height: number, width: number, channels: 1 | 3 | 4): Promise<Uint8Array>;
}

/** What a decoder process tells the engine. */
export interface DecoderEvents {
  /** Sent once, as soon as calls can be answered. */
  ready(): void;
}

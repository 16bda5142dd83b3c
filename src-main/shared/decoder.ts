/** The contract between the engine and a decoder process: image files in, pixels or encoded images out. */
import type { EncodedImage } from './protocol.ts';
import type { Preprocessing } from './run.ts';

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

/** Answered in the order of the calls, one at a time. A file that cannot be used is an answer, never an error. */
export interface DecoderFunctions {
  probe(path: string): Promise<ProbedImage | RejectedImage>;
  /** uint8 [height, width, channels]. */
  pixels(path: string, preprocessing: Preprocessing): Promise<Uint8Array | RejectedImage>;
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

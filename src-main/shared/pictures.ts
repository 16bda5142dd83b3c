/** Pictures as they travel between the processes. */

export interface EncodedImage {
  mime: 'image/jpeg' | 'image/png' | 'image/webp';
  bytes: Uint8Array;
}

/** A training image after augmentation, and what classes it is of: one, unless images are mixed. */
export interface AugmentedSample {
  image: PixelImage;
  classes: { name: string; share: number }[];
}

/** Pixels 0 to 255, [height, width, channels]. */
export interface PixelImage {
  height: number;
  width: number;
  channels: 1 | 3;
  pixels: Uint8Array;
}

/** How an image becomes the network's input; it travels with every trained network. */

export const fits = ['stretch', 'fit', 'crop'] as const;
export type Fit = (typeof fits)[number];

/** What is decoded from an image file. */
export interface ImageShape {
  height: number;
  width: number;
  channels: 1 | 3;
  /**
   * How an image of another aspect ratio is made to fill height x width: stretched; whole, with black bars ("fit"); or
   * filling it, with what lies outside of the middle cut off ("crop").
   */
  fit: Fit;
}

export const scalings = ['unit', 'symmetric', 'standard'] as const;
/** Pixels from 0 to 1, from -1 to 1, or per channel with mean 0 and deviation 1 over the training images. */
export type Scaling = (typeof scalings)[number];

/** For each channel, of pixels from 0 to 1: the network sees (pixel - mean) / deviation. */
export interface Normalisation {
  mean: number[];
  deviation: number[];
}

/** Pixels are decoded as 0 to 255; the network itself scales them. */
export interface Preprocessing extends ImageShape {
  /** Absent where pixels from 0 to 1 are seen as they are. */
  normalisation?: Normalisation;
}

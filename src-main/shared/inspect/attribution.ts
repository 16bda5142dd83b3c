/** Which pixels speak for a class. */

/** How it is found out: by gradients at one layer, by covering parts of the image, or by gradients on the way to it. */
export const attributionMethods = ['gradCam', 'occlusion', 'integratedGradients'] as const;
export type AttributionMethod = (typeof attributionMethods)[number];

/** What an image is compared with or covered by, as a pixel value from 0 to 255. */
export const fills = { black: 0, grey: 128, white: 255 } as const;
export type Fill = keyof typeof fills;

export interface Attribution {
  method: AttributionMethod;
  classIndex: number;
  /** Per pixel of the network's input, row by row; NaN where it is not known yet. Grad-CAM's is never below 0. */
  heat: Float32Array;
  height: number;
  width: number;
  /** Of the class for the image as it is; the probability is 0 to 1. */
  logit: number;
  probability: number;
  /** Grad-CAM's layer, whose maps are weighted. */
  layer: string | null;
  /** Of integrated gradients: the sum over all pixels, and the difference of the logits, which it comes near. */
  completeness: { sum: number; difference: number } | null;
}

/** A patch that is moved over the image, in pixels. */
export interface Patch {
  size: number;
  stride: number;
}

/** A seventh of the side of a square as large as the image, moved by half of itself: as many patches, however wide it is. */
export function usualPatch(height: number, width: number): Patch {
  const size = Math.max(1, Math.round(Math.sqrt(height * width) / 7));
  return { size, stride: Math.max(1, Math.ceil(size / 2)) };
}

/** Where the patch begins along one side; the last one ends at the edge. */
export function patchStarts(length: number, { size, stride }: Patch): number[] {
  const last = Math.max(length - size, 0);
  const starts: number[] = [];
  for (let start = 0; start < last; start += stride) starts.push(start);
  return [...starts, last];
}

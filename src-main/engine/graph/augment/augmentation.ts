import type { TensorName } from '../builder.ts';
import type { Draws } from './draws.ts';

/** float32 [batch, height, width, channels], 0 to 1. */
export interface Images {
  name: TensorName;
  size: [height: number, width: number];
  channels: number;
}

/** Changes the values of the pixels and returns their new name. */
export type PixelChange = (draws: Draws, images: Images, strength: number) => TensorName;

/** A number for all images of the batch, or one for each: [batch]. */
export type Entry = TensorName | number;

/**
 * Where a change of place takes its pixels from: x' = a x + b y + c, y' = d x + e y + f, with x and y of the new image
 * and x' and y' of the old, in pixels from the centre, right and down.
 */
export type Affine = [a: Entry, b: Entry, c: Entry, d: Entry, e: Entry, f: Entry];
export type PlaceChange = (draws: Draws, strength: number, size: Images['size']) => Affine;

/** [batch] as [batch, 1, 1, 1], to be combined with images. */
export function perImage({ graph }: Draws, numbers: TensorName): TensorName {
  return graph.reshape(numbers, [-1, 1, 1, 1]);
}

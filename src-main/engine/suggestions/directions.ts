/**
 * Features as they are kept: only their direction, which is all that similarity and the learnt head look at. The largest
 * of an image's numbers becomes 255, the others in proportion, so an image takes 1,280 bytes instead of 5,120.
 */
import { featureCount } from '../backbone/graph.ts';

/** Features [images, 1280], none below 0 -> uint8 of the same shape. */
export function toDirections(features: Float32Array): Uint8Array {
  const directions = new Uint8Array(features.length);
  for (let start = 0; start < features.length; start += featureCount) {
    const image = features.subarray(start, start + featureCount);
    const largest = image.reduce((most, value) => Math.max(most, value), 0);
    const scale = largest > 0 ? 255 / largest : 0;
    for (let i = 0; i < featureCount; i++) directions[start + i] = Math.round(image[i]! * scale);
  }
  return directions;
}

/** Euclidean length of each image's direction; 1 for one of zeros only, so that it can be divided by. */
export function lengthsOf(directions: Uint8Array): Float32Array {
  const lengths = new Float32Array(directions.length / featureCount);
  for (let image = 0; image < lengths.length; image++) {
    let squares = 0;
    for (let i = image * featureCount; i < (image + 1) * featureCount; i++) squares += directions[i]! * directions[i]!;
    lengths[image] = Math.max(1, Math.sqrt(squares));
  }
  return lengths;
}

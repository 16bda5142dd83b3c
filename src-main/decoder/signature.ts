/** An image at a glance: a few hundred numbers that tell pictures apart, whatever their size and format. */
import { chromaSide, lumaSide } from '../shared/decoder.ts';

/** The planes of an image in floating point, 0 to 255, [height, width] each: luma and chroma of ITU-R BT.601, as JPEG has them. */
export interface Planes {
  height: number;
  width: number;
  luma: Float32Array;
  blue: Float32Array;
  red: Float32Array;
}

/** `pixels`: uint8 [height, width, 3]. Chroma of grey is 128. */
export function toPlanes(pixels: Uint8Array, height: number, width: number): Planes {
  const count = height * width;
  const luma = new Float32Array(count);
  const blue = new Float32Array(count);
  const red = new Float32Array(count);
  for (let at = 0, from = 0; at < count; at++, from += 3) {
    const r = pixels[from]!;
    const g = pixels[from + 1]!;
    const b = pixels[from + 2]!;
    const y = 0.299 * r + 0.587 * g + 0.114 * b;
    luma[at] = y;
    blue[at] = 128 + 0.564 * (b - y);
    red[at] = 128 + 0.713 * (r - y);
  }
  return { height, width, luma, blue, red };
}

/**
 * Area means of a plane [height, width] on a grid of side x side, stretched to a square. Each pixel counts by the part of
 * it that lies in the cell, so an image and its enlargement give the same.
 */
export function areaMeans(plane: Float32Array, height: number, width: number, side: number): Float32Array {
  const across = shares(width, side);
  const down = shares(height, side);
  const rows = new Float32Array(height * side);
  for (let y = 0; y < height; y++) {
    for (let cell = 0; cell < side; cell++) {
      const { first, weights } = across[cell]!;
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i]! * plane[y * width + first + i]!;
      rows[y * side + cell] = sum;
    }
  }
  const means = new Float32Array(side * side);
  for (let cell = 0; cell < side; cell++) {
    const { first, weights } = down[cell]!;
    for (let i = 0; i < weights.length; i++) {
      const weight = weights[i]!;
      for (let x = 0; x < side; x++) means[cell * side + x]! += weight * rows[(first + i) * side + x]!;
    }
  }
  return means;
}

/** Which of `length` pixels lie in each of `side` cells, and how much of the cell each fills. */
function shares(length: number, side: number): { first: number; weights: Float32Array }[] {
  const step = length / side;
  return Array.from({ length: side }, (_, cell) => {
    const from = cell * step;
    const to = Math.min(from + step, length);
    const first = Math.min(Math.floor(from), length - 1);
    const count = Math.max(1, Math.min(Math.ceil(to - 1e-9), length) - first);
    const weights = Float32Array.from({ length: count }, (_, i) =>
      Math.max(0, (Math.min(to, first + i + 1) - Math.max(from, first + i)) / step),
    );
    return { first, weights };
  });
}

const toBytes = (values: Float32Array): Uint8Array => Uint8Array.from(values, (value) => Math.round(value));

/** Luma [lumaSide, lumaSide], then both chroma planes [chromaSide, chromaSide], uint8. */
export function signatureOf({ height, width, luma, blue, red }: Planes): { luma: Uint8Array; chroma: Uint8Array } {
  const chroma = new Uint8Array(2 * chromaSide ** 2);
  chroma.set(toBytes(areaMeans(blue, height, width, chromaSide)));
  chroma.set(toBytes(areaMeans(red, height, width, chromaSide)), chromaSide ** 2);
  return { luma: toBytes(areaMeans(luma, height, width, lumaSide)), chroma };
}

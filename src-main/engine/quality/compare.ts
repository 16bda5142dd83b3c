/** Where pictures that were laid over each other still differ: in colour, and in any one place. */
import { chromaSide, lumaSide } from '../../shared/decoder.ts';
import { clamp, plain, warpInto, warped } from './align.ts';
import { chromaLength } from './signatures.ts';
import type { Signatures } from './signatures.ts';

const side = lumaSide;

/** Cells of `cell` pixels cover the picture but for a margin, where the warp has nothing to go by. */
const cell = 4;
const margin = 2;

/** Root mean square difference of the colours of `a` and of `b` after the warp. */
export function chromaDifference({ chroma }: Signatures, a: number, b: number, warp: Float64Array): number {
  const [shiftX = 0, shiftY = 0, stretchX = 0, stretchY = 0] = warp;
  const scale = chromaSide / side;
  const center = (chromaSide - 1) / 2;
  let sum = 0;
  for (let y = 0; y < chromaSide; y++) {
    const v = clamp(y + scale * shiftY + (scale * stretchY * (y - center)) / center, chromaSide - 1);
    const row = Math.min(v | 0, chromaSide - 2);
    for (let x = 0; x < chromaSide; x++) {
      const u = clamp(x + scale * shiftX + (scale * stretchX * (x - center)) / center, chromaSide - 1);
      const column = Math.min(u | 0, chromaSide - 2);
      for (let plane = 0; plane < 2; plane++) {
        const from = b * chromaLength + plane * chromaSide ** 2 + row * chromaSide + column;
        const upper = chroma[from]! + (u - column) * (chroma[from + 1]! - chroma[from]!);
        const lower =
          chroma[from + chromaSide]! + (u - column) * (chroma[from + chromaSide + 1]! - chroma[from + chromaSide]!);
        const here = chroma[a * chromaLength + plane * chromaSide ** 2 + y * chromaSide + x]!;
        sum += (here - (upper + (v - row) * (lower - upper))) ** 2;
      }
    }
  }
  return Math.sqrt(sum / chromaLength);
}

/**
 * The largest mean difference in any one place once `b` is warped and its gain and offset fitted to `a` (least squares):
 * what was saved anew differs a little everywhere, other things differ much somewhere. Over the pictures' contrast.
 */
export function localDifference(a: Float64Array, b: Float64Array, warp: Float64Array): number {
  warpInto(b, warp);
  const { gain, offset } = fitted(a);
  let largest = 0;
  for (let top = margin; top < side - margin; top += cell) {
    for (let left = margin; left < side - margin; left += cell) {
      let sum = 0;
      for (let y = top; y < top + cell; y++) {
        for (let at = y * side + left; at < y * side + left + cell; at++) sum += a[at]! - gain * warped[at]! - offset;
      }
      largest = Math.max(largest, Math.abs(sum) / cell ** 2);
    }
  }
  return largest;
}

function fitted(a: Float64Array): { gain: number; offset: number } {
  let sumA = 0;
  let sumB = 0;
  let bb = 0;
  let ab = 0;
  for (let y = margin; y < side - margin; y++) {
    for (let at = y * side + margin; at < (y + 1) * side - margin; at++) {
      sumA += a[at]!;
      sumB += warped[at]!;
      bb += warped[at]! ** 2;
      ab += a[at]! * warped[at]!;
    }
  }
  const count = (side - 2 * margin) ** 2;
  const variance = bb / count - (sumB / count) ** 2;
  const gain = variance < plain ? 1 : (ab / count - (sumA * sumB) / count ** 2) / variance;
  return { gain, offset: (sumA - gain * sumB) / count };
}

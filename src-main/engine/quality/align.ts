/** Lays one picture over another: how different two are once brightness, contrast and a slight crop are taken out. */
import { lumaSide } from '../../shared/decoder.ts';
import { leastContrast, lumaLength } from './signatures.ts';
import type { Signatures } from './signatures.ts';

const side = lumaSide;
const middle = (side - 1) / 2;
/** Pixels of `side` by which an edge may have moved: a crop of about 6 % on one side. */
const furthest = 2;
const steps = 4;
/** What keeps the shift at nothing where the picture does not tell. */
const damping = 0.2;

/** Pictures that one step would not bring within this many times the tolerance are not followed further. */
const hopeless = 2.5;
/** A variance, of pictures prepared, below which they are plain surfaces. */
export const plain = 0.25;

/** Smoothed, with mean 0 and contrast 1: [side, side]. */
export function prepare({ luma, contrasts }: Signatures, index: number, into: Float64Array): void {
  for (let i = 0; i < lumaLength; i++) into[i] = luma[index * lumaLength + i]!;
  for (let round = 0; round < 2; round++) {
    smooth(into, scratch, 1, side);
    smooth(scratch, into, side, 1);
  }
  let sum = 0;
  for (let i = 0; i < lumaLength; i++) sum += into[i]!;
  const mean = sum / lumaLength;
  const scale = 1 / Math.max(contrasts[index]!, leastContrast);
  for (let i = 0; i < lumaLength; i++) into[i] = (into[i]! - mean) * scale;
}

const scratch = new Float64Array(lumaLength);

/** 1/4, 1/2, 1/4 along one axis: `step` leads to the next pixel, `line` to the next line; edges repeat. */
function smooth(from: Float64Array, into: Float64Array, step: number, line: number): void {
  for (let start = 0; start < side * line; start += line) {
    for (let i = 0; i < side; i++) {
      const at = start + i * step;
      const before = i > 0 ? from[at - step]! : from[at]!;
      const after = i < side - 1 ? from[at + step]! : from[at]!;
      into[at] = (before + 2 * from[at]! + after) / 4;
    }
  }
}

/** What `warpInto` made last: [side, side]. */
export const warped = new Float64Array(lumaLength);
const system = new Float64Array(6 * 7);
const right = new Float64Array(6);
const solution = new Float64Array(6);

/**
 * The least difference over shifts and stretches along both axes that move no edge further than `furthest`, and over gain
 * and offset, by Gauss-Newton steps (Lucas, Kanade, "An iterative image registration technique", IJCAI 1981; for warps
 * of this kind Baker, Matthews, "Lucas-Kanade 20 years on", IJCV 2004).
 * `a` and `b` are prepared. Root mean square over the pictures' contrast: 0 the same, about 1.4 nothing in common. It ends
 * as soon as that is well below `tolerance`, or hopeless.
 */
export function alignedDifference(
  a: Float64Array,
  b: Float64Array,
  tolerance: number,
): { luma: number; warp: Float64Array } {
  let least = Infinity;
  const best = new Float64Array(4);
  const warp = new Float64Array(4);
  for (let step = 0; ; step++) {
    warpInto(b, warp);
    const luma = differenceOf(a, warped);
    if (luma < least) {
      least = luma;
      best.set(warp);
    }
    if (least < tolerance / 2 || step === steps || !improve(a, warp, tolerance)) return { luma: least, warp: best };
  }
}

/** `b` as it is after the warp [shift x, shift y, stretch x, stretch y], into `warped`. */
export function warpInto(b: Float64Array, warp: Float64Array): void {
  const [shiftX = 0, shiftY = 0, stretchX = 0, stretchY = 0] = warp;
  for (let y = 0, at = 0; y < side; y++) {
    const v = clamp(y + shiftY + (stretchY * (y - middle)) / middle, side - 1);
    const row = Math.min(v | 0, side - 2);
    const down = v - row;
    for (let x = 0; x < side; x++, at++) {
      const u = clamp(x + shiftX + (stretchX * (x - middle)) / middle, side - 1);
      const column = Math.min(u | 0, side - 2);
      const across = u - column;
      const i = row * side + column;
      const upper = b[i]! + across * (b[i + 1]! - b[i]!);
      const lower = b[i + side]! + across * (b[i + side + 1]! - b[i + side]!);
      warped[at] = upper + down * (lower - upper);
    }
  }
}

export const clamp = (value: number, most: number): number => (value < 0 ? 0 : value > most ? most : value);

/**
 * Over the inner pixels: sqrt(2 - 2 r) with their correlation r, which no gain or offset changes; for plain surfaces, whose
 * correlation is noise, the standard deviation of their difference.
 */
function differenceOf(a: Float64Array, b: Float64Array): number {
  let sumA = 0;
  let sumB = 0;
  let aa = 0;
  let bb = 0;
  let ab = 0;
  for (let y = 1; y < side - 1; y++) {
    for (let at = y * side + 1; at < (y + 1) * side - 1; at++) {
      const p = a[at]!;
      const q = b[at]!;
      sumA += p;
      sumB += q;
      aa += p * p;
      bb += q * q;
      ab += p * q;
    }
  }
  const count = (side - 2) ** 2;
  const varianceA = aa / count - (sumA / count) ** 2;
  const varianceB = bb / count - (sumB / count) ** 2;
  const covariance = ab / count - (sumA / count) * (sumB / count);
  const isPlain = Math.min(varianceA, varianceB) < plain;
  const squared = isPlain
    ? varianceA + varianceB - 2 * covariance
    : 2 - (2 * covariance) / Math.sqrt(varianceA * varianceB);
  return Math.sqrt(Math.max(0, squared));
}

/**
 * One Gauss-Newton step from `warped`, the picture at the present warp. False when the picture does not tell where to go,
 * or the linear model promises no difference near `wanted`.
 */
function improve(a: Float64Array, warp: Float64Array, wanted: number): boolean {
  const total = fillSystem(a);
  for (let i = 0; i < 6; i++) {
    for (let j = 0; j < i; j++) system[i * 7 + j] = system[j * 7 + i]!;
    system[i * 7 + i]! += i < 4 ? damping : 1e-6;
    right[i] = system[i * 7 + 6]!;
  }
  if (!solve()) return false;
  const gain = solution[4]!;
  if (gain < 0.2) return false;
  let explained = 0;
  for (let i = 0; i < 6; i++) explained += solution[i]! * right[i]!;
  if (total - explained > (hopeless * wanted) ** 2 * (side - 2) ** 2) return false;
  for (let i = 0; i < 4; i++) {
    warp[i] = Math.max(-furthest, Math.min(furthest, warp[i]! + solution[i]! / gain));
  }
  return true;
}

/** The normal equations of `a` by slopes, stretched slopes, value and 1 of `warped`; gives the sum of `a` squared. */
function fillSystem(a: Float64Array): number {
  system.fill(0);
  let total = 0;
  for (let y = 1; y < side - 1; y++) {
    const v = (y - middle) / middle;
    // Of one row, where the stretch along y is the shift along y times v.
    let xx = 0;
    let xy = 0;
    let yy = 0;
    let xxu = 0;
    let xyu = 0;
    let xxuu = 0;
    let xw = 0;
    let yw = 0;
    let xuw = 0;
    let x1 = 0;
    let y1 = 0;
    let xu1 = 0;
    let ww = 0;
    let w1 = 0;
    let xa = 0;
    let ya = 0;
    let xua = 0;
    let wa = 0;
    let a1 = 0;
    for (let x = 1, at = y * side + 1; x < side - 1; x++, at++) {
      const w = warped[at]!;
      const target = a[at]!;
      const slopeX = (warped[at + 1]! - warped[at - 1]!) / 2;
      const slopeY = (warped[at + side]! - warped[at - side]!) / 2;
      const stretched = (slopeX * (x - middle)) / middle;
      xx += slopeX * slopeX;
      xy += slopeX * slopeY;
      yy += slopeY * slopeY;
      xxu += slopeX * stretched;
      xyu += slopeY * stretched;
      xxuu += stretched * stretched;
      xw += slopeX * w;
      yw += slopeY * w;
      xuw += stretched * w;
      x1 += slopeX;
      y1 += slopeY;
      xu1 += stretched;
      ww += w * w;
      w1 += w;
      xa += slopeX * target;
      ya += slopeY * target;
      xua += stretched * target;
      wa += w * target;
      a1 += target;
      total += target * target;
    }
    addRow(0, [xx, xy, xxu, v * xy, xw, x1, xa]);
    addRow(1, [0, yy, xyu, v * yy, yw, y1, ya]);
    addRow(2, [0, 0, xxuu, v * xyu, xuw, xu1, xua]);
    addRow(3, [0, 0, 0, v * v * yy, v * yw, v * y1, v * ya]);
    addRow(4, [0, 0, 0, 0, ww, w1, wa]);
    addRow(5, [0, 0, 0, 0, 0, side - 2, a1]);
  }
  return total;
}

function addRow(row: number, values: readonly number[]): void {
  for (let i = row; i < 7; i++) system[row * 7 + i]! += values[i]!;
}

/** Gauss-Jordan elimination of the symmetric positive `system` [6, 6 + 1] into `solution`. */
function solve(): boolean {
  for (let i = 0; i < 6; i++) {
    const pivot = system[i * 7 + i]!;
    if (pivot < 1e-9) return false;
    for (let row = 0; row < 6; row++) {
      if (row === i) continue;
      const factor = system[row * 7 + i]! / pivot;
      for (let j = i; j < 7; j++) system[row * 7 + j]! -= factor * system[i * 7 + j]!;
    }
  }
  for (let i = 0; i < 6; i++) solution[i] = system[i * 7 + 6]! / system[i * 7 + i]!;
  return true;
}

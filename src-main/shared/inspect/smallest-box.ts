/** Where most of a picture's mass lies. */
import type { Box } from './field-box.ts';

/**
 * The box of the smallest area that holds at least `share` of the sum of `mass`
 * [height, width], which is nowhere below 0. null where the sum is 0 or no finite number.
 */
export function smallestBox(mass: ArrayLike<number>, height: number, width: number, share: number): Box | null {
  const sums = runningSums(mass, height, width);
  const total = sums[height * (width + 1) + width]!;
  if (!(total > 0) || !Number.isFinite(total)) return null;
  // What is lost in adding up is not missed.
  const wanted = total * share * (1 - 1e-9);
  const inRows = (top: number, end: number, left: number, right: number): number =>
    sums[end * (width + 1) + right]! -
    sums[top * (width + 1) + right]! -
    sums[end * (width + 1) + left]! +
    sums[top * (width + 1) + left]!;
  /** The narrowest columns between two rows. */
  const narrowest = (top: number, end: number): [left: number, right: number] | null => {
    let best: [number, number] | null = null;
    for (let left = 0, right = 1; right <= width; right++) {
      while (left + 1 < right && inRows(top, end, left + 1, right) >= wanted) left++;
      if (inRows(top, end, left, right) < wanted) continue;
      if (best === null || right - left < best[1] - best[0]) best = [left, right];
    }
    return best;
  };

  const whole = narrowest(0, height)!;
  // Fewer rows need no fewer columns.
  const leastWidth = whole[1] - whole[0];
  let best: Box = { top: 0, left: whole[0], height, width: leastWidth };
  for (let top = 0; top < height && inRows(top, height, 0, width) >= wanted; top++) {
    for (let end = top + 1; end <= height; end++) {
      if ((end - top) * leastWidth >= best.height * best.width) break;
      if (inRows(top, end, 0, width) < wanted) continue;
      const [left, right] = narrowest(top, end)!;
      if ((end - top) * (right - left) < best.height * best.width) {
        best = { top, left, height: end - top, width: right - left };
      }
    }
  }
  return best;
}

/** Of all that lies above and to the left, [height + 1, width + 1]. */
function runningSums(mass: ArrayLike<number>, height: number, width: number): Float64Array {
  const sums = new Float64Array((height + 1) * (width + 1));
  for (let y = 0; y < height; y++) {
    let row = 0;
    for (let x = 0; x < width; x++) {
      row += mass[y * width + x]!;
      sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1]! + row;
    }
  }
  return sums;
}

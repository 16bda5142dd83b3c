/** Curves with different x positions, brought onto the common axis that the chart library wants. */
import type { Curve } from '../../src-main/shared/figure/chart.ts';

export type { Curve } from '../../src-main/shared/figure/chart.ts';

export type Aligned = [number[], ...(number | null)[][]];

/** [xs, ys of curve 1, ys of curve 2, ...]: xs ascending and unique, null where a curve has no point. */
export function align(curves: readonly Curve[]): Aligned {
  const xs = [...new Set(curves.flatMap((curve) => curve.points.map(([x]) => x)))].sort((a, b) => a - b);
  return [
    xs,
    ...curves.map((curve) => {
      const values = new Map(curve.points);
      return xs.map((x) => values.get(x) ?? null);
    }),
  ];
}

/** What a logarithmic axis has a place for. */
export const aboveZero = (curve: Curve): Curve => ({ ...curve, points: curve.points.filter(([, y]) => y > 0) });

/**
 * The curve with each value replaced by a mean of itself and those before it, a value's weight falling by `share` with each
 * step: an exponential moving average without its bias towards the beginning (Kingma and Ba 2015, section 3). 0 changes
 * nothing.
 */
export function smoothed(points: Curve['points'], share: number): [number, number][] {
  let sum = 0;
  let weight = 0;
  return points.map(([x, y]) => {
    sum = share * sum + y;
    weight = share * weight + 1;
    return [x, sum / weight];
  });
}

/** The point of a curve nearest to x; null without points. */
export function nearest(points: readonly (readonly [number, number])[], x: number): readonly [number, number] | null {
  let best: readonly [number, number] | null = null;
  for (const point of points) if (!best || Math.abs(point[0] - x) < Math.abs(best[0] - x)) best = point;
  return best;
}

/** Curves with different x positions, brought onto the common axis that the chart library wants. */

export interface Curve {
  label: string;
  color: string;
  dashed: boolean;
  points: readonly (readonly [number, number])[];
}

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

/** The point of a curve nearest to x; null without points. */
export function nearest(points: readonly (readonly [number, number])[], x: number): readonly [number, number] | null {
  let best: readonly [number, number] | null = null;
  for (const point of points) if (!best || Math.abs(point[0] - x) < Math.abs(best[0] - x)) best = point;
  return best;
}

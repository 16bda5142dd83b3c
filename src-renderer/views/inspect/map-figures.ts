/** What the figures of a layer's maps say: their order, the dead ones, the scale that all share. */
import { mapsOf, type LayerSummary, type MapStatistics } from '../../../src-main/shared/inspection.ts';
import type { Range } from '../../../src-main/shared/colors.ts';

export const mapOrders = ['number', 'mean', 'variance', 'zeros'] as const;
export type MapOrder = (typeof mapOrders)[number];

/** The maps' numbers, those with most of what is asked for first; equal ones stay in the network's order. */
export function orderOf(statistics: MapStatistics, order: MapOrder): number[] {
  const numbers = Array.from(statistics.mean, (_, map) => map);
  if (order === 'number') return numbers;
  const by = statistics[order];
  return numbers.sort((a, b) => by[b]! - by[a]! || a - b);
}

export const rangeOfMap = ({ min, max }: MapStatistics, map: number): Range => ({ min: min[map]!, max: max[map]! });

export interface LayerFigures extends Range {
  mean: number;
  /** Population standard deviation. */
  std: number;
  zeros: number;
  /** Values that are NaN or infinite. */
  broken: number;
}

/**
 * Of all finite values of the maps together; mean and std are NaN where there are none. The variance is that within the maps
 * and that of their means.
 */
export function layerFigures({ statistics, shape }: Pick<LayerSummary, 'statistics' | 'shape'>): LayerFigures {
  const { min, max, mean, variance, zeros, broken } = statistics;
  const [height, width] = mapsOf(shape);
  const finite = Array.from(broken, (count) => height * width - count);
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  const average = (valueOf: (map: number) => number) =>
    sum(finite.map((count, map) => (count > 0 ? count * valueOf(map) : 0))) / sum(finite);
  const ends = (values: Float32Array) => values.filter((_, map) => finite[map]! > 0);
  const whole = average((map) => mean[map]!);
  return {
    min: ends(min).reduce((a, b) => Math.min(a, b), sum(finite) > 0 ? Infinity : 0),
    max: ends(max).reduce((a, b) => Math.max(a, b), sum(finite) > 0 ? -Infinity : 0),
    mean: whole,
    std: Math.sqrt(average((map) => variance[map]! + (mean[map]! - whole) ** 2)),
    zeros: sum([...zeros]) / zeros.length,
    broken: sum([...broken]),
  };
}

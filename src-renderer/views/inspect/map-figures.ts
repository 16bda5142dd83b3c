/** What the figures of a layer's maps say: their order, the dead ones, the scale that all share. */
import type { LayerSummary, MapStatistics } from '../../../src-main/shared/inspection.ts';
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

/** Of all maps together, which are of one size; the variance is that within the maps and that of their means. */
export function layerFigures({ statistics }: Pick<LayerSummary, 'statistics'>): LayerFigures {
  const { min, max, mean, variance, zeros, broken } = statistics;
  const average = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0) / min.length;
  const whole = average(mean);
  return {
    min: min.reduce((a, b) => Math.min(a, b), Infinity),
    max: max.reduce((a, b) => Math.max(a, b), -Infinity),
    mean: whole,
    std: Math.sqrt(average(variance) + average(Array.from(mean, (one) => (one - whole) ** 2))),
    zeros: average(zeros),
    broken: broken.reduce((a, b) => a + b, 0),
  };
}

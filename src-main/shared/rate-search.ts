/** The learning-rate range test (Smith 2017): what the loss does while the rate grows from step to step. */

export const rateSteps = 100;
const lowest = 1e-6;
const highest = 10;
/** Share of the loss so far in the smoothed one; each step's own loss has the rest. */
const smoothing = 0.9;
/** The test ends where the smoothed loss is so many times its lowest. */
const tooHigh = 4;
/** The first steps say nothing: the smoothed loss has seen too few of them. */
const unsettled = 10;

export interface RatePoint {
  learningRate: number;
  /** Of the step's batch, and smoothed, in nats. */
  loss: number;
  smoothed: number;
}

export interface RateSearch {
  points: RatePoint[];
  /** null where the loss never fell. */
  suggestion: number | null;
}

/** The rate of one of `rateSteps` steps: from 1e-6 to 10, each the same factor above the one before. */
export const rateOfStep = (step: number): number => lowest * (highest / lowest) ** (step / (rateSteps - 1));

/**
 * The points with one more: the exponential mean of the losses so far, divided by the sum of its weights, so that the
 * first steps are not drawn towards 0.
 */
export function withLoss(points: readonly RatePoint[], learningRate: number, loss: number): RatePoint[] {
  const before = points.length;
  const sum = before === 0 ? 0 : points[before - 1]!.smoothed * (1 - smoothing ** before);
  const smoothed = (smoothing * sum + (1 - smoothing) * loss) / (1 - smoothing ** (before + 1));
  return [...points, { learningRate, loss, smoothed }];
}

/** Whether the loss has left its lowest so far behind that higher rates need no trying. */
export function hasExploded(points: readonly RatePoint[]): boolean {
  const last = points.at(-1);
  return last !== undefined && last.smoothed > tooHigh * Math.min(...points.map(({ smoothed }) => smoothed));
}

/** The rate at which the smoothed loss falls most steeply over the logarithm of the rate, before its lowest. */
export function suggestRate(points: readonly RatePoint[]): number | null {
  const settled = points.slice(unsettled);
  const losses = settled.map(({ smoothed }) => smoothed);
  const end = losses.indexOf(Math.min(...losses));
  let steepest: { fall: number; learningRate: number } | null = null;
  for (let at = 1; at < end; at++) {
    const fall = losses[at - 1]! - losses[at + 1]!;
    if (fall > (steepest?.fall ?? 0)) steepest = { fall, learningRate: settled[at]!.learningRate };
  }
  return steepest && Number(steepest.learningRate.toPrecision(2));
}

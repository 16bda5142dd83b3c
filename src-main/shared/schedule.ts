/**
 * The learning rate of each step, and when training has stopped getting better: pure functions of the recipe, the step's
 * place and the epochs so far, so that a run can go on anywhere as if it had never stopped.
 */
import type { EpochMetrics, Recipe } from './run.ts';

export const schedules = ['constant', 'step', 'cosine', 'one-cycle', 'plateau'] as const;
export type Schedule = (typeof schedules)[number];

/** What of the recipe decides the learning rate. */
export type RateRules = Pick<
  Recipe,
  'epochs' | 'learningRate' | 'schedule' | 'warmupEpochs' | 'dropEpochs' | 'dropFactor'
>;

/** Share of a one-cycle run in which the rate rises, how far below its height it begins, and ends below that. */
const rise = 0.3;
const startDivisor = 25;
const endDivisor = 1e4;

/** A loss has to fall by this many nats to count as better (Keras' ReduceLROnPlateau). */
const plateauMargin = 1e-4;

/**
 * The learning rate of one step; `step` counts those of the whole run done before it.
 *
 * - constant: rate
 * - step: rate dropFactor^floor(epochs done / dropEpochs)
 * - cosine: rate (1 + cos(pi t / T)) / 2 (Loshchilov and Hutter 2016, one period), t of the T steps after the warm-up
 * - one-cycle: from rate / 25 up to rate in 30 % of the T steps and down to rate / 250,000, each half a cosine (Smith and
 *   Topin 2017, with the phases of PyTorch's OneCycleLR; the momentum stays)
 * - plateau: rate dropFactor^drops, a drop after each dropEpochs epochs without a lower loss (see `plateauDrops`)
 *
 * During the warm-up the w-th of its W steps has w / W of that (Goyal et al. 2017).
 */
export function learningRateAt(
  rules: RateRules,
  step: number,
  stepsPerEpoch: number,
  history: readonly EpochMetrics[],
): number {
  const warmup = Math.round(rules.warmupEpochs * stepsPerEpoch);
  const warmth = step < warmup ? (step + 1) / warmup : 1;
  const after = Math.max(step - warmup, 0);
  const total = Math.max(rules.epochs * stepsPerEpoch - warmup, 1);
  return rules.learningRate * warmth * share(rules, Math.floor(step / stepsPerEpoch), after, total, history);
}

/** The part of the recipe's rate after the warm-up, at step `t` of `total`. */
function share(
  { schedule, dropEpochs, dropFactor }: RateRules,
  epochsDone: number,
  t: number,
  total: number,
  history: readonly EpochMetrics[],
): number {
  switch (schedule) {
    case 'constant':
      return 1;
    case 'step':
      return dropFactor ** Math.floor(epochsDone / dropEpochs);
    case 'cosine':
      return cosineBetween(1, 0, t / total);
    case 'one-cycle': {
      const start = 1 / startDivisor;
      const top = rise * total - 1;
      return t <= top
        ? cosineBetween(start, 1, t / top)
        : cosineBetween(1, start / endDivisor, (t - top) / (total - 1 - top));
    }
    case 'plateau':
      return dropFactor ** plateauDrops(history, dropEpochs);
  }
}

/** From `a` at 0 to `b` at 1 along half a cosine. */
const cosineBetween = (a: number, b: number, at: number): number => b + ((a - b) * (1 + Math.cos(Math.PI * at))) / 2;

/** What plateaus and early stopping watch: the validation loss, or without a validation split the training loss. */
const watched = ({ loss, validationLoss }: EpochMetrics): number => validationLoss ?? loss;

/** Whether the last `patience` epochs all passed without a loss lower than the lowest before; never with 0. */
export function hasStalled(history: readonly EpochMetrics[], patience: number): boolean {
  if (patience === 0) return false;
  const losses = history.map(watched);
  const lowest = losses.reduce((best, loss, at) => (loss < losses[best]! ? at : best), 0);
  return losses.length - 1 - lowest >= patience;
}

/** How often in a row of epochs `patience` of them passed without a loss lower than the lowest before. */
export function plateauDrops(history: readonly EpochMetrics[], patience: number): number {
  let lowest = Infinity;
  let waited = 0;
  let drops = 0;
  for (const loss of history.map(watched)) {
    waited++;
    if (loss < lowest - plateauMargin) {
      lowest = loss;
      waited = 0;
    } else if (waited === patience) {
      drops++;
      waited = 0;
    }
  }
  return drops;
}

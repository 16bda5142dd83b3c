/** The run that is going, as the training events tell of it. Pure, so that every order of events can be tested. */
import type { ErrorReport } from '../../src-main/shared/errors.ts';
import type { Events } from '../../src-main/shared/events.ts';
import type { EpochMetrics, RunEnd } from '../../src-main/shared/run.ts';

type Progress = Events['training.progress'];

export interface ActiveRun extends Progress {
  name: string;
}

/** What the list of events beside the curves says, newest last. */
export type RunNote = { at: number; runId: string } & (
  | { kind: 'started' }
  | { kind: 'resumed'; epoch: number }
  | { kind: 'warning'; error: ErrorReport }
  | { kind: 'paused'; epoch: number }
  | { kind: 'continued'; epoch: number }
  | { kind: 'epoch'; metrics: EpochMetrics }
  | { kind: 'best'; metrics: EpochMetrics }
  | { kind: 'ended'; end: RunEnd; error: ErrorReport | null; early: boolean }
);

/** A run that was just started: nothing is known of it but its name and length. */
export function startedRun(runId: string, name: string, epochs: number): ActiveRun {
  return {
    runId,
    name,
    state: 'preparing',
    epoch: 0,
    epochs,
    step: 0,
    steps: 0,
    imagesPerSecond: null,
    etaSeconds: null,
    learningRate: null,
    loss: null,
    accuracy: null,
  };
}

/** The active run after a progress event; events of other runs change nothing. */
export function afterProgress(active: ActiveRun | null, progress: Progress): ActiveRun | null {
  if (!active || active.runId !== progress.runId) return active;
  return { ...active, ...progress };
}

/** The part of the run that is done, 0 to 1: whole epochs and the steps of this one; null while it is being prepared. */
export const shareDone = ({ state, epoch, epochs, step, steps }: ActiveRun): number | null =>
  state === 'preparing' || steps === 0 ? null : (Math.max(epoch - 1, 0) + step / steps) / epochs;

/** The metrics after an epoch: an epoch that is already there (told twice after a reload) is replaced. */
export function withEpoch(metrics: readonly EpochMetrics[], epoch: EpochMetrics): EpochMetrics[] {
  return [...metrics.filter((entry) => entry.epoch < epoch.epoch), epoch];
}

/**
 * Points [epoch, value] of one curve. While the run goes, its means over the epoch so far stand at the share of the
 * epoch that has passed: step 30 of 60 in epoch 3 is at 2.5.
 */
export function curve(
  metrics: readonly EpochMetrics[],
  figure: 'loss' | 'accuracy' | 'validationLoss' | 'validationAccuracy',
  active: ActiveRun | null = null,
): [number, number][] {
  const points: [number, number][] = [];
  for (const entry of metrics) {
    const value = entry[figure];
    if (value !== undefined) points.push([entry.epoch, value]);
  }
  if (!active || (figure !== 'loss' && figure !== 'accuracy')) return points;
  const value = active[figure];
  const at = active.steps > 0 ? active.epoch - 1 + active.step / active.steps : 0;
  if (value !== null && at > (points.at(-1)?.[0] ?? 0)) points.push([at, value]);
  return points;
}

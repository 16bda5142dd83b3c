/** What the Batch norm tab shows of one layer, beside what is measured for it. */
import type { NormHistory, Recalibration } from '../../../../src-main/shared/inspection.ts';
import type { WeightsChoice } from '../../../../src-main/shared/run.ts';
import { connection } from '../../../state/connection.svelte.ts';
import type { Target } from '../tabs.ts';

export interface BatchNormAnswer {
  /** null for a network that nobody has trained, and where nothing was recorded. */
  history: NormHistory | null;
  /** The run whose statistics can be recalibrated; null where they cannot. */
  run: { runId: string; weights: WeightsChoice } | null;
  recalibration: Recalibration | null;
}

export async function askBatchNorm(target: Target): Promise<BatchNormAnswer> {
  const { subject, layer } = target;
  const run = 'runId' in subject && subject.weights !== 'start' ? { ...subject, weights: subject.weights } : null;
  const [history, recalibration] = await Promise.all([
    'runId' in subject ? connection.request('batchNorm.history', { runId: subject.runId, layer }) : null,
    run && connection.request('batchNorm.recalibration', run),
  ]);
  return { history, run, recalibration };
}

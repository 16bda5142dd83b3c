/** Figures of runs that several parts of the train view show. */
import type { RunSummary } from '../../../src-main/shared/project.ts';

/** A run keeps its colour when newer runs come: counted from the oldest. The list is newest first. */
export const colorIndex = (list: readonly RunSummary[], runId: string): number =>
  Math.max(0, list.length - 1 - list.findIndex(({ id }) => id === runId));

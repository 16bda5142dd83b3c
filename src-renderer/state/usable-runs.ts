import type { RunSummary } from '../../src-main/shared/project.ts';

/** Runs that can be used for something: they ended and have at least one whole epoch. The order stays. */
export function usableRuns(list: readonly RunSummary[]): readonly RunSummary[] {
  return list.filter((run) => run.end !== null && run.last !== null);
}

/** The chosen run while it exists, else the first (newest) one. */
export function chosenRun(list: readonly RunSummary[], chosen: string | null): RunSummary | null {
  return list.find(({ id }) => id === chosen) ?? list[0] ?? null;
}

/** Ended before its last epoch, and not because of what it learnt. */
export const canResume = ({ end, epochs, recipe }: RunSummary): boolean =>
  (end === 'stopped' || end === 'engineLost' || end === 'failed') && epochs < recipe.epochs;

import type { RunSummary } from '../../src-main/shared/project.ts';
import { runs, type Runs } from './run.svelte.ts';

/** Which runs' curves are shown over each other, and which run's facts. The newest run is shown until told otherwise. */
export class RunSelection {
  readonly #runs: Runs;
  #shown = $state.raw<Readonly<Record<string, boolean>>>({});
  #chosen = $state<string | null>(null);

  constructor(all: Runs) {
    this.#runs = all;
  }

  /** Newest first. */
  get shown(): RunSummary[] {
    return this.#runs.list.filter((run) => this.isShown(run.id));
  }

  /** The run whose facts are shown; a run that has just begun is not in the list yet. */
  get chosenId(): string | null {
    const { list, active } = this.#runs;
    if (list.some(({ id }) => id === this.#chosen)) return this.#chosen;
    return active?.runId ?? list[0]?.id ?? null;
  }

  get chosen(): RunSummary | null {
    return this.#runs.list.find(({ id }) => id === this.chosenId) ?? null;
  }

  isShown(runId: string): boolean {
    return this.#shown[runId] ?? this.#runs.list[0]?.id === runId;
  }

  show(runId: string, shown: boolean): void {
    this.#shown = { ...this.#shown, [runId]: shown };
  }

  /** null goes back to the run in progress, else the newest. */
  choose(runId: string | null): void {
    this.#chosen = runId;
  }
}

export const runSelection = new RunSelection(runs);

/** Keeps in a run's folder what it learns while it trains. A full disk costs what did not fit on it, not the training. */
import { ReceptiveError, reportError } from '../../shared/errors.ts';
import type { EpochMetrics } from '../../shared/run.ts';
import type { Position } from './checkpoint.ts';
import type { RunFolder } from './run-folder.ts';
import type { Trainer } from './trainer.ts';

export class RunSaver {
  readonly #run: RunFolder;
  readonly #trainer: Trainer;
  readonly #onWarning: (warning: ReceptiveError) => void;
  #saved: Position | null;
  /** What was to be saved last, where that failed, and why. */
  #unsaved: { position: Position; why: ReceptiveError } | null = null;

  /** `saved`: where the run stands on the disk. */
  constructor(run: RunFolder, trainer: Trainer, saved: Position | null, onWarning: (warning: ReceptiveError) => void) {
    this.#run = run;
    this.#trainer = trainer;
    this.#saved = saved;
    this.#onWarning = onWarning;
  }

  appendMetrics(metrics: EpochMetrics): void {
    try {
      this.#run.appendMetrics(metrics);
    } catch (error) {
      this.#onWarning(notSaved(`The metrics of epoch ${metrics.epoch}`, error, 'They are written with the next ones.'));
    }
  }

  async save(position: Position): Promise<void> {
    try {
      await this.#write(position);
    } catch (error) {
      const why = notSaved(`The weights after ${placeOf(position)}`, error, this.#kept);
      this.#unsaved = { position, why };
      this.#onWarning(why);
    }
  }

  /**
   * To be called once training is over. Gives why its last weights are not on the disk; null where they are.
   * @throws when no weights at all are.
   */
  async finish(): Promise<ReceptiveError | null> {
    if (this.#saved === null && this.#unsaved) await this.#write(this.#unsaved.position);
    return this.#unsaved?.why ?? null;
  }

  /** Of a training that diverged also says what is left of it. */
  withKept(error: unknown): unknown {
    if (!(error instanceof ReceptiveError) || error.code !== 'diverged') return error;
    return new ReceptiveError('diverged', `${error.message} ${this.#kept}`, error.hint);
  }

  get #kept(): string {
    return this.#saved ? `The weights after ${placeOf(this.#saved)} are kept.` : 'There was no checkpoint to keep yet.';
  }

  async #write(position: Position): Promise<void> {
    await this.#run.saveCheckpoint({ ...position, tensors: this.#trainer.readWeights() });
    this.#saved = position;
    this.#unsaved = null;
  }
}

const placeOf = ({ epoch, begun }: Position): string =>
  begun ? `step ${begun.steps} of epoch ${epoch + 1}` : `epoch ${epoch}`;

function notSaved(what: string, error: unknown, rest: string): ReceptiveError {
  const { code, message, hint } = reportError(error);
  return new ReceptiveError(code, `${what} could not be saved: ${message} ${rest}`, hint);
}

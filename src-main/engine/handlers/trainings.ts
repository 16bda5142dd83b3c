/** The training that is going on: at most one, started, held up and stopped from the screen. */
import { ReceptiveError, reportError } from '../../shared/errors.ts';
import type { ErrorReport } from '../../shared/errors.ts';
import type { RunEnd } from '../../shared/run.ts';
import { TrainingProcess } from '../training/training-process.ts';
import type { TrainingResult } from '../training/training-functions.ts';
import type { Hears } from '../training/training-process.ts';
import type { Tell } from './context.ts';

/** How a training ended. */
export interface TrainingEnd {
  end: RunEnd;
  /** Why, or what went wrong without ending it. */
  error: ErrorReport | null;
}

interface Going {
  runId: string;
  trainer: TrainingProcess;
  paused: boolean;
  stopped: boolean;
  ended: Promise<void>;
}

export class Trainings {
  readonly #tell: Tell;
  #going: Going | null = null;
  /** All of it is being stopped: nothing begins after it. */
  #leaving = false;
  /** Called when a training has ended and another one may begin. */
  onFree: () => void = () => undefined;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  isGoing(runId: string): boolean {
    return this.#going?.runId === runId;
  }

  /** Whether none is going, and one may begin. */
  get free(): boolean {
    return this.#going === null && !this.#leaving;
  }

  get leaving(): boolean {
    return this.#leaving;
  }

  get paused(): boolean {
    return this.#going?.paused ?? false;
  }

  /**
   * Starts `work` in a process of its own, which is gone before the end is told. `onEnd` notes how it ended, and whether
   * it was to go on until then, and may add to it. Throws 'usage' while another training is going: two would share the
   * same cores and memory.
   */
  start(
    runId: string,
    hears: Hears,
    work: (trainer: TrainingProcess) => Promise<TrainingResult>,
    onEnd: (end: TrainingEnd, wanted: boolean) => TrainingEnd,
  ): void {
    if (this.#going) {
      throw new ReceptiveError('usage', 'A training is going on already.', 'Wait until it ends, or stop it first.');
    }
    const trainer = new TrainingProcess(hears);
    const ended = this.#run(runId, trainer, work, onEnd);
    this.#going = { runId, trainer, paused: false, stopped: false, ended };
  }

  pause(runId: string): void {
    const going = this.#require(runId);
    going.paused = true;
    ask(going, 'pause');
  }

  continue(runId: string): void {
    const going = this.#require(runId);
    going.paused = false;
    ask(going, 'continue');
  }

  /** Asks it to stop after its step; 'training.ended' follows when it has. */
  stop(runId: string): void {
    stop(this.#require(runId));
  }

  /** Stops what is going and waits until it has ended. */
  async stopAll(): Promise<void> {
    if (!this.#going) return;
    this.#leaving = true;
    stop(this.#going);
    await this.#going.ended.finally(() => (this.#leaving = false));
  }

  /** What that run shows of one image is of the image in `path` from now on; null for one of its own. */
  watch(path: string | null): void {
    void this.#going?.trainer.call('watch', { path }).catch(() => undefined);
  }

  #require(runId: string): Going {
    if (this.#going?.runId === runId) return this.#going;
    throw new ReceptiveError('not-found', `Run "${runId}" is not training.`, 'It may have ended in the meantime.');
  }

  async #run(
    runId: string,
    trainer: TrainingProcess,
    work: Parameters<Trainings['start']>[2],
    onEnd: Parameters<Trainings['start']>[3],
  ): Promise<void> {
    // The id reaches the screen before anything about the run does.
    await new Promise((resolve) => setImmediate(resolve));
    const ended = await work(trainer).then(({ end, unsaved }): TrainingEnd => ({ end, error: unsaved }), endOf);
    trainer.close();
    const { paused, stopped } = this.#going!;
    this.#going = null;
    let told = ended;
    try {
      told = onEnd(ended, !paused && !stopped);
    } catch (error) {
      // The project could not note it: a full disk, say.
      told = { ...ended, error: reportError(error) };
    }
    this.#tell('training.ended', { runId, ...told });
    if (this.free) this.onFree();
  }
}

function stop(going: Going): void {
  going.paused = false;
  going.stopped = true;
  ask(going, 'stop');
}

/** Whether it was heard shows in what it does. */
function ask({ trainer }: Going, what: 'pause' | 'continue' | 'stop'): void {
  void trainer.call(what, undefined).catch(() => undefined);
}

const ends: Partial<Record<ErrorReport['code'], RunEnd>> = { diverged: 'diverged', 'engine-lost': 'engineLost' };

function endOf(thrown: unknown): TrainingEnd {
  const error = reportError(thrown);
  if (error.code === 'interrupted') return { end: 'stopped', error: null };
  return { end: ends[error.code] ?? 'failed', error };
}

/** The training that is going on: at most one, started, held up and stopped from the screen. */
import { ReceptiveError, reportError } from '../../shared/errors.ts';
import type { RunEnd } from '../../shared/run.ts';
import { WorkControl } from '../training/control.ts';
import type { Tell } from './context.ts';

/** What training answers with when it ends by itself: how, and what went wrong without ending it. */
export interface TrainingEnd {
  end: Extract<RunEnd, 'completed' | 'stopped'>;
  warning: unknown;
}

interface Going {
  runId: string;
  control: WorkControl;
  ended: Promise<void>;
}

export class Trainings {
  readonly #tell: Tell;
  #going: Going | null = null;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  isGoing(runId: string): boolean {
    return this.#going?.runId === runId;
  }

  get paused(): boolean {
    return this.#going?.control.paused ?? false;
  }

  /**
   * Starts `work` in the background. `onEnd` notes how it ended before the screen is told. Throws 'usage' while another
   * training is going: two would share the same cores and memory.
   */
  start(runId: string, work: (control: WorkControl) => Promise<TrainingEnd>, onEnd: (end: RunEnd) => void): void {
    if (this.#going) {
      throw new ReceptiveError('usage', 'A training is going on already.', 'Wait until it ends, or stop it first.');
    }
    const control = new WorkControl();
    this.#going = { runId, control, ended: this.#run(runId, control, work, onEnd) };
  }

  pause(runId: string): void {
    this.#require(runId).control.pause();
  }

  continue(runId: string): void {
    this.#require(runId).control.continue();
  }

  /** Asks it to stop; 'training.ended' follows when it has. */
  stop(runId: string): void {
    this.#require(runId).control.stop();
  }

  /** Stops what is going and waits until it has ended. */
  async stopAll(): Promise<void> {
    this.#going?.control.stop();
    await this.#going?.ended;
  }

  #require(runId: string): Going {
    if (this.#going?.runId === runId) return this.#going;
    throw new ReceptiveError('not-found', `Run "${runId}" is not training.`, 'It may have ended in the meantime.');
  }

  async #run(
    runId: string,
    control: WorkControl,
    work: (control: WorkControl) => Promise<TrainingEnd>,
    onEnd: (end: RunEnd) => void,
  ): Promise<void> {
    // The id reaches the screen before anything about the run does.
    await new Promise((resolve) => setImmediate(resolve));
    const { end, error } = await work(control).then(
      ({ end, warning }) => ({ end, error: warning === null ? null : reportError(warning) }),
      (error: unknown) => endOf(error, control),
    );
    this.#going = null;
    try {
      onEnd(end);
    } finally {
      this.#tell('training.ended', { runId, end, error });
    }
  }
}

function endOf(error: unknown, control: WorkControl): { end: RunEnd; error: ReturnType<typeof reportError> | null } {
  const report = reportError(error);
  if (report.code === 'diverged') return { end: 'diverged', error: report };
  if (control.stopped) return { end: 'stopped', error: null };
  return { end: 'failed', error: report };
}

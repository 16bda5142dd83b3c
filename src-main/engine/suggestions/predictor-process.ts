/** The predictor process, from its start to its end, as the engine sees it. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { createBirpc } from 'birpc';
import type { BirpcReturn } from 'birpc';
import { errorFromReport, ReceptiveError } from '../../shared/errors.ts';
import type { Reply } from '../../shared/protocol.ts';
import type { PredictorFunctions } from './predictor.ts';

const entry = fileURLToPath(new URL('predictor-main.ts', import.meta.url));

interface Remote {
  call(name: string, given: unknown): Reply<unknown>;
}

export class PredictorProcess {
  readonly #child: ChildProcess;
  readonly #rpc: BirpcReturn<Remote, object>;
  /** Why it is gone. */
  #lost: ReceptiveError | null = null;

  constructor() {
    const child = fork(entry, [], {
      execArgv: [],
      serialization: 'advanced',
      // TensorFlow's greeting would stand among what the engine says.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#child = child;
    if (child.pid !== undefined) yieldToOthers(child.pid);
    this.#rpc = createBirpc<Remote, object>(
      {},
      {
        // A send that fails is followed by the end of the process, which rejects the call.
        post: (message) => void child.send(message, () => undefined),
        on: (listener) => void child.on('message', listener),
        timeout: -1,
      },
    );
    const end = (how: string): void => {
      this.#lost ??= lost(how);
      this.#rpc.$close(this.#lost);
    };
    child.once('error', (error) => end(error.message));
    child.once('close', (code, signal) => end(signal ?? `exit code ${code}`));
  }

  /** Throws what the function throws, and 'engine-lost' when the process ends first. */
  async call<N extends keyof PredictorFunctions>(
    name: N,
    given: Parameters<PredictorFunctions[N]>[0],
  ): Promise<ReturnType<PredictorFunctions[N]>> {
    if (this.#lost) throw this.#lost;
    const reply = (await this.#rpc.$call('call', name, given)) as Reply<ReturnType<PredictorFunctions[N]>>;
    if (!reply.ok) throw errorFromReport(reply.error);
    return reply.value;
  }

  /** Ends the process; calls that are waiting are rejected. */
  close(): void {
    this.#child.kill('SIGKILL');
  }
}

/** Suggestions can wait; a training, the window and the decoders it waits for go first. */
function yieldToOthers(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It may have ended already, which is told another way.
  }
}

const lost = (how: string): ReceptiveError =>
  new ReceptiveError(
    'engine-lost',
    `The process that computes suggestions ended (${how}).`,
    'Start again: what was computed before is kept.',
  );

/** A process of the engine's own, from its start to its end, as the engine sees it; serve.ts is the other side. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { createBirpc } from 'birpc';
import type { BirpcReturn } from 'birpc';
import { errorFromReport } from '../../shared/errors.ts';
import type { ReceptiveError } from '../../shared/errors.ts';
import type { Functions, HelperSide, OwnerSide } from './protocol.ts';

export interface HelperOptions<Told> {
  /** Everything else goes before what it computes. */
  yields?: boolean;
  /** Whether what it writes to stderr stands among what the engine says. */
  heard?: boolean;
  /** In the order in which it was told, and before the answer to the call that it was told in. What it throws ends the process. */
  onTold?(told: Told): void;
  /** What its end means to whoever waits for an answer; `how` is a signal or an exit code. */
  lost(how: string): ReceptiveError;
}

export class HelperProcess<F extends Functions<F>, Told = never> {
  readonly #child: ChildProcess;
  readonly #rpc: BirpcReturn<HelperSide, OwnerSide<Told>>;
  /** Why it is gone. */
  #lost: Error | null = null;
  /** Resolves once it has ended. */
  readonly ended: Promise<void>;

  constructor(entry: URL, { yields = false, heard = false, onTold, lost }: HelperOptions<Told>) {
    const child = fork(fileURLToPath(entry), [], {
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', heard ? 'inherit' : 'ignore', 'ipc'],
    });
    this.#child = child;
    if (yields && child.pid !== undefined) yieldToOthers(child.pid);
    const end = (error: Error): void => {
      this.#lost ??= error;
      this.#rpc.$close(this.#lost);
    };
    const told = (what: Told): void => {
      try {
        onTold?.(what);
      } catch (error) {
        end(error as Error);
        this.close();
      }
    };
    this.#rpc = createBirpc<HelperSide, OwnerSide<Told>>(
      { told },
      {
        // A send that fails is followed by the end of the process, which rejects the call.
        post: (message) => void child.send(message, () => undefined),
        on: (listener) => void child.on('message', listener),
        timeout: -1,
      },
    );
    child.once('error', (error) => end(lost(error.message)));
    this.ended = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        end(lost(signal ?? `exit code ${code}`));
        resolve();
      });
    });
  }

  /** Whether it has not ended yet, as far as is known. */
  get alive(): boolean {
    return this.#lost === null;
  }

  /** Throws what the function throws, and what its end means when the process ends first. */
  async call<N extends keyof F & string>(name: N, given: Parameters<F[N]>[0]): Promise<Awaited<ReturnType<F[N]>>> {
    if (this.#lost) throw this.#lost;
    const reply = await this.#rpc.$call('call', name, given);
    if (!reply.ok) throw errorFromReport(reply.error);
    return reply.value as Awaited<ReturnType<F[N]>>;
  }

  /** Ends the process; calls that are waiting are rejected. */
  close(): void {
    this.#child.kill('SIGKILL');
  }
}

function yieldToOthers(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It may have ended already, which is told another way.
  }
}

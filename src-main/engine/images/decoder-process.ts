/** One decoder process, from its start to its end. It does one call after another; the next may be sent to wait there. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createBirpc } from 'birpc';
import type { BirpcReturn } from 'birpc';
import type { DecoderEvents, DecoderFunctions } from '../../shared/decoder.ts';
import { Parcels } from './parcels.ts';

const entry = fileURLToPath(new URL('../../decoder/main.ts', import.meta.url));

/** It takes a third of a second on a quiet machine. */
const startTimeoutMs = 30_000;

/** The number that the file for large answers has in the decoder: what follows on stdio. */
const parcelsFile = 4;

/** What of the environment a decoder gets; NODE_OPTIONS, LD_PRELOAD and the like stay out. */
const inherited = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'TZ'];

/** The process ended, or was ended because it hung, before it answered. */
export class DecoderLost extends Error {
  /** Whether it ever answered: without that the fault is not an image's. */
  readonly wasReady: boolean;
  readonly hung: boolean;
  /** False for a call that only waited in the process while it worked on another. */
  readonly atWork: boolean;

  constructor(message: string, { wasReady, hung, atWork }: { wasReady: boolean; hung: boolean; atWork: boolean }) {
    super(message);
    this.wasReady = wasReady;
    this.hung = hung;
    this.atWork = atWork;
  }
}

interface Call {
  timeoutMs: number;
}

export class DecoderProcess {
  /** Resolves, once the process is gone, with what ended it. */
  readonly ended: Promise<DecoderLost>;
  readonly #child: ChildProcess;
  /** Settled when it has started, or could not. */
  readonly #ready: Promise<void>;
  readonly #rpc: BirpcReturn<DecoderFunctions, DecoderEvents>;
  readonly #parcels = new Parcels();
  /** What it has been sent and has not answered: it works on the first. */
  readonly #calls: Call[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** The call at work when it ended. */
  #last: Call | undefined;
  /** How many wait for it. */
  #holds = 0;
  #wasReady = false;
  #hung = false;
  #complaints = '';

  constructor() {
    const env = Object.fromEntries(inherited.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
    const { file } = this.#parcels;
    const child = fork(entry, file === null ? [] : [String(parcelsFile)], {
      execArgv: [],
      // libvips then refuses the formats whose readers are not made for hostile files.
      env: { ...env, VIPS_BLOCK_UNTRUSTED: '1' },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc', file ?? 'ignore'],
    });
    this.#child = child;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints = (this.#complaints + text).slice(-2000);
    });
    const { promise: ready, resolve: setReady, reject: setFailed } = Promise.withResolvers<void>();
    this.#ready = ready;
    this.#rpc = createBirpc<DecoderFunctions, DecoderEvents>(
      {
        ready: () => {
          this.#wasReady = true;
          setReady();
        },
      },
      {
        // A send that fails is followed by the end of the process, which rejects the call.
        post: (message) => void child.send(message, () => undefined),
        on: (listener) => void child.on('message', listener),
        timeout: -1,
      },
    );
    this.ended = new Promise((resolve) => {
      const end = (how: string) => {
        const lost = new DecoderLost(how, { wasReady: this.#wasReady, hung: this.#hung, atWork: true });
        clearTimeout(this.#timer);
        [this.#last] = this.#calls;
        this.#rpc.$close(lost);
        this.#parcels.close();
        setFailed(lost);
        resolve(lost);
      };
      child.once('error', (error) => end(error.message));
      child.once('close', (code, signal) => end(signal ?? (this.#complaints.trim() || `exit code ${code}`)));
    });
    // Whoever waits for `started` sees the failure; when nobody does, it is no unhandled rejection.
    ready.catch(() => undefined);
    this.#hold(0);
  }

  get alive(): boolean {
    return !this.#rpc.$closed;
  }

  /** Whether it is up: from then on what ends it may be the fault of the image it works on. */
  get answering(): boolean {
    return this.#wasReady && this.alive;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Resolves when calls can be answered. @throws DecoderLost */
  async started(): Promise<void> {
    this.#hold(1);
    const timer = setTimeout(() => this.kill(), startTimeoutMs);
    try {
      await this.#ready;
    } finally {
      clearTimeout(timer);
      this.#hold(-1);
    }
  }

  /**
   * Of a process that has started. A large answer that is nothing but bytes is put in `into` where that is given.
   * @throws DecoderLost when the process ends first, or when it works on it longer than `timeoutMs` and is ended.
   */
  async call<N extends keyof DecoderFunctions>(
    name: N,
    args: Parameters<DecoderFunctions[N]>,
    timeoutMs: number,
    into?: Uint8Array,
  ): Promise<Awaited<ReturnType<DecoderFunctions[N]>>> {
    const call: Call = { timeoutMs };
    if (this.#calls.push(call) === 1) this.#watch();
    this.#hold(1);
    try {
      return this.#parcels.unpack(await this.#rpc.$call(name, ...args), into);
    } catch (error) {
      if (!(error instanceof DecoderLost) || call === this.#last) throw error;
      throw new DecoderLost(error.message, { ...error, atWork: false });
    } finally {
      this.#calls.splice(this.#calls.indexOf(call), 1);
      this.#watch();
      this.#hold(-1);
    }
  }

  /** Gives the call that it now works on its time. */
  #watch(): void {
    clearTimeout(this.#timer);
    const [call] = this.#calls;
    if (!call || !this.alive) return;
    this.#timer = setTimeout(() => {
      this.#hung = true;
      this.kill();
    }, call.timeoutMs);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
    this.#hold(1);
  }

  /** An idle decoder must not keep a finished command from exiting; the end of one that was killed is waited for. */
  #hold(more: number): void {
    this.#holds += more;
    const change = this.#holds > 0 ? 'ref' : 'unref';
    this.#child[change]();
    this.#child.channel?.[change]();
    (this.#child.stderr as Socket | null)?.[change]();
  }
}

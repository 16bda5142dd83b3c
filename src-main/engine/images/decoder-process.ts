/** One decoder process, from its start to its end. It does one call at a time. */
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

  constructor(message: string, wasReady: boolean, hung: boolean) {
    super(message);
    this.wasReady = wasReady;
    this.hung = hung;
  }
}

export class DecoderProcess {
  /** Resolves, once the process is gone, with what ended it. */
  readonly ended: Promise<DecoderLost>;
  readonly #child: ChildProcess;
  /** Settled when it has started, or could not. */
  readonly #ready: Promise<void>;
  readonly #rpc: BirpcReturn<DecoderFunctions, DecoderEvents>;
  readonly #parcels = new Parcels();
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
        const lost = new DecoderLost(how, this.#wasReady, this.#hung);
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
    this.#keepEngineAlive(false);
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
    this.#keepEngineAlive(true);
    try {
      await this.#orKill(this.#ready, startTimeoutMs);
    } finally {
      this.#keepEngineAlive(false);
    }
  }

  /**
   * Of a process that has started. A large answer that is nothing but bytes is put in `into` where that is given.
   * @throws DecoderLost when the process ends first, or when it takes longer than `timeoutMs` and is ended.
   */
  async call<N extends keyof DecoderFunctions>(
    name: N,
    args: Parameters<DecoderFunctions[N]>,
    timeoutMs: number,
    into?: Uint8Array,
  ): Promise<Awaited<ReturnType<DecoderFunctions[N]>>> {
    this.#keepEngineAlive(true);
    try {
      const answer = await this.#orKill(this.#rpc.$call(name, ...args), timeoutMs, () => (this.#hung = true));
      return this.#parcels.unpack(answer, into);
    } finally {
      this.#keepEngineAlive(false);
    }
  }

  async #orKill<T>(work: Promise<T>, timeoutMs: number, onTimeout?: () => void): Promise<T> {
    const timer = setTimeout(() => {
      onTimeout?.();
      this.kill();
    }, timeoutMs);
    try {
      return await work;
    } finally {
      clearTimeout(timer);
    }
  }

  kill(): void {
    this.#child.kill('SIGKILL');
    this.#keepEngineAlive(true);
  }

  /** An idle decoder must not keep a finished command from exiting; the end of one that was killed is waited for. */
  #keepEngineAlive(busy: boolean): void {
    if (!busy && this.#child.killed) return;
    const change = busy ? 'ref' : 'unref';
    this.#child[change]();
    this.#child.channel?.[change]();
    (this.#child.stderr as Socket | null)?.[change]();
  }
}

/**
 * The engine's way to the image codecs: a few decoder processes that share one queue. A process that crashes or hangs
 * costs at most the one image it was working on, and is replaced at the next call.
 */
import { availableParallelism } from 'node:os';
import type { DecoderFunctions, ImageMeasures, ProbedImage, RejectedImage } from '../../shared/decoder.ts';
import { ReceptiveError } from '../../shared/errors.ts';
import type { EncodedImage } from '../../shared/pictures.ts';
import type { Preprocessing } from '../../shared/run.ts';
import { DecoderLost, DecoderProcess } from './decoder-process.ts';
import { DecoderQueue } from './decoder-queue.ts';
import type { DecoderPriority } from './decoder-queue.ts';
import { throwIfInterrupted } from './interrupted.ts';

export interface DecoderOptions {
  /** How many images are decoded side by side. By default one a processor core, at least 2 and at most 8. */
  processes?: number;
  /** An image that takes longer is given up and its process replaced. */
  timeoutMs?: number;
}

/** How a call waits for its turn. */
export interface Waiting {
  /** `work` when left out. */
  priority?: DecoderPriority;
  /** Aborted while it waits, the call is dropped and rejects with `interrupted`. */
  signal?: AbortSignal | undefined;
}

interface CallOptions extends Waiting {
  /** Where an answer that is nothing but bytes is to be put. */
  into?: Uint8Array | undefined;
}

type FunctionName = keyof DecoderFunctions;

interface Job {
  /** As they came. */
  readonly number: number;
  run(process: DecoderProcess): Promise<void>;
  fail(error: Error): void;
  priority: DecoderPriority;
  /** Processes that ended while they worked on it, and that ended before they could. */
  crashes: number;
  failedStarts: number;
}

export class DecoderClient {
  readonly processes: number;
  readonly #timeoutMs: number;
  readonly #queue = new DecoderQueue<Job>();
  readonly #running = new Map<number, DecoderProcess>();
  /** Two a process, each with a job there: the process does one, and the other waits, so that it never waits itself. */
  readonly #busyLanes = new Set<number>();
  readonly #lostListeners = new Set<(message: string) => void>();
  #closed = false;
  #jobs = 0;

  constructor(options: DecoderOptions = {}) {
    this.processes = options.processes ?? Math.min(Math.max(availableParallelism(), 2), 8);
    this.#timeoutMs = options.timeoutMs ?? 30_000;
  }

  /** Decodes the file to its end and tells what it is. A file that cannot be used is an answer, not an error. */
  probe(path: string): Promise<ProbedImage | RejectedImage> {
    return orRejected(this.#call('probe', [path]));
  }

  /**
   * uint8 [height, width, channels], 0 to 255: put in `into`, which has that length, or else in an array of their own.
   * @throws ReceptiveError `unreadable`, whose message is the reason; `into` is then as it was.
   */
  async pixels(path: string, preprocessing: Preprocessing, into?: Uint8Array): Promise<Uint8Array> {
    return unlessRejected(await this.#call('pixels', [path, preprocessing], { into }));
  }

  /** All that `probe` tells, and how the image looks. @throws ReceptiveError `unreadable` */
  async measure(path: string): Promise<ImageMeasures> {
    return unlessRejected(await this.#call('measure', [path]));
  }

  /** At most `size` pixels on the longer side, never enlarged. @throws ReceptiveError `unreadable` */
  async thumbnail(path: string, size: number, waiting?: Waiting): Promise<EncodedImage> {
    return unlessRejected(await this.#call('thumbnail', [path, size], waiting));
  }

  /** `pixels`: uint8 [height, width, channels]. */
  encodePng(pixels: Uint8Array, height: number, width: number, channels: 1 | 3 | 4): Promise<Uint8Array> {
    return this.#call('encodePng', [pixels, height, width, channels]);
  }

  /** Starts a process, where none runs, so that the first image does not wait for that. */
  warmUp(): void {
    if (this.#running.size === 0 && !this.#closed) void this.#work(0);
  }

  /** Tells whenever a decoder process ended unasked. Returns the way to stop listening. */
  onLost(listener: (message: string) => void): () => void {
    this.#lostListeners.add(listener);
    return () => this.#lostListeners.delete(listener);
  }

  /** Ids of the decoder processes that are up and answering. */
  get pids(): number[] {
    return [...this.#running.values()].flatMap((process) => (process.answering ? (process.pid ?? []) : []));
  }

  /** Ends the processes; calls that are waiting are rejected with `interrupted`. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#queue.takeAll()) job.fail(closedError());
    const running = [...this.#running.values()];
    for (const process of running) process.kill();
    await Promise.all(running.map(({ ended }) => ended));
  }

  async #call<N extends FunctionName>(
    name: N,
    args: Parameters<DecoderFunctions[N]>,
    { priority = 'work', signal, into }: CallOptions = {},
  ): Promise<Awaited<ReturnType<DecoderFunctions[N]>>> {
    if (this.#closed) throw closedError();
    throwIfInterrupted(signal);
    const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<DecoderFunctions[N]>>>();
    const job: Job = {
      number: this.#jobs++,
      run: async (process) => resolve(await process.call(name, args, this.#timeoutMs, into)),
      fail: reject,
      priority,
      crashes: 0,
      failedStarts: 0,
    };
    const drop = (): void => {
      if (this.#queue.remove(job)) reject(droppedError());
    };
    signal?.addEventListener('abort', drop);
    this.#queue.add(job, priority);
    this.#wake();
    try {
      return await promise;
    } finally {
      signal?.removeEventListener('abort', drop);
    }
  }

  #wake(): void {
    for (let lane = 0; lane < 2 * this.processes; lane++) {
      if (this.#busyLanes.has(lane)) continue;
      if (this.#isFor(lane)) void this.#work(lane);
      break;
    }
  }

  /**
   * Whether a lane takes what is next in the queue. Only work waits in a process: what a person waits for takes the first
   * that is free, and what may be wanted later must not be in its way.
   */
  #isFor(lane: number): boolean {
    const { next } = this.#queue;
    return lane < this.processes ? next !== undefined : next === 'work';
  }

  /** Takes jobs from the queue, one after another, as long as there are; none before it can do them, for others may. */
  async #work(lane: number): Promise<void> {
    this.#busyLanes.add(lane);
    const slot = lane % this.processes;
    do {
      const current = this.#running.get(slot);
      const process = current?.alive ? current : this.#start(slot);
      const failure = await process.started().then(
        () => null,
        (error: Error) => error,
      );
      const job = this.#isFor(lane) && this.#queue.take();
      if (!job) break;
      try {
        if (failure) throw failure;
        await job.run(process);
      } catch (error) {
        this.#settle(job, error as Error);
      }
    } while (this.#isFor(lane));
    this.#busyLanes.delete(lane);
  }

  #start(slot: number): DecoderProcess {
    const process = new DecoderProcess();
    this.#running.set(slot, process);
    void process.ended.then((lost) => {
      if (this.#running.get(slot) === process) this.#running.delete(slot);
      if (this.#closed) return;
      const message = `An image decoder stopped (${lost.hung ? 'it hung' : lost.message}); a new one takes over.`;
      for (const listener of this.#lostListeners) listener(message);
    });
    return process;
  }

  /** A crash need not be the image's fault: it gets one more try, in a fresh process. */
  #settle(job: Job, error: Error): void {
    if (!(error instanceof DecoderLost)) return job.fail(error);
    if (this.#closed) return job.fail(closedError());
    if (!error.atWork) return this.#queue.putBack(job, job.priority);
    if (error.hung) {
      return job.fail(
        new ReceptiveError('unreadable', `decoding it took longer than ${this.#timeoutMs / 1000} s and was given up`),
      );
    }
    if (error.wasReady) job.crashes++;
    else job.failedStarts++;
    if (job.crashes >= 2) {
      return job.fail(new ReceptiveError('unreadable', `the image decoder crashed on it twice (${error.message})`));
    }
    if (job.failedStarts >= 5) {
      return job.fail(
        new ReceptiveError('internal', `The image decoder does not start: ${error.message}`, 'Run the setup again.'),
      );
    }
    this.#queue.putBack(job, job.priority);
  }
}

/** A file that cannot be used, whatever of it the decoder refused, crashed on or hung at, as an answer. */
export async function orRejected<T>(answer: Promise<T | RejectedImage>): Promise<T | RejectedImage> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof ReceptiveError) || error.code !== 'unreadable') throw error;
    return { status: 'rejected', reason: error.message };
  }
}

function unlessRejected<T extends object>(answer: T | RejectedImage): T {
  if ('status' in answer && answer.status === 'rejected') throw new ReceptiveError('unreadable', answer.reason);
  return answer as T;
}

const closedError = (): ReceptiveError =>
  new ReceptiveError('interrupted', 'The image decoder was closed before it could answer.');

const droppedError = (): ReceptiveError =>
  new ReceptiveError('interrupted', 'The image was not needed any more before its turn came.');

/**
 * Keeps one engine running: a child on the pinned Node that is started again whenever it dies. Knows nothing of
 * Electron. States: `starting` (requests wait), `ready`, `lost` (requests are refused), then `starting` by itself.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import type { ErrorReport } from '../shared/errors.ts';
import type { ProjectSummary } from '../shared/project.ts';
import type { EngineState } from '../shared/app.ts';
import type { EngineRequestName, Params, Reply, Result } from '../shared/protocol.ts';
import { connectToEngine } from '../shared/rpc.ts';
import type { EngineEvent, EngineLink } from '../shared/rpc.ts';
import { LongWork } from './long-work.ts';
import { messages } from './messages.ts';

export interface EngineOptions {
  /** The executable of the pinned Node. */
  node: string;
  /** The engine's main module. */
  entry: string;
  env: NodeJS.ProcessEnv;
  /** Asked as soon as the engine first runs, before any waiting request. */
  open: OpenRequest | null;
  onEvent(event: EngineEvent): void;
  /** The project could not be opened, at the start or again after a crash. */
  onOpenFailed(error: ErrorReport): void;
}

/** How to open the project: as asked for at the start, afterwards by its folder. */
export type OpenRequest = {
  [N in 'project.open' | 'project.demo' | 'project.fromFolder']: { name: N; params: Params<N> };
}['project.open' | 'project.demo' | 'project.fromFolder'];

const openers = new Set<string>([
  'project.open',
  'project.fromFolder',
  'project.create',
  'project.demo',
  'project.move',
  'project.restore',
]);

/** A crash sooner than this after the start makes the pause before the next one longer. */
const healthyAfter = 10_000;
const firstDelay = 100;
const longestDelay = 30_000;
/** An engine that got as far as to answer is always back within seconds, however often it was killed. */
const longestDelayOnceReady = 1_000;
/** TensorFlow's libraries can take this long from a slow disk. */
const startLimit = 60_000;
const stopLimit = 500;
const keptLines = 20;
/** So often may the engine die of opening a project before it is started without. */
const openLimit = 2;

export class EngineSupervisor {
  readonly #options: EngineOptions;
  readonly #work = new LongWork();
  #open: OpenRequest | null;
  #opening = false;
  #openCrashes = 0;
  #state: EngineState = { state: 'starting' };
  #child: ChildProcess | null = null;
  #link: EngineLink | null = null;
  #settled = Promise.withResolvers<void>();
  #delay = firstDelay;
  #stopping = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#open = options.open;
  }

  get state(): EngineState {
    return this.#state;
  }

  /** Process id of the running engine, for those who watch over it. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  start(): void {
    const { node, entry, env } = this.#options;
    this.#enter({ state: 'starting' });
    if (!existsSync(node)) return this.#lose(`${messages.engineMissing} ${messages.engineMissingHint}`);
    const startedAt = Date.now();
    const lines: string[] = [];
    const child = fork(entry, [], {
      execPath: node,
      execArgv: [],
      env,
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        if (lines.length > keptLines) lines.shift();
        process.stderr.write(`[engine] ${line}\n`);
      });
    }
    const limit = setTimeout(() => child.kill('SIGKILL'), startLimit);
    this.#link = connectToEngine(child, (event) => {
      if (event.name !== 'engine.state') return this.#hear(event);
      clearTimeout(limit);
      void this.#becomeReady();
    });
    let over = false;
    const end = async (how: string): Promise<void> => {
      if (over) return;
      over = true;
      clearTimeout(limit);
      // What it said last may still be on its way.
      await wait(50);
      // Node prints the source line first and the stack last; what went wrong stands in between.
      const cause = lines.findLast((line) => /^\S*Error\b.*: /.test(line)) ?? how;
      const starting = this.#state.state === 'starting';
      const early = Date.now() - startedAt < healthyAfter;
      const longest = starting ? longestDelay : longestDelayOnceReady;
      this.#delay = early ? Math.min(this.#delay * 3, longest) : firstDelay;
      // Everything it wrote may help where it never worked; later on it is mostly the libraries' chatter.
      this.#lose(starting ? [messages.engineNotStarted(cause), ...lines].join('\n') : messages.engineEnded(cause));
    };
    child.on('error', (error) => void end(error.message));
    child.on('exit', (code, signal) => void end(signal ?? `exit code ${code}`));
  }

  /** Never rejects. Waits while the engine starts; without an engine the reply is 'engine-lost'. */
  async request<N extends EngineRequestName>(name: N, params: Params<N>): Promise<Reply<Result<N>>> {
    if (this.#state.state === 'starting') await this.#settled.promise;
    if (this.#state.state !== 'ready' || !this.#link) return { ok: false, error: this.#lostError() };
    return this.#ask(this.#link, name, params);
  }

  /** Lets the engine finish what it is writing, then makes sure that it is gone. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#timer) clearTimeout(this.#timer);
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    if (child.connected) child.disconnect();
    await Promise.race([gone, wait(stopLimit)]);
    child.kill('SIGKILL');
    await gone;
  }

  async #ask<N extends EngineRequestName>(link: EngineLink, name: N, params: Params<N>): Promise<Reply<Result<N>>> {
    const reply = await link.request(name, params);
    if (!reply.ok) return reply;
    this.#work.started(name, reply.value);
    if (openers.has(name)) {
      this.#open = { name: 'project.open', params: { path: (reply.value as ProjectSummary).path } };
    }
    if (name === 'project.close') this.#open = null;
    return reply;
  }

  async #becomeReady(): Promise<void> {
    const link = this.#link;
    if (!link || this.#state.state !== 'starting') return;
    if (this.#open) {
      const { name, params } = this.#open;
      this.#opening = true;
      const reply = await this.#ask(link, name, params as Params<EngineRequestName>);
      // A crash while opening is told as a crash.
      if (link.closed) return;
      this.#opening = false;
      this.#openCrashes = 0;
      if (!reply.ok) this.#giveUpOpening(reply.error);
    }
    this.#enter({ state: 'ready' });
    this.#settled.resolve();
  }

  #lose(reason: string): void {
    this.#child = null;
    this.#link = null;
    if (this.#stopping) return;
    process.stderr.write(`[engine] lost: ${reason}\n`);
    this.#enter({ state: 'lost', reason });
    if (this.#opening && ++this.#openCrashes === openLimit) this.#giveUpOpening(this.#lostError());
    this.#opening = false;
    for (const event of this.#work.lost(this.#lostError())) this.#options.onEvent(event);
    this.#settled.resolve();
    this.#settled = Promise.withResolvers();
    this.#timer = setTimeout(() => this.start(), this.#delay);
  }

  #giveUpOpening(error: ErrorReport): void {
    this.#open = null;
    this.#openCrashes = 0;
    this.#options.onOpenFailed(error);
  }

  #hear(event: EngineEvent): void {
    this.#work.heard(event);
    this.#options.onEvent(event);
  }

  #enter(state: EngineState): void {
    this.#state = state;
    this.#options.onEvent({ name: 'engine.state', payload: state });
  }

  #lostError(): ErrorReport {
    const message = this.#state.state === 'lost' ? (this.#state.reason.split('\n')[0] ?? '') : messages.engineStopping;
    return { code: 'engine-lost', message, hint: messages.engineLostHint };
  }
}

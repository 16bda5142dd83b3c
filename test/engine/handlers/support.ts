/** A real engine process, driven over IPC as main drives it, and folders of real images for it. */
import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterEach, beforeEach } from 'vitest';
import { errorFromReport } from '../../../src-main/shared/errors.ts';
import type { ErrorReport } from '../../../src-main/shared/errors.ts';
import type { EventName, Events } from '../../../src-main/shared/events.ts';
import type { Evaluation } from '../../../src-main/shared/inspection.ts';
import type { EngineRequestName, Params, Result } from '../../../src-main/shared/protocol.ts';
import { connectToEngine } from '../../../src-main/shared/rpc.ts';
import type { EngineEvent } from '../../../src-main/shared/rpc.ts';
import { createRandom } from '../../../src-main/shared/random.ts';

export interface Engine {
  pid: number;
  events: EngineEvent[];
  /** What it answers. Throws when that is an error. */
  ask<N extends EngineRequestName>(name: N, params: Params<N>): Promise<Result<N>>;
  /** The error it answers with. Throws when there is none. */
  refusal<N extends EngineRequestName>(name: N, params: Params<N>): Promise<ErrorReport>;
  /** The next event of that name that satisfies the condition, or the one that came already. */
  event<E extends EventName>(name: E, wanted?: (payload: Events[E]) => boolean): Promise<Events[E]>;
  /** How many events of that name have come. */
  count(name: EventName): number;
  /** Ends it the way main does, and waits. */
  stop(): Promise<number | null>;
  kill(): Promise<void>;
}

/** The least that can be trained. */
export const linear: Params<'training.start'>['network'] = {
  input: { size: [8, 8], channels: 3 },
  layers: [
    { name: 'flatten', kind: 'flatten' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
};

/**
 * Starts engines that are gone after each test, with a data folder of their own below `home`. `mount` is a shell command
 * that mounts something for that engine alone; what it sees then is below `rootOf(engine)`.
 */
export function useEngines(): { home: string; start(mount?: string): Promise<Engine> } {
  const running: Engine[] = [];
  const context = {
    home: '',
    async start(mount?: string) {
      const engine = await startEngine(join(context.home, 'data'), mount);
      running.push(engine);
      return engine;
    },
  };
  beforeEach(() => {
    context.home = mkdtempSync(join(tmpdir(), 'receptive-engine-'));
  });
  afterEach(async () => {
    for (const engine of running.splice(0)) await engine.kill();
    rmSync(context.home, { recursive: true, force: true });
  });
  return context;
}

/** The root of the file system as that engine has it. */
export const rootOf = ({ pid }: Engine): string => `/proc/${pid}/root`;

/** Runs Node in a place of its own, where even a user who is not root may mount. */
const mounting = (mount: string) => ({
  execPath: 'unshare',
  execArgv: ['-rm', 'sh', '-c', `${mount} && exec '${process.execPath}' "$@"`, 'sh'],
});

async function startEngine(data: string, mount?: string): Promise<Engine> {
  const child = fork(fileURLToPath(new URL('../../../src-main/engine/main.ts', import.meta.url)), [], {
    serialization: 'advanced',
    env: { ...process.env, XDG_DATA_HOME: data },
    // TensorFlow's greeting.
    stdio: ['ignore', 'inherit', mount ? 'inherit' : 'ignore', 'ipc'],
    ...(mount === undefined ? {} : mounting(mount)),
  });
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const events: EngineEvent[] = [];
  const listeners = new Set<(event: EngineEvent) => void>();
  const link = connectToEngine(child, (event) => {
    events.push(event);
    for (const listener of listeners) listener(event);
  });
  const engine: Engine = {
    pid: child.pid!,
    events,
    async ask(name, params) {
      const reply = await link.request(name, params);
      if (!reply.ok) throw new Error(`${name}: ${JSON.stringify(reply.error)}`);
      return reply.value;
    },
    async refusal(name, params) {
      const reply = await link.request(name, params);
      if (reply.ok) throw new Error(`${name} was answered: ${JSON.stringify(reply.value)}`);
      return reply.error;
    },
    event<E extends EventName>(name: E, wanted: (payload: Events[E]) => boolean = () => true) {
      const fits = (event: EngineEvent): boolean => event.name === name && wanted(event.payload as Events[E]);
      return new Promise<Events[E]>((resolve) => {
        const listener = (event: EngineEvent): void => {
          if (!fits(event)) return;
          listeners.delete(listener);
          resolve(event.payload as Awaited<Events[E]>);
        };
        listeners.add(listener);
        const known = events.find(fits);
        if (known) listener(known);
      });
    },
    count: (name) => events.filter((event) => event.name === name).length,
    stop() {
      if (child.connected) child.disconnect();
      return exited;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
  const failed = exited.then((code) => {
    const cause = mount ? ` It needs "unshare -rm" and mount, which this machine may forbid: ${mount}` : '';
    throw new Error(`The engine ended with ${code} before it was ready.${cause}`);
  });
  await Promise.race([engine.event('engine.state'), failed]);
  return engine;
}

/** The processes of that engine's own that run a module, by a part of its name. */
export function processesOf({ pid }: Engine, module: string): number[] {
  const children = readProc(`${pid}/task/${pid}/children`).trim().split(' ').map(Number);
  return children.filter((child) => readProc(`${child}/cmdline`).includes(module));
}

export const isAlive = (pid: number): boolean => /^State:\s+[^Z]/m.test(readProc(`${pid}/status`));

/** Nothing where the process has ended meanwhile. */
function readProc(file: string): string {
  try {
    return readFileSync(`/proc/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** Evaluates to the end. */
export async function evaluated(engine: Engine, asked: Params<'evaluate.run'>): Promise<Evaluation> {
  const jobId = await engine.ask('evaluate.run', asked);
  const { error } = await engine.event('job.ended', (job) => job.jobId === jobId);
  if (error) throw errorFromReport(error);
  return (await engine.event('evaluate.result', (told) => told.jobId === jobId)).answer;
}

/** Writes a PNG of a single colour with some noise; `path` decides nothing but where. */
export async function writeImage(path: string, [r, g, b]: [number, number, number], seed = 1): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const random = createRandom(seed);
  const pixels = Uint8Array.from({ length: 16 * 12 * 3 }, (_, i) => [r, g, b][i % 3]! + random.int(40));
  await sharp(pixels, { raw: { width: 16, height: 12, channels: 3 } })
    .png()
    .toFile(path);
}

/** `count` reddish and `count` bluish images in two class folders. */
export async function writeClassFolders(folder: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await writeImage(join(folder, 'blue', `${i}.png`), [20, 20, 200], i);
    await writeImage(join(folder, 'red', `${i}.png`), [200, 20, 20], i + 1000);
  }
}

/** `count` images in the class folder `a`: one file and links to it, for imports that take a while. */
export async function writeManyImages(folder: string, count: number): Promise<void> {
  const first = join(folder, 'a', '0.png');
  await writeImage(first, [9, 9, 9]);
  for (let i = 1; i < count; i++) symlinkSync(first, join(folder, 'a', `${i}.png`));
}

/** Processes that are killed at work, projects as templates, and what a project holds, to the value. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Database } from '../../../src-main/engine/store/database.ts';

/** As often as the design promises where RECEPTIVE_SOAK is set, else a few times. */
export const times = (soak: number, usual: number): number => (process.env['RECEPTIVE_SOAK'] ? soak : usual);

/** A worker writes it when a change begins, before the line that acknowledges the change. */
export const beginning = '>';

/** A process that works on a project and says so line by line, the first line when it has begun. */
export interface Worker {
  begun: Promise<void>;
  /** The lines after the first, whole ones only. */
  lines(): string[];
  /** Waits until there are so many lines, and then up to so many milliseconds more: a moment that nothing chose. */
  reached(lines: number, more: number): Promise<void>;
  kill(): Promise<void>;
  /** Whether the last change that it began was never acknowledged: what killed it did so within a write. */
  isWithinChange(): boolean;
  ended: Promise<number | null>;
}

/** Runs a script of this folder. */
export function startWorker(script: string, ...args: string[]): Worker {
  const child = spawn(process.execPath, [fileURLToPath(new URL(script, import.meta.url)), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  const { promise: begun, resolve, reject } = Promise.withResolvers<void>();
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    resolve();
  });
  const lines = (): string[] => text.replaceAll(beginning, '').split('\n').slice(1, -1);
  const ended = new Promise<number | null>((done) => child.on('close', done));
  void ended.then((code) => reject(new Error(`${script} ended with ${code} before it began.`)));
  return {
    begun,
    lines,
    async reached(count, more) {
      while (lines().length < count && child.exitCode === null) await pause(1);
      await pause(more);
    },
    ended,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    isWithinChange: () => text.endsWith(beginning),
  };
}

export const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

/** Every row of every table but those left out, in the order of their keys. */
export function contentOf({ sql }: Database, leftOut: readonly string[] = []): Record<string, unknown[]> {
  const tables = sql.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all();
  return Object.fromEntries(
    tables
      .map(({ name }) => String(name))
      .filter((name) => !leftOut.includes(name))
      .map((name) => [
        name,
        sql
          .prepare(`SELECT * FROM ${name} ORDER BY 1, 2`)
          .all()
          .map((row) => ({ ...row })),
      ]),
  );
}

export const digestOf = (content: unknown): string =>
  createHash('sha256').update(JSON.stringify(content)).digest('hex');

/** Changes with any name, byte, time of change or permission below a folder. */
export function hashTree(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    entries.map((entry) => {
      const file = join(folder, entry);
      const { mode, size, mtimeMs } = statSync(file);
      const bytes = statSync(file).isFile() ? readFileSync(file) : '';
      return [entry, `${mode} ${size} ${mtimeMs} ${createHash('sha256').update(bytes).digest('hex')}`];
    }),
  );
}

/** Times and all, so that nothing in a copy tells it from the original. */
export function copyFolder(from: string, to: string): string {
  cpSync(from, to, { recursive: true, preserveTimestamps: true });
  return to;
}

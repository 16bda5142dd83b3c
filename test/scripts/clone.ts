/** Something like a fresh clone: the scripts and the lock file in a folder of their own, and a PATH that is ours to fill. */
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { jpegSources } from '../../scripts/lib/jpeg.mjs';

export const root = join(import.meta.dirname, '../..');

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Hears all that was written so far, stdout first, whenever more is. */
type OnOutput = (text: string, pid: number) => void;

export interface Clone {
  folder: string;
  cache: string;
  /** Puts a program on PATH that answers with this shell script. */
  tool(name: string, script?: string): void;
  write(file: string, text: string): void;
  run(args: string[], env?: NodeJS.ProcessEnv, onOutput?: OnOutput): Promise<Ended>;
  remove(): void;
}

export function makeClone(): Clone {
  const folder = mkdtempSync(join(tmpdir(), 'receptive-clone-'));
  const bin = join(folder, 'test-bin');
  const cache = join(folder, 'test-cache');
  mkdirSync(bin);
  cpSync(join(root, 'scripts'), join(folder, 'scripts'), { recursive: true });
  for (const name of ['package.json', 'package-lock.json', ...jpegSources])
    cpSync(join(root, name), join(folder, name));
  return {
    folder,
    cache,
    tool(name, script = 'exit 0') {
      writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(bin, name), 0o755);
    },
    write(file, text) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    },
    run: (args, env = {}, onOutput) => {
      // RECEPTIVE_DEVICE: a developer's own GPU must not change what these tests see.
      const own = { PATH: bin, HOME: folder, XDG_CACHE_HOME: cache, RECEPTIVE_DEVICE: 'cpu' };
      return ended(process.execPath, args, { cwd: folder, env: { ...own, ...env }, onOutput });
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export async function ended(
  command: string,
  args: string[],
  options: {
    cwd?: string;
    env?: NodeJS.ProcessEnv;
    onOutput?: OnOutput | undefined;
    detached?: boolean;
  },
): Promise<Ended> {
  const { onOutput, ...spawning } = options;
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...spawning });
  let stdout = '';
  let stderr = '';
  const tell = () => onOutput?.(stdout + stderr, child.pid ?? 0);
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    tell();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    tell();
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** Python environments of their own, and processes in them that wait for their turn. */
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcessByStdio, StdioOptions } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { benchFolder } from './machine.ts';

export type Versions = Readonly<Record<string, string>>;

/** About 300 MB to download. */
export const pythonVersions = { 'tensorflow-cpu': '2.21.0', pillow: '13.0.0' };
/** Several gigabytes: the registry's build for Linux brings CUDA along. */
export const pytorchVersions = { torch: '2.15.0' };

/** The Python of an environment with these packages; makes it when it is not there yet. */
export function environment(versions: Versions): string {
  const packages = Object.entries(versions).map(([name, version]) => `${name}==${version}`);
  const folder = join(benchFolder(), `python-${packages.join('-')}`);
  const python = join(folder, 'bin', 'python');
  if (existsSync(join(folder, 'complete'))) return python;
  console.error(`Making a Python environment with ${packages.join(' and ')} in ${folder} (once)`);
  rmSync(folder, { recursive: true, force: true });
  const show: { stdio: StdioOptions } = { stdio: ['ignore', 'inherit', 'inherit'] };
  execFileSync('python3', ['-m', 'venv', folder], show);
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages], show);
  mkdirSync(join(folder, 'complete'));
  return python;
}

/** A script that answers each line it is sent with one line. */
export class PythonProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  /** `script`: a file beside this one. */
  constructor(versions: Versions, script: string, words: readonly string[]) {
    const command = ['-W', 'ignore', join(import.meta.dirname, script), ...words];
    // How this process shares out its threads is not to be handed down.
    const env = { ...process.env, TF_NUM_INTRAOP_THREADS: undefined, TF_NUM_INTEROP_THREADS: undefined };
    this.#child = spawn(environment(versions), command, { stdio: ['pipe', 'pipe', 'inherit'], env });
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  get pid(): number {
    return this.#child.pid!;
  }

  async ask(line: string): Promise<string> {
    this.#child.stdin.write(`${line}\n`);
    const { done, value } = await this.#lines.next();
    if (done) throw new Error('The Python process ended; what it said stands above.');
    return value;
  }

  end(): void {
    this.#child.stdin.end();
  }
}

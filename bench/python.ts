/** Python environments of their own; and in one of them tf.data and Pillow, as processes that wait for their turn. */
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcessByStdio, StdioOptions } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { benchFolder } from './machine.ts';

/** About 300 MB to download. */
export const pythonVersions = { 'tensorflow-cpu': '2.21.0', pillow: '13.0.0' };

/** The Python of an environment with these packages; makes it when it is not there yet. */
export function environment(versions: Readonly<Record<string, string>>): string {
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

export class PythonBench {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  /** `files`: all JPEGs of one folder. */
  constructor(who: 'tensorflow' | 'pillow', files: readonly string[]) {
    const words = [join(import.meta.dirname, 'images.py'), who, dirname(files[0]!)];
    this.#child = spawn(environment(pythonVersions), words, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** One pass over the folder. */
  async pass(work: string): Promise<void> {
    this.#child.stdin.write(`${work}\n`);
    const { done } = await this.#lines.next();
    if (done) throw new Error('The Python process ended; what it said stands above.');
  }

  end(): void {
    this.#child.stdin.end();
  }
}

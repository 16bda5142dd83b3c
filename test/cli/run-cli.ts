/** Runs the command line as a user would: a process of its own. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const entry = fileURLToPath(new URL('../../src-main/cli/index.ts', import.meta.url));

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** `cwd` is the caller's folder, to which relative paths belong. */
export async function runCli(words: string[], cwd = process.cwd()): Promise<CliResult> {
  const env = { ...process.env, INIT_CWD: cwd };
  const child = spawn(process.execPath, [entry, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const result: CliResult = { code: null, stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (result.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (result.stderr += text));
  result.code = await new Promise<number | null>((resolve, reject) => child.on('close', resolve).on('error', reject));
  return result;
}

/** The lines of a --json run; every one must be an object with an `event`. */
export function linesOf({ stdout }: CliResult): ({ event: string } & Record<string, unknown>)[] {
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as { event: string } & Record<string, unknown>);
}

/** Ctrl+C, as a terminal sends it: SIGINT to the whole process group. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { entry, linesOf } from './run-cli.ts';
import { expectWithin } from '../clock.ts';

const images = fileURLToPath(new URL('../../resources/demo/clothes-unseen', import.meta.url));

test('training leaves at once with exit code 130, one last line, and the epochs so far on disk', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'interrupt-'));
  const out = join(folder, 'run');
  const words = ['train', images, '--network', 'mlp', '--epochs', '100000', '--batch', '512', '--out', out, '--json'];
  const child = spawn(process.execPath, [entry, ...words], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  const closed = new Promise((resolve) => child.on('close', resolve));
  let stdout = '';
  let interruptedAt = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (interruptedAt > 0 || !stdout.includes('"event":"epoch"')) return;
    interruptedAt = performance.now();
    process.kill(-child.pid!, 'SIGINT');
  });
  expect(await closed, stdout).toBe(130);
  expectWithin(10_000, interruptedAt);
  const lines = linesOf({ code: 130, stdout, stderr: '' });
  expect(lines.at(-1)).toMatchObject({ event: 'error', code: 'interrupted' });
  expect(new Set(lines.slice(0, -1).map((line) => line.event))).toEqual(new Set(['epoch']));
  expect(JSON.parse(await readFile(join(out, 'run.json'), 'utf8'))).toMatchObject({
    classes: expect.arrayContaining(['bag']),
  });
  expect(() => process.kill(-child.pid!, 0)).toThrow('ESRCH'); // no process of the group is left behind
  await rm(folder, { recursive: true });
});

const long = (out: string, ...more: string[]) => {
  const words = ['train', images, '--network', 'mlp', '--size', '12', '--epochs', '100000', '--out', out, ...more];
  const child = spawn(process.execPath, [entry, ...words], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const told = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => (told[name] += text));
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  /** The process that trains. */
  const trainer = () =>
    readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .map(Number)
      .find((id) => readFileSync(`/proc/${id}/cmdline`, 'utf8').includes('training-main'))!;
  return { pid: child.pid!, told, closed, trainer };
};

test('while a step takes as long as it likes it is said that it is the last one, and it is saved', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'interrupt-'));
  const { pid, told, closed, trainer } = long(join(folder, 'run'));
  await expect.poll(() => told.stdout).toContain('Epoch 1:');
  const training = trainer();
  process.kill(training, 'SIGSTOP');
  process.kill(-pid, 'SIGINT');
  await expect.poll(() => told.stderr).toContain('Stopping after this step.');
  process.kill(training, 'SIGCONT');
  expect(await closed).toBe(130);
  expect(told.stderr).toContain('Stopped; what was trained so far is in');
  expect(() => process.kill(-pid, 0)).toThrow('ESRCH');
  await rm(folder, { recursive: true });
});

test('a crash of what trains is told, and what to do', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'interrupt-'));
  const { told, closed, trainer } = long(join(folder, 'run'), '--json');
  await expect.poll(() => told.stdout).toContain('"epoch":1');
  process.kill(trainer(), 'SIGKILL');
  expect(await closed).toBe(1);
  expect(linesOf({ code: 1, ...told }).at(-1)).toMatchObject({
    ...{ event: 'error', code: 'engine-lost', message: expect.stringContaining('SIGKILL') },
    hint: expect.stringMatching(/^Resume the run/),
  });
  await rm(folder, { recursive: true });
});

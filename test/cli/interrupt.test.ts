/** Ctrl+C, as a terminal sends it: SIGINT to the whole process group. */
import { spawn } from 'node:child_process';
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

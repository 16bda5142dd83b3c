/** train --resume, after Ctrl+C and after a run that was done. */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { entry, linesOf, runCli } from './run-cli.ts';

const images = fileURLToPath(new URL('../../resources/demo/clothes-unseen', import.meta.url));
const words = (out: string, ...more: string[]) => {
  const always = ['--network', 'mlp', '--size', '12', '--batch', '64', '--seed', '4', '--json'];
  return ['train', images, '--out', out, ...always, ...more];
};

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'receptive-resume-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The epochs' lines without their speed. */
const curveOf = (lines: ReturnType<typeof linesOf>) =>
  lines
    .filter(({ event }) => event === 'epoch')
    .map(({ epoch, loss, accuracy, validationLoss, validationAccuracy }) => ({
      epoch,
      loss,
      accuracy,
      validationLoss,
      validationAccuracy,
    }));

/** Interrupts the whole group as a terminal does, after some epochs. */
async function interrupted(out: string): Promise<ReturnType<typeof linesOf>> {
  const child = spawn(process.execPath, [entry, ...words(out, '--epochs', '100000')], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  let stdout = '';
  let asked = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (asked || !stdout.includes('"epoch":2')) return;
    asked = true;
    process.kill(-child.pid!, 'SIGINT');
  });
  expect(await closed).toBe(130);
  return linesOf({ code: 130, stdout, stderr: '' });
}

test('what Ctrl+C stopped goes on at that step, and gives the curve and result of a run that was never stopped', async () => {
  let out: string;
  let before: Awaited<ReturnType<typeof interrupted>>;
  // One that comes just between two epochs says nothing of steps.
  for (let attempt = 1; ; attempt++) {
    out = join(folder, `stopped ${attempt}`);
    before = await interrupted(out);
    if ((await readdir(join(out, 'checkpoints'))).some((name) => /^\d{6}-\d{6}$/.test(name))) break;
  }
  expect(before.at(-1)).toMatchObject({
    event: 'error',
    code: 'interrupted',
    hint: expect.stringContaining('--resume'),
  });
  const done = curveOf(before).length;

  const total = String(done + 2);
  const after = linesOf(await runCli(words(out, '--resume', '--epochs', total)));
  const whole = linesOf(await runCli(words(join(folder, 'whole'), '--epochs', total)));
  expect([...curveOf(before), ...curveOf(after)]).toEqual(curveOf(whole));
  const result = { event: 'done', epochs: done + 2, imagesPerSecond: expect.any(Number) };
  expect(after.at(-1)).toEqual({ ...whole.at(-1), ...result });
}, 240_000);

test('says that early stopping ended it, when it is to go on as well', async () => {
  const out = join(folder, 'early');
  // A step so small that it changes no weight: the loss stays what it is.
  const still = ['--optimizer', 'sgd', '--learning-rate', '1e-30', '--early-stopping', '1'];
  const first = linesOf(await runCli(words(out, ...still, '--epochs', '9')));
  expect(first.map(({ event }) => event)).toEqual(['epoch', 'epoch', 'early-stopping', 'done']);
  expect(first.slice(-2)).toMatchObject([{ epoch: 2 }, { epochs: 2 }]);
  const again = linesOf(await runCli(words(out, '--resume', '--epochs', '12')));
  expect(again.map(({ event }) => event)).toEqual(['early-stopping', 'done']);
}, 240_000);

test('goes on with another total only, and begins what is not there', async () => {
  const out = join(folder, 'run');
  const begun = linesOf(await runCli(words(out, '--resume', '--epochs', '2')));
  expect(begun.map(({ event }) => event)).toEqual(['warning', 'epoch', 'epoch', 'done']);

  const again = await runCli(words(out, '--resume', '--epochs', '2'));
  expect(linesOf(again)).toEqual([{ ...begun.at(-1), imagesPerSecond: expect.any(Number) }]);
  const config = join(folder, 'recipe.json');
  await writeFile(config, '{ "labelSmoothing": 0.2 }');
  for (const [wrong, named] of [
    [['--config', config], /--label-smoothing: the run was begun with 0, not 0\.2/],
    [['--batch', '32'], /--batch: the run was begun with 64, not 32/],
    [['--network', 'lenet-5'], /another network/],
    [['--epochs', '1'], /2 epochs already/],
  ] as const) {
    const refused = await runCli(words(out, '--resume', ...wrong));
    expect(refused.code).toBe(2);
    expect(linesOf(refused)).toEqual([
      expect.objectContaining({ code: 'usage', message: expect.stringMatching(named) }),
    ]);
  }
}, 240_000);

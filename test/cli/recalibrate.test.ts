import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../decoder/support.ts';
import { makeImages } from '../engine/training/small-run.ts';
import { linesOf, runCli } from './run-cli.ts';

const root = temporaryFolder();
const images = join(root, 'images');
mkdirSync(images);
makeImages(images);

const ask = async (...words: string[]) => {
  const result = await runCli([...words, '--json'], root);
  return { code: result.code, last: linesOf(result).at(-1)! };
};

it('recalibrates a run, whose evaluation then is another, and takes that back', async () => {
  const words = ['--size', '28x28', '--channels', '1', '--epochs', '1', '--batch', '16'];
  expect((await ask('train', 'images', ...words, '--out', 'run')).code).toBe(0);
  const lagging = (await ask('evaluate', 'run', 'images')).last;

  const { code, last } = await ask('recalibrate', 'run', 'images');
  expect(code).toBe(0);
  expect(Object.keys(last).sort()).toEqual(['after', 'batchStatistics', 'before', 'event', 'images']);
  const { before, after, batchStatistics } = last as Record<string, { accuracy: number; loss: number }>;
  expect(after!.loss).toBeLessThan(before!.loss);
  expect(Math.abs(after!.accuracy - batchStatistics!.accuracy)).toBeLessThan(0.1);
  expect((await ask('evaluate', 'run', 'images')).last['confusion']).not.toEqual(lagging['confusion']);

  expect((await ask('recalibrate', 'run', '--undo')).last).toMatchObject({ event: 'done', undone: true });

  for (const wrong of [
    ['recalibrate', 'run'],
    ['recalibrate', 'run', 'images', '--undo'],
  ]) {
    expect(await ask(...wrong)).toMatchObject({ code: 2, last: { event: 'error', code: 'usage' } });
  }
});

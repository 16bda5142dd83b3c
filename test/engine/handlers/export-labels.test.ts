import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { useEngines, writeClassFolders, writeManyImages } from './support.ts';

const context = useEngines();

it('exports labels in the background: progress, one end, and nothing that exists is replaced', async () => {
  const engine = await context.start();
  const folder = join(context.home, 'pictures');
  await writeClassFolders(folder, 3);
  await engine.ask('project.fromFolder', { folder });
  await engine.event('job.ended', ({ kind }) => kind === 'import');

  const path = join(context.home, 'labels.csv');
  const jobId = await engine.ask('labels.export', { format: 'csv', path });
  expect(await engine.event('job.ended', (ended) => ended.jobId === jobId)).toMatchObject({
    kind: 'exportLabels',
    end: 'completed',
    summary: `6 images in 2 classes written to ${path}.`,
    error: null,
  });
  expect(await engine.event('job.progress', (progress) => progress.jobId === jobId)).toMatchObject({
    done: 6,
    total: 6,
  });
  const written = readFileSync(path, 'utf8');
  expect(written.split('\r\n')).toHaveLength(1 + 6 + 1);

  const again = await engine.ask('labels.export', { format: 'jsonl', path });
  expect(await engine.event('job.ended', (ended) => ended.jobId === again)).toMatchObject({
    end: 'failed',
    error: { code: 'exists', message: `"${path}" already exists.` },
  });
  expect(readFileSync(path, 'utf8')).toBe(written);
});

it('can be cancelled, and leaves nothing', async () => {
  const engine = await context.start();
  const folder = join(context.home, 'pictures');
  await writeManyImages(folder, 600);
  await engine.ask('project.fromFolder', { folder });
  await engine.event('job.ended', ({ kind }) => kind === 'import');

  const before = readdirSync(context.home);
  const path = join(context.home, 'tree');
  const jobId = await engine.ask('labels.export', { format: 'folders', path });
  await engine.ask('job.cancel', { jobId });
  expect(await engine.event('job.ended', (ended) => ended.jobId === jobId)).toMatchObject({
    end: 'stopped',
    error: null,
  });
  expect(existsSync(path)).toBe(false);
  expect(readdirSync(context.home)).toEqual(before);
});

/** Whatever is done in Receptive, the files it was given are as they were: names, bytes, times, permissions. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { useEngines, writeClassFolders, writeImage } from '../handlers/support.ts';
import type { Engine } from '../handlers/support.ts';
import { hashTree } from './support.ts';

const engines = useEngines();

async function finish(engine: Engine, jobId: string): Promise<void> {
  const ended = await engine.event('job.ended', (job) => job.jobId === jobId);
  expect(ended).toMatchObject({ end: 'completed', error: null });
}

test('after import, labels, thumbnails, scan, splits, exports with links, undo and a kill, the images are as they were', async () => {
  const folder = join(engines.home, 'colours');
  await writeClassFolders(folder, 6);
  await writeImage(join(folder, 'loose.png'), [1, 200, 1], 5);
  writeFileSync(join(folder, 'broken.png'), 'no image');
  const csv = join(engines.home, 'labels.csv');
  writeFileSync(csv, `path,label\n${join(folder, 'loose.png')},green\n`);
  const before = hashTree(folder);
  const labelFile = hashTree(engines.home)['labels.csv'];

  let engine = await engines.start();
  const { path } = await engine.ask('project.fromFolder', { folder });
  await engine.event('job.ended');
  await finish(engine, await engine.ask('images.import', { paths: [csv] }));
  const { ids } = await engine.ask('images.list', {});
  expect(ids).toHaveLength(14);
  for (const id of (await engine.ask('images.list', { status: 'ok' })).ids) {
    for (const size of [32, 256]) await engine.ask('images.thumbnail', { id, size });
  }
  await engine.ask('images.look', { ids: [...ids], size: 64 });
  await engine.ask('labels.set', { ids: [1, 2, 3], classId: 2 });
  await engine.ask('images.exclude', { ids: [4], excluded: true });
  await engine.ask('images.pin', { ids: [5], split: 'test' });
  await engine.ask('split.assign', { validationShare: 0.3, testShare: 0.2, seed: 1 });
  await engine.ask('classes.merge', { id: 1, into: 2 });
  await finish(engine, await engine.ask('quality.start', undefined));
  for (const [format, link] of [
    ['csv', false],
    ['coco', false],
    ['folders', false],
    ['folders', true],
  ] as const) {
    const out = join(engines.home, `${format}-${link}`);
    await finish(engine, await engine.ask('labels.export', { format, path: out, link }));
  }
  expect(readdirSync(join(engines.home, 'folders-true'), { recursive: true }).length).toBeGreaterThan(5);
  for (let step = 0; step < 3; step++) await engine.ask('project.undo', undefined);
  await engine.ask('project.redo', undefined);
  await engine.kill();

  engine = await engines.start();
  await engine.ask('project.open', { path });
  await engine.ask('project.move', { to: join(engines.home, 'moved') });
  await engine.ask('project.close', undefined);
  expect(hashTree(folder)).toEqual(before);
  expect(hashTree(engines.home)['labels.csv']).toBe(labelFile);
});

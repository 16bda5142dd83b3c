import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { mostTries } from '../../../src-main/engine/bring-in/bring-in.ts';
import { useEngines, writeManyImages } from './support.ts';
import type { Engine } from './support.ts';

const engines = useEngines();
const count = 600;
let folder: string;

beforeEach(async () => {
  folder = join(engines.home, 'many');
  await writeManyImages(folder, count);
});

/** An engine in the middle of bringing in the folder. */
async function importHalf(): Promise<{ engine: Engine; path: string; jobId: string }> {
  const engine = await engines.start();
  const { path } = await engine.ask('project.fromFolder', { folder });
  const { jobId } = await engine.event('job.progress', ({ done }) => done > 150);
  return { engine, path, jobId };
}

const imagesIn = async (engine: Engine) => (await engine.ask('images.list', {})).ids.length;

describe('an import that was cut off', () => {
  test.each(['project.open', 'project.fromFolder'] as const)('by a crash goes on with %s, once', async (request) => {
    const { engine, path } = await importHalf();
    await engine.kill();
    const again = await engines.start();
    const params = request === 'project.open' ? { path } : { folder };
    const { imageCount } = await again.ask(request, params as never);
    expect(imageCount).toBeGreaterThanOrEqual(128);
    expect(imageCount).toBeLessThan(count);
    // Opened while it goes on, it is not started a second time.
    await again.ask('project.open', { path });
    expect(await again.event('job.ended')).toMatchObject({ kind: 'import', end: 'completed', error: null });
    const progress = again.events.findLast(({ name }) => name === 'job.progress');
    expect(progress!.payload).toMatchObject({ kind: 'import', done: count - imageCount, total: count - imageCount });
    expect(await imagesIn(again)).toBe(count);
    expect(again.count('job.ended')).toBe(1);

    await again.ask('project.close', undefined);
    await again.ask('project.open', { path });
    await again.ask('project.fromFolder', { folder });
    await again.ask('project.close', undefined);
    expect(again.count('job.ended')).toBe(1);
  });

  test('by quitting goes on when the project is opened', async () => {
    const { engine, path } = await importHalf();
    expect(await engine.stop()).toBe(0);
    const again = await engines.start();
    await again.ask('project.open', { path });
    await again.event('job.ended');
    expect(await imagesIn(again)).toBe(count);
  });

  test('by closing or moving the project goes on too, each time with an end of its own', async () => {
    const { engine, path, jobId } = await importHalf();
    await engine.ask('project.close', undefined);
    expect(await engine.event('job.ended')).toMatchObject({ jobId, end: 'stopped' });
    await engine.ask('project.open', { path });
    expect(await engine.refusal('project.move', { to: engines.home })).toMatchObject({ code: 'exists' });
    await engine.ask('project.move', { to: join(engines.home, 'moved') });
    await engine.event('job.ended', ({ end }) => end === 'completed');
    expect(await imagesIn(engine)).toBe(count);
    expect(engine.count('job.ended')).toBe(4);
  });
});

test('a project that is closed again and again before anything came in does not count as trouble', async () => {
  const engine = await engines.start();
  const { path } = await engine.ask('project.fromFolder', { folder });
  for (let time = 0; time < mostTries; time++) {
    await engine.ask('project.close', undefined);
    await engine.ask('project.open', { path });
  }
  await engine.event('job.ended', ({ end }) => end !== 'stopped');
  expect(await imagesIn(engine)).toBe(count);
});

describe('an import that is over', () => {
  test('cancelled, it keeps whole chunks and is not gone on with; asked for again it is', async () => {
    const { engine, path, jobId } = await importHalf();
    await engine.ask('job.cancel', { jobId });
    expect(await engine.event('job.ended')).toMatchObject({ jobId, end: 'stopped', error: null });
    const kept = await imagesIn(engine);
    expect(kept % 128).toBe(0);
    expect(kept).toBeGreaterThanOrEqual(128);
    expect(kept).toBeLessThan(count);
    await engine.kill();

    const again = await engines.start();
    await again.ask('project.open', { path });
    await again.ask('project.close', undefined);
    expect(again.count('job.ended')).toBe(0);
    await again.ask('project.open', { path });
    expect(await imagesIn(again)).toBe(kept);
    await again.ask('images.import', { paths: [folder] });
    expect(await again.event('job.ended')).toMatchObject({ end: 'completed' });
    expect(await imagesIn(again)).toBe(count);
  });

  test('failed, it says why once', async () => {
    const { engine, path } = await importHalf();
    await engine.kill();
    renameSync(folder, join(engines.home, 'elsewhere'));
    const again = await engines.start();
    await again.ask('project.open', { path });
    expect(await again.event('job.ended')).toMatchObject({ end: 'failed', error: { code: 'not-found' } });
    await again.ask('project.close', undefined);
    await again.ask('project.open', { path });
    await again.ask('project.close', undefined);
    expect(again.count('job.ended')).toBe(1);
  });
});

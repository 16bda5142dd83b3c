import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { EventName, Events, JobId } from '../../../src-main/shared/events.ts';
import { usualAscent } from '../../../src-main/shared/inspect/drives.ts';
import { useEngines, writeClassFolders } from './support.ts';
import type { Engine } from './support.ts';

const engines = useEngines();

/** A network that nobody has trained, and twelve images for it. */
async function openUntrained() {
  const folder = join(engines.home, 'colours');
  await writeClassFolders(folder, 6);
  const engine = await engines.start();
  await engine.ask('project.fromFolder', { folder });
  await engine.event('job.ended');
  const json = {
    input: { size: [12, 16] as [number, number], channels: 3 },
    layers: [
      { name: 'conv1', kind: 'conv2d' as const, filters: 4, kernelSize: 3, padding: 'same' as const },
      { name: 'relu1', kind: 'activation' as const, function: 'relu' as const },
      { name: 'gap', kind: 'globalAvgPool' as const },
      { name: 'logits', kind: 'dense' as const, units: 'classes' as const },
    ],
  };
  const { id: networkId } = await engine.ask('networks.save', { name: 'small', json });
  return { engine, folder, subject: { networkId } };
}

/** How that job ended, and the last thing it told. */
async function outcome<N extends Extract<EventName, `drives.${string}`>>(engine: Engine, name: N, jobId: JobId) {
  const ended = await engine.event('job.ended', (job) => job.jobId === jobId);
  const told = engine.events
    .filter((event) => event.name === name)
    .map(({ payload }) => payload as Events[N])
    .filter((payload) => payload.jobId === jobId);
  return { ended, answer: told.at(-1)?.answer as Events[N]['answer'] };
}

test('images of the project are searched, and a file that cannot be read is named', async () => {
  const { engine, folder, subject } = await openUntrained();
  rmSync(join(folder, 'red', '2.png'));
  writeFileSync(join(folder, 'blue', '3.png'), 'no picture');
  const asked = { subject, layer: 'relu1', most: 5, images: null, seed: 3 };
  const { ended, answer } = await outcome(engine, 'drives.images', await engine.ask('drives.images', asked));
  expect(ended).toMatchObject({ kind: 'excitingImages', end: 'completed', error: null });
  expect(answer).toMatchObject({ layer: 'relu1', maps: 4, done: 10, total: 12, available: 12 });
  const { unreadable, ranked, byClass } = answer;
  expect(unreadable.map(({ path }) => path).sort()).toEqual([
    join(folder, 'blue', '3.png'),
    join(folder, 'red', '2.png'),
  ]);
  expect(new Set(ranked.cell.ids.subarray(0, 5)).size).toBe(5);
  expect(byClass.counts).toEqual([5, 5]);

  // A sample follows from its seed.
  const sampled = async (seed: number) => {
    const jobId = await engine.ask('drives.images', { ...asked, images: 4, seed });
    return (await outcome(engine, 'drives.images', jobId)).answer;
  };
  const [one, again] = [await sampled(5), await sampled(5)];
  expect(one.total).toBe(4);
  expect(again.ranked).toEqual(one.ranked);
  // Two samples can be alike; not all of these are.
  const others = [await sampled(6), await sampled(7), await sampled(8)];
  expect(others.some(({ ranked }) => String(ranked.cell.ids) !== String(one.ranked.cell.ids))).toBe(true);

  const pixels = await engine.ask('drives.pixels', { subject, imageIds: [...ranked.cell.ids.subarray(0, 2)] });
  expect(pixels.map((picture) => picture?.pixels.length)).toEqual([12 * 16 * 3, 12 * 16 * 3]);
  const refused = await outcome(
    engine,
    'drives.images',
    await engine.ask('drives.images', { ...asked, layer: 'none' }),
  );
  expect(refused.ended).toMatchObject({ end: 'failed', error: { code: 'usage' } });
});

test('a picture that maximises a unit, of which only the newest goes on, and what a cell sees', async () => {
  const { engine, subject } = await openUntrained();
  const ascent = { ...usualAscent, layer: 'logits', map: 1, cell: null, start: 'image' as const, seed: 1, steps: 6 };
  const long = await engine.ask('drives.picture', { subject, imageId: 2, ascent: { ...ascent, steps: 5000 } });
  const picture = await outcome(
    engine,
    'drives.picture',
    await engine.ask('drives.picture', { subject, imageId: 2, ascent }),
  );
  expect((await outcome(engine, 'drives.picture', long)).ended).toMatchObject({ end: 'stopped' });
  expect(picture.ended).toMatchObject({ kind: 'maximise', end: 'completed', error: null });
  expect(picture.answer.picture).toMatchObject({ height: 12, width: 16, channels: 3 });
  expect(picture.answer.ends?.outcome).toBe('risen');

  const sample = { images: 5, seed: 2 };
  const field = await outcome(
    engine,
    'drives.field',
    await engine.ask('drives.field', { subject, layer: 'conv1', map: 2, ...sample }),
  );
  expect(field.ended).toMatchObject({ end: 'completed' });
  const box = { top: 4, left: 6, height: 3, width: 3 };
  expect(field.answer).toMatchObject({ images: 5, map: 2, theoretical: box, effective: box });
  const growth = await outcome(engine, 'drives.growth', await engine.ask('drives.growth', { subject, ...sample }));
  expect(growth.ended).toMatchObject({ end: 'completed' });
  expect(growth.answer).toMatchObject([
    { layer: 'conv1', theoretical: box },
    { layer: 'relu1' },
    { layer: 'gap' },
    { layer: 'logits' },
  ]);
});

/** A disk of its own for the engine, small and really full: what was acknowledged stays, the rest is said, and it goes on. */
import { cpSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Project } from '../../../src-main/engine/store/project.ts';
import { linear, rootOf, useEngines, writeImage } from '../handlers/support.ts';
import type { Engine } from '../handlers/support.ts';
import { labelsOf } from '../store/support.ts';

const engines = useEngines();
const full = { code: 'disk-full', message: expect.stringMatching(/\w+ \w+/), hint: expect.stringMatching(/space/) };

/** An engine whose data folder is a disk of so many KiB, and a way to leave it only so many bytes. */
async function startOnSmallDisk(kibibytes: number) {
  const data = join(engines.home, 'data');
  mkdirSync(data);
  const engine = await engines.start(`mount -t tmpfs -o size=${kibibytes}k tmpfs '${data}'`);
  const inside = join(rootOf(engine), data);
  const filler = join(inside, 'filler');
  return {
    engine,
    leave(bytes: number) {
      const { bavail, bsize } = statfsSync(inside);
      writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - bytes)));
    },
    makeRoom: () => rmSync(filler),
  };
}

async function writeImages(count: number): Promise<string> {
  const folder = join(engines.home, 'pictures');
  for (let i = 0; i < count; i++) await writeImage(join(folder, i % 2 ? 'red' : 'blue', `${i}.png`), [i, 99, 9], i);
  return folder;
}

const jobEnded = async (engine: Engine, jobId: string) => engine.event('job.ended', (ended) => ended.jobId === jobId);
const labels = async (engine: Engine) => [...(await engine.ask('images.list', {})).classIds];

test('while labelling, closing, opening and making thumbnails: said, nothing lost, and with room it goes on', async () => {
  const folder = await writeImages(40);
  const { engine, leave, makeRoom } = await startOnSmallDisk(8000);
  const { path } = await engine.ask('project.fromFolder', { folder });
  await engine.event('job.ended');
  leave(150_000);
  const expected = await labels(engine);
  let refused = 0;
  for (let turn = 0; turn < 120; turn++) {
    const id = 1 + (turn % 40);
    const classId = 1 + (expected[id - 1]! % 2);
    try {
      await engine.ask('labels.set', { ids: [id], classId });
      expected[id - 1] = classId;
    } catch {
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(10);
  expect(refused).toBeLessThan(115);
  expect(await engine.refusal('labels.set', { ids: [1], classId: null })).toMatchObject(full);
  expect(await labels(engine)).toEqual(expected);

  // What a crash would leave now.
  const copy = join(engines.home, 'copy');
  cpSync(join(rootOf(engine), path), copy, { recursive: true });
  process.env['XDG_DATA_HOME'] = engines.home;
  const left = Project.open(copy);
  expect(labelsOf(left)).toEqual(expected);
  left.close();

  // Pictures are shown although they cannot be kept.
  leave(0);
  for (let id = 1; id <= 40; id++) {
    expect((await engine.ask('images.thumbnail', { id, size: 64 })).bytes.length).toBeGreaterThan(50);
  }
  await engine.ask('project.close', undefined);
  leave(60_000);
  // With hardly any room it is opened, or refused for that reason and opened when there is.
  await engine.ask('project.open', { path }).catch((error: Error) => expect(error.message).toContain('disk-full'));
  makeRoom();
  await engine.ask('project.open', { path });
  expect(await labels(engine)).toEqual(expected);
  await engine.ask('labels.set', { ids: [1, 2, 3], classId: null });
  expect((await labels(engine)).slice(0, 3)).toEqual([0, 0, 0]);
});

test('while importing: it ends, is said, keeps what came in, and is done again when there is room', async () => {
  const folder = await writeImages(200);
  const { engine, leave, makeRoom } = await startOnSmallDisk(8000);
  await engine.ask('project.create', { name: 'Small' });
  leave(60_000);
  const first = await engine.ask('images.import', { paths: [folder] });
  expect(await jobEnded(engine, first)).toMatchObject({ end: 'failed', error: full });
  expect((await engine.ask('images.list', {})).ids.length).toBeLessThan(200);
  makeRoom();
  const second = await engine.ask('images.import', { paths: [folder] });
  expect(await jobEnded(engine, second)).toMatchObject({ end: 'completed', error: null });
  expect((await engine.ask('images.list', {})).ids).toHaveLength(200);
});

test('while training: checkpoints make room for each other, and it ends, is listed so, and resumed when there is room', async () => {
  const folder = await writeImages(40);
  const { engine, leave, makeRoom } = await startOnSmallDisk(8000);
  await engine.ask('project.fromFolder', { folder });
  await engine.event('job.ended');
  const { runId } = await engine.ask('training.start', { network: linear, recipe: { epochs: 100_000, batchSize: 8 } });
  await engine.event('training.epoch', ({ metrics }) => metrics.epoch === 3);
  leave(0);
  const { error } = await engine.event('training.warning');
  expect(error).toMatchObject(full);
  const told = engine.count('training.epoch');
  await expect.poll(() => engine.count('training.epoch')).toBeGreaterThan(told + 3);
  await engine.ask('training.stop', { runId });
  expect(await engine.event('training.ended')).toMatchObject({ runId, end: 'stopped', error: full });
  const listed = async () => (await engine.ask('runs.list', undefined))[0];
  expect(await listed()).toMatchObject({ id: runId, end: 'stopped' });
  makeRoom();
  const before = engine.count('training.epoch');
  await engine.ask('training.resume', { runId });
  await expect.poll(() => engine.count('training.epoch')).toBeGreaterThan(before);
  expect(await listed()).toMatchObject({ id: runId, end: null });
  const { from } = await engine.event('training.started', (started) => started.from !== null);
  expect(from).toBeGreaterThan(3);
});

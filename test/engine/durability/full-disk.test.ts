/** A disk of its own for the engine, small and really full: what was acknowledged stays, the rest is said, and it goes on. */
import { cpSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rootOf, useEngines, writeImage } from '../handlers/support.ts';
import type { Engine } from '../handlers/support.ts';

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

test('while labelling: refused and said, everything before is there, and with room it goes on', async () => {
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

  // What a crash would leave now, seen by another engine.
  const copy = join(engines.home, 'copy');
  cpSync(join(rootOf(engine), path), copy, { recursive: true });
  const other = await engines.start();
  await other.ask('project.open', { path: copy });
  expect(await labels(other)).toEqual(expected);
  await other.ask('project.close', undefined);

  makeRoom();
  await engine.ask('labels.set', { ids: [1, 2, 3], classId: null });
  expect((await labels(engine)).slice(0, 3)).toEqual([0, 0, 0]);
});

test('while the project is closed and opened: nothing is lost, whether there is room for copies or not', async () => {
  const folder = await writeImages(40);
  const { engine, leave, makeRoom } = await startOnSmallDisk(8000);
  const { path } = await engine.ask('project.fromFolder', { folder });
  await engine.event('job.ended');
  await engine.ask('labels.set', { ids: [1, 2, 3, 4], classId: 2 });
  const expected = await labels(engine);
  leave(0);
  await engine.ask('project.close', undefined);
  makeRoom();
  leave(60_000);
  // With hardly any room it is opened, or refused for that reason and opened when there is.
  await engine.ask('project.open', { path }).catch((error: Error) => expect(error.message).toContain('disk-full'));
  makeRoom();
  expect(await engine.ask('project.open', { path })).toMatchObject({ path });
  expect(await labels(engine)).toEqual(expected);
});

test('while importing: it ends, is said, keeps what came in, and is done again when there is room', async () => {
  const folder = await writeImages(300);
  const { engine, leave, makeRoom } = await startOnSmallDisk(8000);
  await engine.ask('project.create', { name: 'Small' });
  leave(60_000);
  const first = await engine.ask('images.import', { paths: [folder] });
  expect(await jobEnded(engine, first)).toMatchObject({ end: 'failed', error: full });
  const before = await engine.ask('images.list', {});
  expect(before.ids.length).toBeLessThan(300);
  makeRoom();
  const second = await engine.ask('images.import', { paths: [folder] });
  expect(await jobEnded(engine, second)).toMatchObject({ end: 'completed', error: null });
  expect((await engine.ask('images.list', {})).ids).toHaveLength(300);
});

test('while thumbnails are made: they are shown all the same, and labels are kept', async () => {
  const folder = await writeImages(30);
  const { engine, leave } = await startOnSmallDisk(8000);
  await engine.ask('project.fromFolder', { folder });
  await engine.event('job.ended');
  leave(0);
  for (let id = 1; id <= 30; id++) {
    const { bytes } = await engine.ask('images.thumbnail', { id, size: 64 });
    expect(bytes.length).toBeGreaterThan(50);
  }
  expect(await engine.refusal('labels.set', { ids: [1], classId: 2 })).toMatchObject(full);
  leave(200_000);
  await engine.ask('labels.set', { ids: [1], classId: 2 });
  expect((await labels(engine))[0]).toBe(2);
});

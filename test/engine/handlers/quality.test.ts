/** The quality scan in a real engine, on real pictures. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { FindingKind } from '../../../src-main/shared/image-query.ts';
import type { QualityReport } from '../../../src-main/shared/labelling.ts';
import type { Events } from '../../../src-main/shared/events.ts';
import { demoPictures } from '../quality/pictures.ts';
import { useEngines, writeManyImages } from './support.ts';
import type { Engine } from './support.ts';

const engines = useEngines();

/** A project of a folder with 30 pictures, a copy of the first one, and the second one saved anew. */
async function openPictures(): Promise<{ engine: Engine; folder: string; project: string }> {
  const folder = join(engines.home, 'pictures');
  mkdirSync(folder);
  const pictures = demoPictures('emoji', 20);
  for (const path of pictures) copyFileSync(path, join(folder, basename(path)));
  copyFileSync(pictures[0]!, join(folder, 'copy.png'));
  await sharp(pictures[1]).flatten({ background: '#fff' }).jpeg({ quality: 70 }).toFile(join(folder, 'resaved.jpg'));
  const engine = await engines.start();
  const { path } = await engine.ask('project.create', { name: 'pictures' });
  await bringIn(engine, folder);
  return { engine, folder, project: path };
}

const endOf = (engine: Engine, jobId: string): Promise<Events['job.ended']> =>
  engine.event('job.ended', (ended) => ended.jobId === jobId);

async function bringIn(engine: Engine, folder: string): Promise<void> {
  await endOf(engine, await engine.ask('images.import', { paths: [folder], severalLabels: 'first' }));
}

async function check(engine: Engine): Promise<QualityReport> {
  const jobId = await engine.ask('quality.start', undefined);
  expect(await endOf(engine, jobId)).toMatchObject({ kind: 'quality', end: 'completed', error: null });
  return engine.ask('quality.report', undefined);
}

async function namesOf(engine: Engine, finding: FindingKind): Promise<string[]> {
  const { ids } = await engine.ask('images.list', { finding });
  return Promise.all([...ids].map(async (id) => basename((await engine.ask('images.facts', { id })).path)));
}

test('finds duplicates, opens them in groups, leaves them out but for one, and back', async () => {
  const { engine, project } = await openPictures();
  const [first, second] = demoPictures('emoji', 20).map((path) => basename(path));
  expect(await engine.ask('quality.report', undefined)).toEqual({ scannedAt: null, notScanned: 32, findings: [] });
  const report = await check(engine);
  expect(report).toMatchObject({ scannedAt: expect.any(String), notScanned: 0 });
  expect(report.findings.slice(0, 2)).toEqual([
    { kind: 'exactDuplicate', images: 2, excluded: 0, groups: 1 },
    { kind: 'nearDuplicate', images: 2, excluded: 0, groups: 1 },
  ]);
  const exact = await namesOf(engine, 'exactDuplicate');
  expect(exact.toSorted()).toEqual([first, 'copy.png'].toSorted());
  // Mere copies are told as such alone.
  expect((await namesOf(engine, 'nearDuplicate')).toSorted()).toEqual([second, 'resaved.jpg'].toSorted());

  const { excluded, project: summary } = await engine.ask('quality.exclude', { kind: 'nearDuplicate' });
  expect(excluded).toBe(1);
  expect((await engine.ask('images.list', { excluded: true })).ids.length).toBe(1);
  expect(summary.undo).toMatch(/^Exclude 1 image/);
  // Checked again, nothing is lost of what was left out.
  expect((await check(engine)).findings).toContainEqual({ kind: 'nearDuplicate', images: 0, excluded: 1, groups: 0 });
  await engine.ask('project.undo', undefined);
  expect((await engine.ask('images.list', { excluded: true })).ids.length).toBe(0);

  await engine.stop();
  const db = new DatabaseSync(join(project, 'project.db'), { readOnly: true });
  expect(db.prepare('SELECT COUNT(*) AS count FROM images WHERE content IS NULL').get()).toEqual({ count: 0 });
  db.close();
});

describe('a second scan', () => {
  test('measures only what changed, and drops findings of what changed or went', async () => {
    const { engine, folder } = await openPictures();
    const copy = join(folder, 'copy.png');
    const whole = readFileSync(copy);
    // A time that can be set again exactly.
    const time = new Date('2026-01-02T03:04:05Z');
    utimesSync(copy, time, time);
    await check(engine);
    const before = (await namesOf(engine, 'nearDuplicate')).length;
    expect(before).toBe(2);

    // The same size and time: nobody looks into it, which shows that it was not measured again.
    writeFileSync(copy, Buffer.alloc(whole.length));
    utimesSync(copy, time, time);
    expect((await check(engine)).findings[0]).toMatchObject({ kind: 'exactDuplicate', images: 2 });

    await sharp({ create: { width: 64, height: 64, channels: 3, background: '#2060a0' } })
      .png()
      .toFile(copy);
    rmSync(join(folder, 'resaved.jpg'));
    const report = await check(engine);
    expect(report.findings.filter(({ groups }) => groups !== null)).toEqual([]);
    expect(await namesOf(engine, 'lowInformation')).toEqual(['copy.png']);
  });

  test.each([
    ['removed', (file: string) => rmSync(file)],
    ['damaged', (file: string) => writeFileSync(file, 'this is no database at all'.repeat(500))],
  ])('goes well when the cache was %s', async (_how, harm) => {
    const { engine, project } = await openPictures();
    const { findings } = await check(engine);
    const file = join(project, 'cache', 'quality.db');
    expect(existsSync(file)).toBe(true);
    harm(file);
    for (const rest of ['-wal', '-shm']) rmSync(file + rest, { force: true });
    expect((await check(engine)).findings).toEqual(findings);
  });

  test('is offered for images that were added', async () => {
    const { engine, folder } = await openPictures();
    await check(engine);
    const more = join(engines.home, 'more');
    mkdirSync(more);
    copyFileSync(join(folder, 'copy.png'), join(more, 'third.png'));
    await bringIn(engine, more);
    expect(await engine.ask('quality.report', undefined)).toMatchObject({ notScanned: 1 });
    const report = await check(engine);
    expect(report).toMatchObject({ notScanned: 0 });
    expect(report.findings[0]).toEqual({ kind: 'exactDuplicate', images: 3, excluded: 0, groups: 1 });
  });
});

test('one at a time; cancelled it ends as stopped and finds nothing yet', async () => {
  const engine = await engines.start();
  const folder = join(engines.home, 'many');
  await writeManyImages(folder, 600);
  await engine.ask('project.fromFolder', { folder });
  await engine.event('job.ended', ({ kind }) => kind === 'import');
  const jobId = await engine.ask('quality.start', undefined);
  expect(await engine.refusal('quality.start', undefined)).toMatchObject({ code: 'usage' });
  const progress = await engine.event('job.progress', ({ kind, done }) => kind === 'quality' && done > 0);
  expect(progress).toMatchObject({ total: 600, etaSeconds: expect.any(Number) });
  await engine.ask('job.cancel', { jobId });
  expect(await endOf(engine, jobId)).toMatchObject({ end: 'stopped', error: null });
  expect(await engine.ask('quality.report', undefined)).toMatchObject({ scannedAt: null, notScanned: 600 });
  // Links to one file: one large group of copies.
  expect((await check(engine)).findings).toContainEqual({
    ...{ kind: 'exactDuplicate', images: 600, excluded: 0, groups: 1 },
  });
});

test('waits for an import that is going, and scans once more when one came in between', async () => {
  const engine = await engines.start();
  const [first, second] = ['first', 'second'].map((name) => join(engines.home, name)) as [string, string];
  await writeManyImages(first, 400);
  await writeManyImages(second, 300);
  await engine.ask('project.fromFolder', { folder: first });
  await engine.event('job.progress', ({ kind, done }) => kind === 'import' && done > 0);
  const jobId = await engine.ask('quality.start', undefined);
  await engine.event('job.progress', ({ kind, total }) => kind === 'quality' && total === 400);
  expect(engine.events.find(({ name }) => name === 'job.ended')).toMatchObject({ payload: { kind: 'import' } });

  await engine.ask('images.import', { paths: [second] });
  expect(await endOf(engine, jobId)).toMatchObject({ end: 'completed', summary: expect.stringMatching(/^700 images/) });
  expect(await engine.ask('quality.report', undefined)).toMatchObject({ notScanned: 0 });
});

test('can be stopped while it waits for an import', async () => {
  const engine = await engines.start();
  const folder = join(engines.home, 'many');
  await writeManyImages(folder, 2000);
  await engine.ask('project.fromFolder', { folder });
  const jobId = await engine.ask('quality.start', undefined);
  await engine.ask('job.cancel', { jobId });
  expect(await endOf(engine, jobId)).toMatchObject({ end: 'stopped' });
  expect(engine.events.some(({ name, payload }) => name === 'job.ended' && payload.kind === 'import')).toBe(false);
  expect(await engine.ask('quality.report', undefined)).toMatchObject({ scannedAt: null });
});

import { createHash } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { useEngines, writeClassFolders, writeImage } from './support.ts';

const engines = useEngines();

/** Everything about the files below a folder that looking at them could change. */
const fingerprint = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => {
      const { size, mtimeMs, ctimeMs, mode } = statSync(path);
      const content = statSync(path).isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : '';
      return [path, size, mtimeMs, ctimeMs, mode, content];
    });

describe('a folder of class folders', () => {
  test('becomes a project: listed, labelled, undone, shown, and the folder is left as it was', async () => {
    const folder = join(engines.home, 'colours');
    await writeClassFolders(folder, 3);
    chmodSync(folder, 0o555);
    const before = fingerprint(folder);
    const engine = await engines.start();

    const summary = await engine.ask('project.fromFolder', { folder });
    expect(summary).toMatchObject({ name: 'colours', undo: null, redo: null });
    expect(summary.path.startsWith(join(engines.home, 'data'))).toBe(true);
    const ended = await engine.event('job.ended');
    expect(ended).toMatchObject({ kind: 'import', end: 'completed', summary: '6 images brought in.', error: null });
    const last = engine.events.findLast(({ name }) => name === 'job.progress');
    expect(last!.payload).toMatchObject({ jobId: ended.jobId, done: 6, total: 6, etaSeconds: 0 });

    expect(await engine.ask('classes.list', undefined)).toMatchObject([
      { id: 1, name: 'blue', count: 3, key: '1' },
      { id: 2, name: 'red', count: 3, key: '2' },
    ]);
    const columns = await engine.ask('images.list', {});
    expect(columns.ids).toEqual(Uint32Array.of(1, 2, 3, 4, 5, 6));
    expect(columns.classIds).toEqual(Uint32Array.of(1, 1, 1, 2, 2, 2));
    expect(await engine.ask('images.facts', { id: 4 })).toMatchObject({
      path: join(folder, 'red', '0.png'),
      status: 'ok',
      width: 16,
      height: 12,
      format: 'png',
      bytes: statSync(join(folder, 'red', '0.png')).size,
    });

    const labelled = await engine.ask('labels.set', { ids: [1, 4], classId: null });
    expect(labelled.undo).toBe('Take the label from 2 images');
    expect((await engine.ask('images.list', { classId: null })).ids).toEqual(Uint32Array.of(1, 4));
    expect((await engine.ask('project.undo', undefined)).redo).toBe('Take the label from 2 images');
    expect((await engine.ask('images.list', { classId: null })).ids).toHaveLength(0);

    expect(fingerprint(folder)).toEqual(before);
    chmodSync(folder, 0o755);
    expect(await engine.stop()).toBe(0);
  });

  test('opened again has its labels and is not brought in twice', async () => {
    const folder = join(engines.home, 'colours');
    await writeClassFolders(folder, 2);
    let engine = await engines.start();
    const { path } = await engine.ask('project.fromFolder', { folder });
    await engine.event('job.ended');
    await engine.ask('labels.set', { ids: [1], classId: 2 });
    await engine.kill();

    engine = await engines.start();
    expect(await engine.ask('project.current', undefined)).toBeNull();
    expect(await engine.ask('project.fromFolder', { folder })).toMatchObject({ path, imageCount: 4 });
    expect((await engine.ask('images.list', {})).classIds).toEqual(Uint32Array.of(2, 1, 2, 2));
    expect(engine.count('job.ended')).toBe(0);
    await writeImage(join(folder, 'green', 'new.png'), [0, 200, 0]);
    await engine.ask('images.import', { paths: [folder] });
    expect((await engine.event('job.ended')).summary).toBe('1 image brought in; 4 images in the project already.');
    expect(await engine.ask('project.recent', undefined)).toMatchObject([{ name: 'colours', path, exists: true }]);
  });
});

test('what cannot be used is named with its reason, and the rest is used', async () => {
  const folder = join(engines.home, 'odd');
  await writeClassFolders(folder, 2);
  writeFileSync(join(folder, 'red', 'text.png'), 'this is no image');
  writeFileSync(join(folder, 'red', 'empty.png'), '');
  writeFileSync(join(folder, 'red', 'cut.png'), readFileSync(join(folder, 'red', '0.png')).subarray(0, 200));
  symlinkSync('loop.png', join(folder, 'red', 'loop.png'));
  await writeImage(join(folder, 'line\nbreak 🙂.png'), [1, 2, 3]);
  const engine = await engines.start();
  await engine.ask('project.fromFolder', { folder });
  expect((await engine.event('job.ended')).summary).toBe('9 images brought in; 4 of them cannot be used.');
  const { ids } = await engine.ask('images.list', { status: 'rejected' });
  const rejected = await Promise.all([...ids].map((id) => engine.ask('images.facts', { id })));
  expect(rejected.map(({ path }) => path.split('/').at(-1))).toEqual(['cut.png', 'empty.png', 'loop.png', 'text.png']);
  for (const { reason, classId } of rejected) {
    expect(reason).toMatch(/\w/);
    expect(classId).toBeNull();
  }
  expect(await engine.refusal('images.thumbnail', { id: ids[0]!, size: 64 })).toMatchObject({ code: 'unreadable' });
  expect((await engine.ask('images.list', { text: '🙂' })).classIds).toEqual(Uint32Array.of(0));
});

test('dropped files come in without a class, and only once', async () => {
  await writeClassFolders(join(engines.home, 'files'), 2);
  const engine = await engines.start();
  await engine.ask('project.create', { name: 'Empty' });
  const file = join(engines.home, 'files', 'red', '1.png');
  await engine.ask('images.import', { paths: [file, file] });
  await engine.event('job.ended');
  expect(await engine.ask('images.list', {})).toMatchObject({ ids: Uint32Array.of(1), classIds: Uint32Array.of(0) });
});

test('one project, one engine: a second is refused while the first lives, and has it after a kill -9', async () => {
  const [first, second] = [await engines.start(), await engines.start()];
  const { path } = await first.ask('project.create', { name: 'Mine' });
  const error = await second.refusal('project.open', { path });
  expect(error).toEqual({
    code: 'exists',
    message: expect.stringContaining(path),
    hint: expect.stringMatching(/Close/),
  });
  expect(await second.ask('project.current', undefined)).toBeNull();
  await first.kill();
  expect(await second.ask('project.open', { path })).toMatchObject({ name: 'Mine', path });
});

test('a project is moved, and closed', async () => {
  const engine = await engines.start();
  const { path } = await engine.ask('project.create', { name: 'Mobile' });
  await engine.ask('classes.create', { name: 'cat' });
  const to = join(engines.home, 'elsewhere');
  expect(await engine.ask('project.move', { to })).toMatchObject({ name: 'Mobile', path: to, undo: 'New class "cat"' });
  expect(await engine.refusal('project.open', { path })).toMatchObject({ code: 'not-found' });
  await engine.ask('project.close', undefined);
  expect(await engine.ask('project.current', undefined)).toBeNull();
  expect(await engine.refusal('classes.list', undefined)).toMatchObject({
    code: 'not-found',
    message: 'No project is open.',
  });
});

/** Requests that are refused, before a project is open, and how. */
const refusals = [
  ['project.fromFolder', { folder: '/nowhere/at/all' }, 'not-found'],
  ['project.open', { path: '/' }, 'not-found'],
  ['project.create', { name: '' }, 'usage'],
  ['images.list', { colour: 'red' }, 'usage'],
  ['images.list', {}, 'not-found'],
  ['training.stop', { runId: 'none' }, 'not-found'],
  ['networks.readFile', { path: '/nowhere.json' }, 'not-found'],
  ['no.such.request', undefined, 'unsupported'],
] as const;

test('errors arrive as code, message and hint, and the engine goes on', async () => {
  const engine = await engines.start();
  for (const [name, params, code] of refusals) {
    const error = await engine.refusal(name as never, params as never);
    expect(error, name).toEqual({ code, message: expect.stringMatching(/\w+ \w+/), hint: expect.any(String) });
  }
  expect(await engine.ask('project.current', undefined)).toBeNull();
});

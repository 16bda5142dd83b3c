import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createClass } from '../../../src-main/engine/store/classes.ts';
import { setLabels } from '../../../src-main/engine/store/labels.ts';
import { moveFolder } from '../../../src-main/engine/store/move.ts';
import { OpenProject } from '../../../src-main/engine/store/open-project.ts';
import { dataFolder, listRecent } from '../../../src-main/engine/store/places.ts';
import { Project } from '../../../src-main/engine/store/project.ts';
import { labelsOf, projectWithImages, useTemporaryHome } from './support.ts';

const home = useTemporaryHome();
const code = (expected: string) => expect.objectContaining({ code: expected });

function imageFolder(name = 'clothes'): string {
  const folder = join(home.path, name);
  mkdirSync(join(folder, 'shirt'), { recursive: true });
  return folder;
}

test.each([
  ['Cats & dogs', 'cats-dogs'],
  ['衣服', '衣服'],
  ['../../etc', 'etc'],
  ['...', 'project'],
  ['x'.repeat(100), 'x'.repeat(60)],
])('a project called %j gets the folder %j', (name, folder) => {
  const project = Project.create(name);
  expect(project.path).toBe(join(dataFolder(), 'projects', folder));
  expect(project.name).toBe(name);
  project.close();
});

test('projects of one name get folders of their own', () => {
  const paths = [1, 2, 3].map(() => {
    const project = Project.create('a');
    project.close();
    return project.path.split('/').at(-1);
  });
  expect(paths).toEqual(['a', 'a-2', 'a-3']);
});

test('a folder of images leads to its project again, also after that was moved and through a link', async () => {
  const folder = imageFolder();
  const open = new OpenProject();
  const { project, origin } = await open.openImages(folder);
  expect(origin).toBe(folder);
  expect(project.name).toBe('clothes');
  createClass(project.db, 'mark');
  expect((await open.openImages(folder)).project).toBe(project);
  await open.move(join(home.path, 'moved'));
  await open.close();

  symlinkSync(folder, join(home.path, 'link'));
  const again = (await open.openImages(join(home.path, 'link'))).project;
  expect(again.path).toBe(join(home.path, 'moved'));
  expect(again.summary().undo).toBe('New class "mark"');

  const other = (await open.openImages(imageFolder('other/clothes'))).project;
  expect(other.path).not.toBe(again.path);
  expect(other.summary().undo).toBeNull();
  await open.close();
});

test('of two that are opened at once the last stays open, and the other is closed', async () => {
  const [a, b] = ['a', 'b'].map((name) => {
    const project = Project.create(name);
    project.close();
    return project.path;
  }) as [string, string];
  const open = new OpenProject();
  await Promise.all([open.open(a), open.open(b)]);
  expect(open.project.path).toBe(b);
  Project.open(a).close();
  await open.close();
  Project.open(b).close();
});

test('work that begins while the last copy is made is ended before the project is closed', async () => {
  const going = new Set<string>();
  const closed: boolean[] = [];
  const open = new OpenProject(() => {
    closed.push(open.current === null);
    going.clear();
    return Promise.resolve();
  });
  await open.create('a');
  createClass(open.db, 'mark');
  const closing = open.close();
  // The copy of a changed project takes longer than a turn of the loop.
  await new Promise((resolve) => setImmediate(resolve));
  expect(open.current).not.toBeNull();
  going.add('an import');
  await closing;
  expect([...going]).toEqual([]);
  expect(closed.at(-1)).toBe(false);
  expect(open.current).toBeNull();
});

test('is found by its folder of images when the list of recent projects is damaged', async () => {
  const open = new OpenProject();
  const { path } = (await open.openImages(imageFolder())).project;
  await open.close();
  writeFileSync(join(dataFolder(), 'recent.json'), '[{"name":');
  expect(listRecent()).toEqual([]);
  expect((await open.openImages(imageFolder())).project.path).toBe(path);
  expect(listRecent()).toMatchObject([{ name: 'clothes', path, exists: true }]);
  await open.close();
});

test('nothing is made of a folder without anything in it, of a file, or of nothing', async () => {
  const open = new OpenProject();
  const empty = join(home.path, 'empty');
  mkdirSync(empty);
  writeFileSync(join(empty, '.hidden'), '');
  writeFileSync(join(home.path, 'file'), '');
  await expect(open.openImages(empty)).rejects.toThrow(code('no-images'));
  await expect(open.openImages(join(home.path, 'file'))).rejects.toThrow(code('not-found'));
  await expect(open.openImages(join(home.path, 'nowhere'))).rejects.toThrow(code('not-found'));
  expect(existsSync(join(dataFolder(), 'projects'))).toBe(false);
});

test('opens also when the list of recent projects cannot be written', () => {
  const { path, db } = Project.create('a');
  db.close();
  rmSync(join(dataFolder(), 'recent.json'));
  mkdirSync(join(dataFolder(), 'recent.json'));
  const project = Project.open(path);
  expect(project.name).toBe('a');
  project.close();
});

test('recent projects: the newest first, one entry each, and those that are gone are marked', () => {
  const [a, b] = ['a', 'b'].map((name) => Project.create(name));
  a!.close();
  b!.close();
  Project.open(a!.path).close();
  expect(listRecent().map(({ name, exists }) => [name, exists])).toEqual([
    ['a', true],
    ['b', true],
  ]);
  rmSync(b!.path, { recursive: true });
  expect(listRecent().map(({ exists }) => exists)).toEqual([true, false]);
});

test('opening a project that cannot be opened leaves the open one open', async () => {
  const open = new OpenProject();
  const project = await open.create('good');
  await expect(open.open(join(home.path, 'nowhere'))).rejects.toThrow(code('not-found'));
  expect(open.project).toBe(project);
  expect(await open.open(project.path)).toBe(project);
  expect(project.summary().name).toBe('good');
  await open.close();
  expect(() => open.project).toThrow(code('not-found'));
});

test('moved, it goes on where it is now, with all it had', async () => {
  const made = projectWithImages(2);
  setLabels(made.db, [2], createClass(made.db, 'cat').id);
  mkdirSync(join(made.path, 'runs', 'r1'), { recursive: true });
  writeFileSync(join(made.path, 'runs', 'r1', 'weights.bin'), 'weights');
  made.close();
  const open = new OpenProject();
  const from = (await open.open(made.path)).path;
  const to = join(home.path, 'deep', 'new place');
  const project = await open.move(to);
  expect(project.path).toBe(to);
  expect(labelsOf(project)).toEqual([0, 1]);
  expect(readFileSync(join(to, 'runs', 'r1', 'weights.bin'), 'utf8')).toBe('weights');
  expect(existsSync(from)).toBe(false);
  expect(listRecent().map(({ path }) => path)).toEqual([to]);
  await open.close();
});

test('a move that cannot be made leaves the project open where it was', async () => {
  const open = new OpenProject();
  const { path } = await open.create('here');
  const taken = join(home.path, 'taken');
  mkdirSync(taken);
  writeFileSync(join(taken, 'precious'), 'x');
  await expect(open.move(taken)).rejects.toThrow(code('exists'));
  await expect(open.move(join(path, 'inside'))).rejects.toThrow(code('usage'));
  writeFileSync(join(home.path, 'file'), '');
  await expect(open.move(join(home.path, 'file', 'below'))).rejects.toThrow();
  expect(open.project.path).toBe(path);
  expect(createClass(open.db, 'still works').name).toBe('still works');
  expect(readdirSync(taken)).toEqual(['precious']);
  await open.close();
});

/** Stands for another disk: rename(2) refuses between disks, everything else is as on one. */
const otherDisk: typeof rename = (from, to) =>
  String(to).endsWith('/new') && String(from).endsWith('/old')
    ? Promise.reject(Object.assign(new Error('EXDEV: cross-device link not permitted'), { code: 'EXDEV' }))
    : rename(from, to);

test('to another disk it is copied, compared, and only then deleted', async () => {
  const [old, to] = [join(home.path, 'old'), join(home.path, 'new')];
  mkdirSync(join(old, 'a', 'b'), { recursive: true });
  writeFileSync(join(old, 'a', 'b', 'file'), Buffer.alloc(100_000, 7));
  writeFileSync(join(old, 'empty'), '');
  await moveFolder(old, to, otherDisk);
  expect(existsSync(old)).toBe(false);
  expect(readFileSync(join(to, 'a', 'b', 'file'))).toEqual(Buffer.alloc(100_000, 7));
  expect(readdirSync(home.path).sort()).toEqual(['data', 'new']);
});

test('to another disk where a copy goes wrong, nothing is deleted and nothing is left there', async () => {
  const [old, to] = [join(home.path, 'old'), join(home.path, 'new')];
  mkdirSync(old);
  await writeFile(join(old, 'secret'), 'text');
  // A folder stands where the copy of the file belongs.
  mkdirSync(join(`${to}.arriving-${process.pid}`, 'secret'), { recursive: true });
  await expect(moveFolder(old, to, otherDisk)).rejects.toThrow();
  expect(await readFile(join(old, 'secret'), 'utf8')).toBe('text');
  expect(readdirSync(home.path).sort()).toEqual(['data', 'old']);
});

import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportLabels } from '../../../src-main/engine/give-back/export-labels.ts';
import type { ExportLabelsOptions } from '../../../src-main/engine/give-back/export-labels.ts';
import { addImages, addSources } from '../../../src-main/engine/store/import.ts';
import { Project } from '../../../src-main/engine/store/project.ts';
import { imageRow, useTemporaryHome } from '../store/support.ts';

const home = useTemporaryHome();

/** Where the images lie, and where things are written to. */
const at = (name: string): string => join(home.path, name);

/** A project of files whose content is their path; the class is given, or null. */
function projectOf(files: readonly (readonly [path: string, label: string | null])[]): Project {
  const project = Project.create('test');
  for (const [path] of files) {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), `the image ${path}`);
  }
  addSources(project.db, [at('pictures')]);
  addImages(
    project.db,
    files.map(([path, label]) => imageRow(at(path), label ?? undefined)),
  );
  // Index into labelOrigins: a suggestion that was accepted.
  project.db.sql.exec('UPDATE images SET origin = 3 WHERE class_id IS NOT NULL');
  return project;
}

const set = (
  project: Project,
  path: string,
  column: 'excluded' | 'missing' | 'split' | 'status',
  value: number,
): void => void project.db.sql.prepare(`UPDATE images SET ${column} = ? WHERE path LIKE ?`).run(value, `%${path}`);

const give = (project: Project, given: Partial<ExportLabelsOptions> & Pick<ExportLabelsOptions, 'format' | 'out'>) =>
  exportLabels(project.db, { link: false, bySide: false, ...given });

/** Every file below `folder` with its content. */
function tree(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    paths
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]),
  );
}

const mixed = [
  ['pictures/cat/1.jpg', 'cat'],
  ['pictures/dog/2.jpg', 'dog'],
  ['pictures/dog/3.jpg', 'dog'],
  ['pictures/dog/4.jpg', 'dog'],
  ['pictures/bird/5.jpg', 'bird'],
  ['pictures/6.jpg', null],
] as const;

/** One of each: unlabelled, excluded, rejected, missing. */
function mixedProject(): Project {
  const project = projectOf(mixed);
  set(project, '/1.jpg', 'split', 2);
  set(project, '/3.jpg', 'excluded', 1);
  set(project, '/4.jpg', 'status', 2);
  set(project, '/5.jpg', 'missing', 1);
  return project;
}

const nothingLeftOut = { unlabelled: 0, excluded: 0, rejected: 0, missing: 0, withoutSide: 0, unreadable: 0 };

describe('tables', () => {
  it('CSV has every label with its side, origin and what keeps it from being used', async () => {
    const project = mixedProject();
    const done = await give(project, { format: 'csv', out: at('labels.csv') });
    const pictures = at('pictures');
    expect(readFileSync(at('labels.csv'), 'utf8').split('\r\n')).toEqual([
      'path,label,split,origin,excluded,status,missing',
      `${pictures}/cat/1.jpg,cat,validation,suggestion,false,ok,false`,
      `${pictures}/dog/2.jpg,dog,,suggestion,false,ok,false`,
      `${pictures}/dog/3.jpg,dog,,suggestion,true,ok,false`,
      `${pictures}/dog/4.jpg,dog,,suggestion,false,rejected,false`,
      `${pictures}/bird/5.jpg,bird,,suggestion,false,ok,true`,
      '',
    ]);
    expect(done).toEqual({
      format: 'csv',
      out: at('labels.csv'),
      images: 5,
      leftOut: { ...nothingLeftOut, unlabelled: 1 },
      classes: expect.any(Array),
      unreadable: [],
    });
    expect([...done.classes].sort()).toEqual(['bird', 'cat', 'dog']);
    project.close();
  });

  it('commas, quotes and line breaks in names survive in both tables', async () => {
    const odd = 'pictures/a, "b"\nc.jpg';
    const project = projectOf([[odd, 'cat, "the" big']]);
    await give(project, { format: 'csv', out: at('labels.csv') });
    await give(project, { format: 'jsonl', out: at('labels.jsonl') });
    expect(JSON.parse(readFileSync(at('labels.jsonl'), 'utf8'))).toEqual({
      path: at(odd),
      label: 'cat, "the" big',
      split: null,
      origin: 'suggestion',
      excluded: false,
      status: 'ok',
      missing: false,
    });
    // Python's own reader as the judge.
    const code = 'import csv,json,sys;print(json.dumps(list(csv.DictReader(open(sys.argv[1],newline="")))))';
    const rows = JSON.parse(execFileSync('python3', ['-c', code, at('labels.csv')], { encoding: 'utf8' })) as object[];
    expect(rows).toEqual([expect.objectContaining({ path: at(odd), label: 'cat, "the" big', split: '' })]);
    project.close();
  });

  it('COCO has the images that can be used, one annotation each, whose box is the whole image', async () => {
    const project = mixedProject();
    const done = await give(project, { format: 'coco', out: at('labels.json') });
    const coco = JSON.parse(readFileSync(at('labels.json'), 'utf8')) as {
      images: { id: number; file_name: string; width: number; height: number }[];
      annotations: { id: number; image_id: number; category_id: number; bbox: number[]; area: number }[];
      categories: { id: number; name: string }[];
    };
    expect(coco.images.map(({ file_name, width, height }) => [file_name, width, height])).toEqual([
      [at('pictures/cat/1.jpg'), 8, 6],
      [at('pictures/dog/2.jpg'), 8, 6],
    ]);
    // Those that are used, from 1.
    expect(coco.categories.map(({ id, name }) => [id, name])).toEqual([
      [1, 'cat'],
      [2, 'dog'],
    ]);
    const named = coco.annotations.map(({ image_id, category_id, bbox, area }) => [
      coco.images.find(({ id }) => id === image_id)?.file_name,
      coco.categories.find(({ id }) => id === category_id)?.name,
      bbox,
      area,
    ]);
    expect(named).toEqual([
      [at('pictures/cat/1.jpg'), 'cat', [0, 0, 8, 6], 48],
      [at('pictures/dog/2.jpg'), 'dog', [0, 0, 8, 6], 48],
    ]);
    expect(done).toMatchObject({
      images: 2,
      leftOut: { ...nothingLeftOut, unlabelled: 1, excluded: 1, rejected: 1, missing: 1 },
    });
    project.close();
  });
});

describe('class folders', () => {
  it('copies what can be used and counts what cannot; the copies are files of their own with the same date', async () => {
    const project = mixedProject();
    utimesSync(at('pictures/cat/1.jpg'), 1_600_000_000, 1_600_000_000);
    const before = tree(at('pictures'));
    const done = await give(project, { format: 'folders', out: at('tree') });
    expect(tree(at('tree'))).toEqual({
      'cat/1.jpg': 'the image pictures/cat/1.jpg',
      'dog/2.jpg': 'the image pictures/dog/2.jpg',
    });
    expect(done).toMatchObject({ images: 2, leftOut: { unlabelled: 1, excluded: 1, rejected: 1, missing: 1 } });
    expect(statSync(at('tree/cat/1.jpg')).mtimeMs).toBe(1_600_000_000_000);
    expect(statSync(at('tree/cat/1.jpg')).ino).not.toBe(statSync(at('pictures/cat/1.jpg')).ino);
    expect(tree(at('pictures'))).toEqual(before);
    project.close();
  });

  it('hard links share the file, also where the project has it by a symbolic link', async () => {
    const project = projectOf([['pictures/cat/1.jpg', 'cat']]);
    writeFileSync(at('real.jpg'), 'real');
    unlinkSync(at('pictures/cat/1.jpg'));
    symlinkSync(at('real.jpg'), at('pictures/cat/1.jpg'));
    const { mtimeMs } = statSync(at('real.jpg'));
    await give(project, { format: 'folders', out: at('tree'), link: true });
    const { ino, mtimeMs: after } = statSync(at('tree/cat/1.jpg'));
    expect(ino).toBe(statSync(at('real.jpg')).ino);
    expect(after).toBe(mtimeMs);
    project.close();
  });

  it('files of the same name get a number, whatever the case of their letters', async () => {
    const project = projectOf([
      ['pictures/a/x.jpg', 'cat'],
      ['pictures/b/x.jpg', 'cat'],
      ['pictures/c/X.JPG', 'cat'],
      ['pictures/d/x-2.jpg', 'cat'],
      ['pictures/d/x.jpg', 'dog'],
    ]);
    await give(project, { format: 'folders', out: at('tree') });
    expect(tree(at('tree'))).toEqual({
      'cat/x.jpg': 'the image pictures/a/x.jpg',
      'cat/x-2.jpg': 'the image pictures/b/x.jpg',
      'cat/X-3.JPG': 'the image pictures/c/X.JPG',
      'cat/x-2-2.jpg': 'the image pictures/d/x-2.jpg',
      'dog/x.jpg': 'the image pictures/d/x.jpg',
    });
    project.close();
  });

  it('classes whose names are no folder names, and those that differ by case only, still get folders of their own', async () => {
    const long = '猫'.repeat(100);
    const project = projectOf([
      ['pictures/1.jpg', 'a/b'],
      ['pictures/2.jpg', 'a_b'],
      ['pictures/3.jpg', '..'],
      ['pictures/4.jpg', 'Cat'],
      ['pictures/5.jpg', 'cat'],
      ['pictures/6.jpg', long],
    ]);
    await give(project, { format: 'folders', out: at('tree') });
    const folders = Object.keys(tree(at('tree'))).map((path) => dirname(path));
    expect(folders.slice().sort().slice(0, 5)).toEqual(['Cat', '_.', 'a_b', 'a_b-2', 'cat-2']);
    expect(folders.find((name) => name.startsWith('猫'))).toMatch(/^猫{80,84}$/);
    project.close();
  });

  it('by side: a level for each side of the split, images without one counted', async () => {
    const project = mixedProject();
    const done = await give(project, { format: 'folders', out: at('tree'), bySide: true });
    expect(Object.keys(tree(at('tree')))).toEqual(['validation/cat/1.jpg']);
    expect(done.leftOut).toMatchObject({ withoutSide: 1 });
    project.close();
  });

  it('an image that cannot be read is left out and named', async () => {
    const project = projectOf(mixed);
    unlinkSync(at('pictures/dog/2.jpg'));
    rmSync(at('pictures/dog/3.jpg'));
    execFileSync('mkfifo', [at('pictures/dog/3.jpg')]);
    const done = await give(project, { format: 'folders', out: at('tree') });
    expect(done.images).toBe(3);
    expect(done.unreadable.sort((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
      { path: at('pictures/dog/2.jpg'), reason: 'there is no such file' },
      { path: at('pictures/dog/3.jpg'), reason: 'it is not a file any more' },
    ]);
    project.close();
  });
});

describe('nothing is left half-written, and nothing that exists is replaced', () => {
  const leftovers = () => readdirSync(home.path).filter((name) => !['data', 'pictures'].includes(name));

  it.each(['csv', 'jsonl', 'coco', 'folders'] as const)('%s: what exists stays as it is', async (format) => {
    const project = projectOf(mixed);
    mkdirSync(at('out'));
    writeFileSync(at('out/mine'), 'mine');
    await expect(give(project, { format, out: at('out') })).rejects.toMatchObject({ code: 'exists' });
    expect(tree(at('out'))).toEqual({ mine: 'mine' });
    expect(leftovers()).toEqual(['out']);
    project.close();
  });

  it('an empty folder can be filled', async () => {
    const project = projectOf([['pictures/a/1.jpg', 'a']]);
    mkdirSync(at('tree'));
    await give(project, { format: 'folders', out: at('tree') });
    expect(Object.keys(tree(at('tree')))).toEqual(['a/1.jpg']);
    project.close();
  });

  it.each(['csv', 'folders'] as const)('%s: cancelled, it leaves nothing', async (format) => {
    const project = projectOf(mixed);
    const aborter = new AbortController();
    const stopped = give(project, {
      format,
      out: at('out'),
      signal: aborter.signal,
      onProgress: () => aborter.abort(),
    });
    if (format === 'csv') aborter.abort();
    await expect(stopped).rejects.toMatchObject({ code: 'interrupted' });
    expect(leftovers()).toEqual([]);
    project.close();
  });

  it('a folder that is not there is named', async () => {
    const project = projectOf(mixed);
    await expect(give(project, { format: 'csv', out: at('nowhere/x.csv') })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining(at('nowhere')),
    });
    project.close();
  });

  it('a project without labels, and a folder among the images, are refused', async () => {
    const project = projectOf([['pictures/1.jpg', null]]);
    await expect(give(project, { format: 'csv', out: at('x.csv') })).rejects.toMatchObject({
      code: 'no-images',
      message: 'There are no labels to give back: 1 without a label.',
    });
    project.close();
    const other = projectOf(mixed);
    const inside = give(other, { format: 'folders', out: at('pictures/tree') });
    await expect(inside).rejects.toMatchObject({ code: 'exists', hint: 'Choose a folder outside of it.' });
    expect(existsSync(at('pictures/tree'))).toBe(false);
    other.close();
  });

  it.each(['link/tree', 'link/not/there/yet', 'pictures/out/tree'])(
    '"%s", which a link leads to, is refused too',
    async (out) => {
      const project = projectOf(mixed);
      symlinkSync(at('pictures/dog'), at('link'));
      mkdirSync(at('elsewhere'));
      symlinkSync(at('elsewhere'), at('pictures/out'));
      const inside = give(project, { format: 'folders', out: at(out) });
      await expect(inside).rejects.toMatchObject({ hint: 'Choose a folder outside of it.' });
      expect(readdirSync(at('elsewhere'))).toEqual([]);
      expect(readdirSync(at('pictures/dog'))).toHaveLength(3);
      project.close();
    },
  );
});

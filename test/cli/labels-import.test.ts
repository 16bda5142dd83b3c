import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { imageFacts } from '../../src-main/engine/store/images.ts';
import { projectMadeOf } from '../../src-main/engine/store/places.ts';
import { Project } from '../../src-main/engine/store/project.ts';
import { entry, linesOf, runCli } from './run-cli.ts';

const root = mkdtempSync(join(tmpdir(), 'receptive-cli-labels-'));
const before = process.env['XDG_DATA_HOME'];
let home: string;
let count = 0;

afterAll(() => {
  if (before === undefined) delete process.env['XDG_DATA_HOME'];
  else process.env['XDG_DATA_HOME'] = before;
  rmSync(root, { recursive: true });
});
beforeEach(async () => {
  home = join(root, String(count++));
  process.env['XDG_DATA_HOME'] = join(home, 'data');
  for (const path of ['pets/a/1.png', 'pets/a/2.png', 'pets/b/3.png']) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    await sharp({ create: { width: 4, height: 4, channels: 3, background: '#808080' } }).toFile(join(home, path));
  }
});
afterEach(() => rmSync(home, { recursive: true }));

const write = (name: string, content: string): void => writeFileSync(join(home, name), content);
const projects = (): string[] => {
  try {
    return readdirSync(join(home, 'data', 'receptive', 'projects'));
  } catch {
    return [];
  }
};
/** "pets/a/1.png: cat" for each image of the project made of pets/. */
function labels(): string[] {
  const project = Project.open(projectMadeOf(join(home, 'pets'))!);
  const names = new Map(
    project.db.sql
      .prepare('SELECT id, name FROM classes')
      .all()
      .map((row) => [row['id'], row['name']]),
  );
  const ids = project.db.sql
    .prepare('SELECT id FROM images ORDER BY id')
    .all()
    .map((row) => Number(row['id']));
  const found = ids.map((id) => {
    const { path, classId } = imageFacts(project.db, id);
    return `${path.slice(home.length + 1)}: ${String(names.get(classId) ?? '-')}`;
  });
  project.close();
  return found;
}

describe('receptive labels import', () => {
  test('makes a project of a folder of images, and labels them by the file; a second time nothing changes', async () => {
    write('l.csv', 'path,label\npets/a/1.png,cat\npets/b/3.png,cat\npets/b/3.png,dog\npets/no.png,cat\n');
    const first = await runCli(['labels', 'import', 'pets', 'l.csv', '--json'], home);
    expect(first.code).toBe(0);
    expect(linesOf(first)).toEqual([
      {
        event: 'done',
        added: 3,
        labelled: 3,
        unchanged: 0,
        notFound: [{ path: 'pets/no.png', place: 'line 5', reason: 'there is no such file' }],
        severalLabels: 1,
        classes: ['cat', 'a'],
      },
    ]);
    expect(labels()).toEqual(['pets/a/1.png: cat', 'pets/a/2.png: a', 'pets/b/3.png: cat']);
    const second = await runCli(['labels', 'import', 'pets', 'l.csv', '--json'], home);
    expect(linesOf(second)[0]).toMatchObject({ added: 0, labelled: 0, unchanged: 2, severalLabels: 1 });
    expect(projects()).toHaveLength(1);
  });

  test('into a project’s folder; of several labels none when it is told so; as text', async () => {
    const project = Project.create('empty');
    project.close();
    write('l.jsonl', '{"path":"pets/a/1.png","label":["x","y"]}\n{"path":"pets/a/2.png","label":"x"}\n');
    const words = ['labels', 'import', project.path, 'l.jsonl', '--several-labels', 'leave-out'];
    const { code, stdout } = await runCli(words, home);
    expect(code).toBe(0);
    expect(stdout).toBe(
      '2 images added, 1 labelled\nSeveral labels on 1 image: none is kept\nClasses of the project: x\n',
    );
    const again = Project.open(project.path);
    expect(again.summary()).toMatchObject({ imageCount: 2, sources: [join(home, 'pets', 'a')] });
    expect(imageFacts(again.db, 1).classId).toBeNull();
    again.close();
  });

  test('names alone are looked for in the folder that becomes a project, wherever the file lies', async () => {
    mkdirSync(join(home, 'elsewhere'));
    write('elsewhere/l.csv', 'file,label\n1.png,cat\n3.png,dog\n9.png,cat\n');
    const { code, stdout } = await runCli(['labels', 'import', 'pets', 'elsewhere/l.csv'], home);
    expect(code).toBe(0);
    expect(labels()).toEqual(['pets/a/1.png: cat', 'pets/a/2.png: a', 'pets/b/3.png: dog']);
    expect(stdout).toBe(
      'Not found:\npath   place   reason\n9.png  line 4  there is no such file\n\n' +
        '3 images added, 3 labelled\nClasses of the project: cat, a, dog\n',
    );
  });

  test.each([
    ['a folder that is not there', ['cats', 'l.csv'], 1, 'not-found', /no folder ".*cats"/],
    ['a file that is not there', ['pets', 'gone.csv'], 1, 'not-found', /no file ".*gone\.csv"/],
    ['a file of something else', ['pets', 'pets/a/1.png'], 1, 'unreadable', /no file of labels/],
    ['a wrong line', ['pets', 'wrong.csv'], 1, 'unreadable', /line 2/],
    ['nothing that is there', ['pets', 'lost.csv'], 1, 'not-found', /None of the 1 images/],
  ])('%s: an error, and no project is left behind', async (_what, words, code, error, message) => {
    write('l.csv', 'path,label\npets/a/1.png,cat\n');
    write('wrong.csv', 'path,label\npets/a/1.png\n');
    write('lost.csv', 'path,label\nx.png,cat\n');
    const result = await runCli(['labels', 'import', ...words, '--json'], home);
    expect(result.code).toBe(code);
    expect(linesOf(result)).toEqual([
      { event: 'error', code: error, message: expect.stringMatching(message), hint: expect.any(String) },
    ]);
    expect(projects()).toEqual([]);
  });

  test('on a full disk: said, and no half-made project is left', () => {
    write('l.csv', 'path,label\npets/a/1.png,cat\n');
    mkdirSync(join(home, 'data'));
    const mount = `mount -t tmpfs -o size=200k tmpfs '${join(home, 'data')}'`;
    const look = `ls -A '${join(home, 'data/receptive/projects')}' >&2`;
    const words = [process.execPath, entry, 'labels', 'import', 'pets', 'l.csv', '--json'];
    const { stdout, stderr } = spawnSync(
      'unshare',
      ['--user', '--map-root-user', '--mount', 'sh', '-c', `${mount} && { "$@"; ${look}; }`, 'sh', ...words],
      { encoding: 'utf8', env: { ...process.env, INIT_CWD: home } },
    );
    expect(linesOf({ code: 1, stdout, stderr })).toMatchObject([{ event: 'error', code: 'disk-full' }]);
    expect(stderr).not.toMatch(/^pets$/m);
    expect(stderr).not.toContain('cannot access');
  });

  test('a project that is open elsewhere is refused', async () => {
    const project = Project.create('busy');
    write('l.csv', 'path,label\npets/a/1.png,cat\n');
    const result = await runCli(['labels', 'import', project.path, 'l.csv', '--json'], home);
    project.close();
    expect(result.code).toBe(1);
    expect(linesOf(result)[0]).toMatchObject({ event: 'error', code: 'exists' });
  });
});

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { addImages, addSources } from '../../src-main/engine/store/import.ts';
import { Project } from '../../src-main/engine/store/project.ts';
import { imageRow, useTemporaryHome } from '../engine/store/support.ts';
import { entry, linesOf, runCli } from './run-cli.ts';

const home = useTemporaryHome();
const at = (name: string): string => join(home.path, name);

/** A closed project, made of a folder of two classes with files of `bytes` bytes each; answers with its folder. */
function makeProject(bytes = 100): string {
  mkdirSync(at('pictures/cat'), { recursive: true });
  mkdirSync(at('pictures/dog'));
  const project = Project.create('pictures', at('pictures'));
  addSources(project.db, [at('pictures')]);
  const files = ['cat/1.jpg', 'cat/2.jpg', 'dog/1.jpg'];
  for (const file of files) writeFileSync(join(at('pictures'), file), Buffer.alloc(bytes, file));
  const rows = files.map((file) => imageRow(join(at('pictures'), file), file.slice(0, 3)));
  addImages(project.db, [...rows, imageRow(at('pictures/0.jpg'))]);
  project.close();
  return project.path;
}

const leftOut = { unlabelled: 1, excluded: 0, rejected: 0, missing: 0, withoutSide: 0, unreadable: 0 };

describe('receptive labels export', () => {
  test('writes every format from the project, or from the images that it was made of', async () => {
    const project = makeProject();
    const formats = { csv: 'labels.csv', jsonl: 'labels.jsonl', coco: 'labels.json', folders: 'tree' };
    for (const [at_, [format, out]] of Object.entries(formats).entries()) {
      const words = ['labels', 'export', at_ % 2 ? project : 'pictures', '--format', format, '--out', out, '--json'];
      const result = await runCli(words, home.path);
      expect(result.code, result.stdout + result.stderr).toBe(0);
      expect(linesOf(result)).toEqual([
        { event: 'done', format, out: at(out), images: 3, leftOut, classes: ['cat', 'dog'] },
      ]);
    }
    expect(readFileSync(at('labels.csv'), 'utf8').split('\r\n')[1]).toMatch(/pictures\/cat\/1\.jpg,cat,/);
    expect(readdirSync(at('tree'), { recursive: true }).sort()).toEqual([
      'cat',
      'cat/1.jpg',
      'cat/2.jpg',
      'dog',
      'dog/1.jpg',
    ]);
  });

  test('--link makes hard links; without --json it says what was written and left out', async () => {
    const project = makeProject();
    const result = await runCli(['labels', 'export', project, '--format', 'folders', '--out', at('tree'), '--link']);
    expect(result.stdout).toBe(`3 images of 2 classes\nLeft out: 1 without a label\n${at('tree')}\n`);
    expect(statSync(at('tree/dog/1.jpg')).ino).toBe(statSync(at('pictures/dog/1.jpg')).ino);
  });

  test('hard links to another disk: the error names the remedy', async () => {
    const project = makeProject();
    mkdirSync(at('other'));
    const inside = `mount -t tmpfs tmpfs '${at('other')}' && { "$@"; echo "$? $(ls -A '${at('other')}')" >&2; }`;
    const words = ['labels', 'export', project, '--format', 'folders', '--out', at('other/tree'), '--link', '--json'];
    const { stdout, stderr } = runInside(inside, words);
    expect(linesOf({ code: 1, stdout, stderr }).at(-1)).toMatchObject({
      event: 'error',
      code: 'unreadable',
      message: expect.stringContaining('on another disk'),
      hint: 'Make copies instead.',
    });
    expect(stderr).toMatch(/1 \n$/);
  });

  test.each([
    ['csv', '8k'],
    ['folders', '64k'],
  ])('%s on a full disk: said, and nothing is left of it', (format, size) => {
    const project = makeProject(50_000);
    mkdirSync(at('small'));
    const fill = format === 'csv' ? `head -c 9999 /dev/zero > '${at('small/fill')}'; ` : '';
    const look = `echo "$? $(ls -A '${at('small')}')" >&2`;
    const inside = `mount -t tmpfs -o size=${size} tmpfs '${at('small')}' && { ${fill}"$@"; ${look}; }`;
    const words = ['labels', 'export', project, '--format', format, '--out', at('small/out'), '--json'];
    const { stdout, stderr } = runInside(inside, words);
    expect(linesOf({ code: 1, stdout, stderr }).at(-1)).toMatchObject({
      event: 'error',
      code: 'disk-full',
      message: `"${at('small/out')}" could not be written: the disk is full. Nothing of it was left.`,
    });
    expect(stderr).toMatch(format === 'csv' ? /1 fill\n$/ : /1 \n$/);
  });

  test.each([
    ['a folder that is no project', ['nowhere', '--format', 'csv', '--out', 'x'], 1, 'not-found'],
    ['a target that exists', ['pictures', '--format', 'csv', '--out', 'data'], 1, 'exists'],
    ['no format', ['pictures', '--out', 'x'], 2, 'usage'],
    ['an unknown format', ['pictures', '--format', 'xml', '--out', 'x'], 2, 'usage'],
    ['no target', ['pictures', '--format', 'csv'], 2, 'usage'],
    ['links of a table', ['pictures', '--format', 'csv', '--out', 'x', '--link'], 2, 'usage'],
  ])('%s is refused', async (_, words, code, name) => {
    makeProject();
    const result = await runCli(['labels', 'export', ...words, '--json'], home.path);
    expect([result.code, linesOf(result)]).toMatchObject([code, [{ event: 'error', code: name }]]);
    expect(existsSync(at('x'))).toBe(false);
  });
});

/** Runs the command line in a mount namespace of its own, by a shell line in which "$@" stands for it. */
function runInside(shell: string, words: string[]): { stdout: string; stderr: string } {
  const line = `exec 3>&1; { ${shell}; } 2>'${at('stderr')}' >&3`;
  const command = ['-rm', 'bash', '-c', line, '-', process.execPath, entry, ...words];
  const stdout = execFileSync('unshare', command, { encoding: 'utf8' });
  return { stdout, stderr: readFileSync(at('stderr'), 'utf8') };
}

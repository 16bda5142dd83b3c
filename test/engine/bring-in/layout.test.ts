import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { layoutOf, placeIn } from '../../../src-main/engine/bring-in/layout.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'receptive-layout-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(paths: string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    if (!path.endsWith('/')) writeFileSync(join(folder, path), '');
    else mkdirSync(join(folder, path), { recursive: true });
  }
}

/** "path: class (side)" for each of the paths. */
async function placed(paths: string[]) {
  write(paths);
  const layout = await layoutOf(folder);
  const places = paths.map((path) => {
    const { class: name = '', side } = placeIn(layout, path);
    return side ? `${name} (${side})` : name;
  });
  return { kind: layout.kind, places };
}

const cases: [what: string, kind: string, files: Record<string, string>][] = [
  ['images alone', 'folder', { '1.png': '', '2.png': '' }],
  ['class folders', 'classFolders', { 'cat/1.png': 'cat', 'dog/2.png': 'dog', 'dog/young/3.png': 'dog', '4.png': '' }],
  ['one class folder', 'classFolders', { 'cat/1.png': 'cat' }],
  [
    'classes called as what every object of the language has',
    'classFolders',
    { 'constructor/a/1.png': 'constructor', '__proto__/2.png': '__proto__' },
  ],
  [
    'one class in folders by year',
    'classFolders',
    { 'cat/0.png': 'cat', 'cat/2020/1.png': 'cat', 'cat/2021/2.png': 'cat' },
  ],
  ['a folder called "images" around images', 'folder', { 'images/1.png': '', 'readme.txt': '' }],
  [
    'a folder around class folders',
    'classFolders',
    { 'pets/cat/1.png': 'cat', 'pets/dog/2.png': 'dog', 'license.txt': '' },
  ],
  ['images beside a folder', 'classFolders', { 'cat/1.png': 'cat', '2.png': '' }],
  [
    'sides',
    'splitFolders',
    {
      'train/cat/1.png': 'cat (train)',
      'val/cat/2.png': 'cat (validation)',
      'test/dog/x/3.png': 'dog (test)',
      '4.png': '',
    },
  ],
  [
    'sides by their other names, in any case',
    'splitFolders',
    { 'Training/a/1.png': 'a (train)', 'VALID/a/2.png': 'a (validation)', 'testing/a/3.png': 'a (test)' },
  ],
  ['sides without classes', 'splitFolders', { 'train/1.png': ' (train)', 'test/2.png': ' (test)' }],
  ['one side with classes', 'splitFolders', { 'train/cat/1.png': 'cat (train)', 'train/dog/2.png': 'dog (train)' }],
  ['a class that is called train', 'classFolders', { 'train/1.png': 'train' }],
  ['classes of which one is called train', 'classFolders', { 'train/1.png': 'train', 'plane/2.png': 'plane' }],
  [
    'sides in folders around them',
    'splitFolders',
    { 'data/pets/train/cat/1.png': 'cat (train)', 'data/pets/val/cat/2.png': 'cat (validation)' },
  ],
  [
    'hidden folders beside',
    'splitFolders',
    { 'train/a/1.png': 'a (train)', 'test/a/2.png': 'a (test)', '.git/x.png': '' },
  ],
];

test.each(cases)('%s', async (_what, kind, files) => {
  expect(await placed(Object.keys(files))).toEqual({ kind, places: Object.values(files) });
});

test('a link to a folder counts as one, and a link that leads nowhere as none', async () => {
  write(['real/1.png']);
  symlinkSync(join(folder, 'real'), join(folder, 'train'));
  symlinkSync(join(folder, 'nothing'), join(folder, 'broken'));
  rmSync(join(folder, 'real'), { recursive: true });
  expect((await layoutOf(folder)).kind).toBe('folder');
});

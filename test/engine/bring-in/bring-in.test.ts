import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bringIn, mostTries } from '../../../src-main/engine/bring-in/bring-in.ts';
import { examine } from '../../../src-main/engine/bring-in/collect.ts';
import { summaryOf } from '../../../src-main/engine/bring-in/summary.ts';
import { DecoderClient } from '../../../src-main/engine/images/decoder-client.ts';
import { listClasses } from '../../../src-main/engine/store/classes.ts';
import { addImages, addSources } from '../../../src-main/engine/store/import.ts';
import { imageFacts } from '../../../src-main/engine/store/images.ts';
import { step } from '../../../src-main/engine/store/journal.ts';
import { setLabels } from '../../../src-main/engine/store/labels.ts';
import {
  beginImport,
  countTry,
  forgetTries,
  unfinishedImports,
} from '../../../src-main/engine/store/unfinished-imports.ts';
import { labelAsStated } from '../../../src-main/engine/store/stated-labels.ts';
import { useTemporaryHome } from '../store/support.ts';
import { useWorlds, writePicture } from './support.ts';

const home = useTemporaryHome();
const makeWorld = useWorlds(home);
const at = (...parts: string[]): string => join(home.path, ...parts);

async function writePictures(...paths: string[]): Promise<void> {
  for (const [index, path] of paths.entries()) await writePicture(at(path), index + 1);
}
function write(name: string, content: string): string {
  writeFileSync(at(name), content);
  return at(name);
}

describe('folders', () => {
  test('of sides and classes: both are set, by the import', async () => {
    await writePictures('p/train/cat/1.png', 'p/train/dog/2.png', 'p/val/cat/3.png', 'p/test/dog/4.png');
    const world = makeWorld();
    expect(await world.import([at('p')])).toMatchObject({ added: 4, labelled: 4 });
    expect(world.images()).toEqual([
      'p/test/dog/4.png: dog (test)',
      'p/train/cat/1.png: cat (train)',
      'p/train/dog/2.png: dog (train)',
      'p/val/cat/3.png: cat (validation)',
    ]);
    expect(imageFacts(world.project.db, 1)).toMatchObject({ origin: 'imported' });
  });

  test('classes come in the order that people count in, and get their keys in it', async () => {
    await writePictures('p/class 1/1.png', 'p/class 10/2.png', 'p/class 2/10.png', 'p/class 2/9.png');
    const world = makeWorld();
    await world.import([at('p')]);
    const classes = listClasses(world.project.db).map(({ name, key, count }) => [name, key, count]);
    expect(classes).toEqual([
      ['class 1', '1', 1],
      ['class 2', '2', 2],
      ['class 10', '3', 1],
    ]);
  });

  test('of images alone, and what is no image', async () => {
    await writePictures('p/1.png', 'p/2.png');
    write('p/notes.txt', 'hello');
    const world = makeWorld();
    const result = await world.import([at('p')]);
    expect(world.images()).toEqual(['p/1.png: -', 'p/2.png: -', 'p/notes.txt: -, rejected']);
    expect(summaryOf(result, 'first')).toBe('3 images brought in; 1 of them cannot be used.');
  });

  test('that hold the project: its own files stay out', async () => {
    await writePictures('q/1.png');
    const world = makeWorld();
    await writePicture(join(world.project.path, 'cache', 'x.png'), 1);
    await world.import([home.path]);
    expect(world.images().filter((image) => !image.includes('recent.json'))).toEqual(['q/1.png: q']);
  });
});

describe('files of labels', () => {
  test('bring in the images they name, wherever these lie', async () => {
    await writePictures('set/img/a.png', 'set/img/b.png', 'elsewhere/c.png', 'set/other/no.png');
    const lines = [
      'path;label;split',
      'img/a.png;cat;train',
      './img/../img/b.png;dog;test',
      `${at('elsewhere/c.png')};cat;`,
    ];
    const world = makeWorld();
    const result = await world.import([write('set/labels.csv', lines.join('\n'))]);
    expect(result).toMatchObject({ added: 3, labelled: 3, known: 0, notFound: [] });
    expect(world.images()).toEqual(['set/img/a.png: cat (train)', 'set/img/b.png: dog (test)', 'elsewhere/c.png: cat']);
    // Only the folders of the images are sources, and neither was brought in whole.
    expect(world.project.summary().sources).toEqual([at('set/img'), at('elsewhere')]);
  });

  test('label images that are there already: one change, which Undo takes back with the classes it made', async () => {
    await writePictures('p/a.png', 'p/b.png', 'p/c.png', 'p/d.png');
    const world = makeWorld();
    const { db } = world.project;
    await world.import([at('p')]);
    await world.import([write('p/first.csv', 'path,label\na.png,cat\nb.png,cat\n')]);
    setLabels(db, [3], listClasses(db)[0]!.id);
    const before = world.images();
    const file = write('p/labels.csv', 'path,label,split\na.png,cat,\nb.png,dog,train\nc.png,dog,\nd.png,,test\n');
    const result = await world.import([file]);
    expect(result).toMatchObject({ added: 0, known: 4, relabelled: 2 });
    expect(summaryOf(result, 'first')).toBe(
      '2 images labelled anew, which Undo takes back; 2 images in the project already.',
    );
    expect(world.images()).toEqual(['p/a.png: cat', 'p/b.png: dog (train)', 'p/c.png: dog', 'p/d.png: - (test)']);
    expect(imageFacts(db, 3).origin).toBe('imported');
    expect(world.project.summary().undo).toBe('Labels of a file for 3 images');
    step(db, 'undo');
    expect(world.images()).toEqual(before);
    expect(imageFacts(db, 3).origin).toBe('person');
    expect(listClasses(db).map(({ name }) => name)).toEqual(['cat']);
    step(db, 'redo');
    expect(world.images()[1]).toBe('p/b.png: dog (train)');
    // The same file again changes nothing and leaves no entry to undo.
    const entries = () => db.sql.prepare('SELECT COUNT(*) AS n FROM journal').get()!['n'];
    const count = entries();
    expect(await world.import([file])).toMatchObject({ added: 0, known: 4, relabelled: 0 });
    expect(entries()).toBe(count);
  });

  test('with two rows for one image: the labels of both, and the first side', async () => {
    await writePictures('p/a.png');
    const world = makeWorld();
    const csv = 'path,label,split\na.png,x,train\n./a.png,y,test\n';
    write('p/labels.csv', csv);
    expect(await world.import([at('p/labels.csv')])).toMatchObject({ added: 1, severalLabels: 1 });
    expect(world.images()).toEqual(['p/a.png: x (train)']);
  });

  test('name a side only for images that have none', async () => {
    await writePictures('p/a.png');
    const world = makeWorld();
    await world.import([write('p/1.csv', 'path,label,split\na.png,x,train\n')]);
    await world.import([write('p/2.csv', 'path,label,split\na.png,x,test\n')]);
    expect(world.images()).toEqual(['p/a.png: x (train)']);
  });

  test.each([
    ['first', ['p/a.png: cat', 'p/b.png: fox']],
    ['leaveOut', ['p/a.png: -', 'p/b.png: fox']],
  ] as const)('with several labels for an image: %s', async (severalLabels, images) => {
    await writePictures('p/a.png', 'p/b.png');
    const file = write('p/labels.csv', 'path,label\na.png,cat\nb.png,fox\na.png,dog\n./a.png,cat\n');
    expect(await examine([file])).toEqual({ kinds: ['csv'], severalLabels: 1 });
    const world = makeWorld();
    expect(await world.import([file], severalLabels)).toMatchObject({ added: 2, severalLabels: 1 });
    expect(world.images()).toEqual(images);
  });

  test('win over folders that are brought in with them, in whichever order', async () => {
    await writePictures('p/x/a.png', 'p/x/b.png', 'p/y/c.png');
    const file = write('labels.csv', 'path,label\np/x/a.png,cat\np/y/c.png,\n');
    for (const paths of [
      [at('p'), file],
      [file, at('p')],
    ]) {
      const world = makeWorld();
      expect(await world.import(paths)).toMatchObject({ added: 3, known: 0 });
      expect(world.images()).toEqual(['p/x/a.png: cat', 'p/x/b.png: x', 'p/y/c.png: y']);
    }
  });

  test('name what is not there, what is no image, and what is a folder', async () => {
    await writePictures('p/a.png');
    write('p/text.png', 'hello');
    mkdirSync(at('p/folder.png'));
    const file = write('p/labels.csv', 'path,label\na.png,x\ntext.png,x\nfolder.png,x\nno.png,x\n');
    const world = makeWorld();
    const result = await world.import([file]);
    expect(result).toMatchObject({ added: 2, rejected: 1, labelled: 1 });
    expect(result.notFound).toEqual(
      ['folder.png', 'no.png'].map((path, index) => ({
        file,
        place: `line ${index + 4}`,
        path,
        problem: 'there is no such file',
      })),
    );
    expect(summaryOf(result, 'first')).toContain('2 images not found.');
    expect(world.images()).toEqual(['p/a.png: x', 'p/text.png: -, rejected']);
  });

  test('that lead nowhere at all change nothing', async () => {
    const world = makeWorld();
    const file = write('labels.csv', 'path,label\na.png,x\nb.png,x\n');
    await expect(world.import([file])).rejects.toMatchObject({
      code: 'not-found',
      message: 'None of the 2 images that "labels.csv" names is there; the first is "a.png" (line 2).',
    });
    expect(world.project.summary()).toMatchObject({ imageCount: 0, sources: [], undo: null });
    expect(listClasses(world.project.db)).toEqual([]);
  });

  test('with a wrong line change nothing', async () => {
    await writePictures('p/a.png');
    const world = makeWorld();
    await expect(world.import([write('p/l.csv', 'path,label\na.png,x\nb.png\n')])).rejects.toThrow('line 3');
    expect(world.images()).toEqual([]);
  });

  test('never write: the files and folders they name are as they were', async () => {
    await writePictures('p/a.png');
    const before = readFileSync(at('p/a.png'));
    const file = write('p/l.csv', `path,label\n../p/a.png,x\n../../../../../../etc/passwd,x\n/proc/self/mem,x\n`);
    const world = makeWorld();
    expect(await world.import([file])).toMatchObject({ labelled: 1 });
    expect(readFileSync(at('p/a.png'))).toEqual(before);
    expect(world.images()[0]).toBe('p/a.png: x');
    expect(
      world
        .images()
        .slice(1)
        .every((image) => image.endsWith(': -, rejected')),
    ).toBe(true);
  });
});

const choice = (name: string) => [{ result: [{ type: 'choices', value: { choices: [name] } }] }];

describe('images under other names', () => {
  test('of Label Studio are found by name near the file, with and without the digits of an upload', async () => {
    await writePictures(
      'set/deep/er/cat.png',
      'set/0123abcd-dog.png',
      'set/store/a b.png',
      'set/x/same.png',
      'set/y/same.png',
    );
    const tasks = [
      { id: 1, data: { image: '/data/upload/3/deadbeef-cat.png' }, annotations: choice('cat') },
      { id: 2, data: { image: '/data/upload/3/0123abcd-dog.png' }, annotations: choice('dog') },
      { id: 3, data: { image: '/data/local-files/?d=store/a%20b.png' }, annotations: choice('a') },
      { id: 4, data: { image: 's3://bucket/anything/y/same.png' }, annotations: choice('y') },
      { id: 5, data: { image: 'https://example.invalid/same.png?x=1' }, annotations: choice('z') },
      { id: 6, data: { image: '/data/upload/3/deadbeef-gone.png' }, annotations: choice('z') },
    ];
    const world = makeWorld();
    const result = await world.import([write('set/export.json', JSON.stringify(tasks))]);
    expect(world.images()).toEqual([
      'set/deep/er/cat.png: cat',
      'set/0123abcd-dog.png: dog',
      'set/store/a b.png: a',
      'set/y/same.png: y',
    ]);
    expect(result.notFound.map(({ place, problem }) => `${place}: ${problem}`)).toEqual([
      'task 5: 2 files have that name',
      'task 6: there is no such file',
    ]);
  });

  test('of COCO lie beside the folder of annotations', async () => {
    await writePictures('coco/images/a.png', 'coco/images/sub/b.png');
    const coco = {
      images: [
        { id: 1, file_name: 'a.png' },
        { id: 2, file_name: 'sub/b.png' },
      ],
      annotations: [
        { image_id: 1, category_id: 1 },
        { image_id: 2, category_id: 1 },
      ],
      categories: [{ id: 1, name: 'cat' }],
    };
    mkdirSync(at('coco/annotations'));
    const world = makeWorld();
    await world.import([write('coco/annotations/instances.json', JSON.stringify(coco))]);
    expect(world.images()).toEqual(['coco/images/a.png: cat', 'coco/images/sub/b.png: cat']);
  });

  test('of another computer are known by the ends of their paths, never by a name that many have', async () => {
    await writePictures('set/cat/1.png', 'set/dog/1.png', 'set/dog/2.png');
    const lines = [
      'path,label',
      '/home/ada/set/cat/1.png,cat',
      'C:\\set\\dog\\1.png,dog',
      '/mnt/fox/2.png,fox',
      'cat/2.png,fox',
    ];
    const world = makeWorld();
    const result = await world.import([write('set/labels.csv', lines.join('\n'))]);
    expect(world.images()).toEqual(['set/cat/1.png: cat', 'set/dog/1.png: dog']);
    expect(result.notFound.map(({ path }) => path)).toEqual(['/mnt/fox/2.png', 'cat/2.png']);
  });

  test('of the project are found although the file lies elsewhere', async () => {
    await writePictures('p/a.png', 'p/b.png');
    const world = makeWorld();
    await world.import([at('p')]);
    mkdirSync(at('far'));
    expect(await world.import([write('far/labels.csv', 'path,label\na.png,x\n')])).toMatchObject({ relabelled: 1 });
    expect(world.images()).toEqual(['p/a.png: x', 'p/b.png: -']);
  });
});

describe('an import that was cut off', () => {
  test('too often without headway is given up, by name; with headway in between it goes on', async () => {
    await writePictures('p/a.png');
    const world = makeWorld();
    const { db } = world.project;
    const { id } = beginImport(db, [at('p')]);
    for (let tries = 0; tries < mostTries; tries++) countTry(db, id);
    await expect(world.resume()).rejects.toMatchObject({
      code: 'engine-lost',
      message: expect.stringContaining(at('p')),
    });
    expect(world.images()).toEqual([]);
    forgetTries(db, id);
    countTry(db, id);
    await world.resume();
    expect(world.images()).toEqual(['p/a.png: -']);
    expect(unfinishedImports(db)).toEqual([]);
  });

  test('counts its start before it does anything, so that one which ends the engine is known', async () => {
    const { db } = makeWorld().project;
    const task = beginImport(db, [at('p')]);
    const ending = bringIn(task, {
      db,
      decoder: new DecoderClient(),
      signal: new AbortController().signal,
      onProgress: () => undefined,
      onChange: () => undefined,
    });
    expect(unfinishedImports(db)).toMatchObject([{ tries: 1 }]);
    await expect(ending).rejects.toMatchObject({ code: 'not-found' });
  });

  test('each chunk that is added counts as headway', async () => {
    await writePictures('p/a.png');
    const { db } = makeWorld().project;
    const { id } = beginImport(db, [at('p')]);
    countTry(db, id);
    addSources(db, [at('p')]);
    addImages(db, [{ path: at('p/a.png'), status: 'ok' }], id);
    expect(unfinishedImports(db)).toMatchObject([{ tries: 0 }]);
  });

  test('after its labels were given does not give them again, and leaves labels out as it was told', async () => {
    await writePictures('p/a.png', 'p/b.png');
    const world = makeWorld();
    const { db } = world.project;
    await world.import([at('p')]);
    await writePictures('p/c.png');
    const file = write('p/l.csv', 'path,label\na.png,x\nc.png,x\nc.png,y\n');
    const task = beginImport(db, [file], 'leaveOut');
    labelAsStated(db, [{ id: 1, class: 'x', side: undefined }], task.id);
    setLabels(db, [1], null);
    expect(await world.resume()).toMatchObject({ added: 1, relabelled: 0 });
    expect(world.images()).toEqual(['p/a.png: -', 'p/b.png: -', 'p/c.png: -']);
  });
});

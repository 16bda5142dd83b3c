import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { isLabelFile } from '../../../src-main/engine/bring-in/label-files/parse.ts';
import { readLabelFile } from '../../../src-main/engine/bring-in/label-files/read.ts';
import { createRandom } from '../../../src-main/shared/random.ts';

const folder = mkdtempSync(join(tmpdir(), 'receptive-label-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** "path: label, label (side)" for each row. */
async function read(name: string, content: string | Buffer): Promise<string[]> {
  const { rows } = await readLabelFile(write(name, content));
  return rows.map(({ path, labels, side }) => `${path}: ${labels.join(', ')}${side ? ` (${side})` : ''}`);
}

const refusal = async (name: string, content: string | Buffer) =>
  readLabelFile(write(name, content)).then(
    () => expect.fail('it was read'),
    (error: { code: string; message: string; hint: string }) => {
      expect(error).toMatchObject({ code: 'unreadable' });
      expect(error.message).toContain(name);
      expect(error.hint).toMatch(/\. Nothing was changed\.$/);
      return error.message;
    },
  );

test('files of labels are told by their names, in any case', () => {
  for (const name of ['a.csv', 'A.CSV', 'b.tsv', 'c.jsonl', 'd.ndjson', 'e.json']) expect(isLabelFile(name)).toBe(true);
  for (const name of ['a.png', 'csv', 'a.csv.png', 'a.txt']) expect(isLabelFile(name)).toBe(false);
});

describe('CSV', () => {
  test.each([
    ['a comma', 'path,label\na.png,cat\nb.png,dog\n'],
    ['a semicolon, and the mark of UTF-8', '\ufefffilename;class\r\na.png;cat\r\nb.png;dog\r\n'],
    ['a tab', 'Image Path\tCategory\na.png\tcat\nb.png\tdog'],
    ['a bar', 'file|label\na.png|cat\nb.png|dog'],
    ['quotes everywhere', '"image","label"\n"a.png","cat"\n"b.png","dog"\n'],
    ['other columns around', 'id,label,note,file_name\n1,cat,"x, y",a.png\n2,dog,,b.png\n'],
    ['no header', 'a.png,cat\nb.png,dog\n'],
    ['no header, the label first', 'cat,a.png\ndog,b.png\n'],
    ['empty lines and spaces', '\n\npath,label\n\n a.png , cat \nb.png,dog\n\n'],
  ])('with %s', async (_what, content) => {
    expect(await read('labels.csv', content)).toEqual(['a.png: cat', 'b.png: dog']);
  });

  test('in UTF-16 with its mark', async () => {
    const text = 'path,label\nä.png,Käfer\n';
    const little = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
    expect(await read('labels.csv', little)).toEqual(['ä.png: Käfer']);
    expect(await read('labels.csv', Buffer.from(little).swap16())).toEqual(['ä.png: Käfer']);
  });

  test('quoted commas, quotes and line breaks are part of the text', async () => {
    const content = 'path,label\n"a, ""b"".png","one, two"\n"c\nd.png",cat\n';
    expect(await read('labels.csv', content)).toEqual(['a, "b".png: one, two', 'c\nd.png: cat']);
  });

  test('empty fields beyond the header’s, as spreadsheets leave them, are passed over', async () => {
    expect(await read('labels.csv', 'path,label\na.png,cat,, \n')).toEqual(['a.png: cat']);
  });

  test('sides, by any of their names; none is none', async () => {
    const content = 'path,label,split\na.png,x,TRAIN\nb.png,x,valid\nc.png,x,testing\nd.png,x,\ne.png,x,none\n';
    const rows = ['a.png: x (train)', 'b.png: x (validation)', 'c.png: x (test)', 'd.png: x', 'e.png: x'];
    expect(await read('labels.csv', content)).toEqual(rows);
    expect(await read('labels.csv', 'a.png,x,train\nb.png,y,val\n')).toEqual([
      'a.png: x (train)',
      'b.png: y (validation)',
    ]);
  });

  test('images without a label stay in; Label Studio’s several choices are several labels', async () => {
    expect(await read('labels.csv', 'path,label\na.png,\n')).toEqual(['a.png: ']);
    const choices =
      'image,choice\n/data/upload/1/x-a.png,"{""choices"":[""cat"",""dog""]}"\n/data/upload/1/x-b.png,cat\n';
    expect(await read('labels.csv', choices)).toEqual([
      '/data/upload/1/x-a.png: cat, dog',
      '/data/upload/1/x-b.png: cat',
    ]);
  });

  test.each([
    ['an open quote', 'path,label\na.png,cat\n"b.png,dog\nc.png,cat\n', /line 4: a quote before it is never closed/],
    ['text after a quote', 'path,label\n"a"x.png,cat\n', /line 2: a quote ends inside a field/],
    ['too few fields', 'path,label\na.png,cat\nb.png\n', /line 3: it has 1 of 2 fields/],
    ['too many fields', 'path,label\na.png,cat, or dog\n', /line 2: it has 3 fields instead of 2/],
    ['no path', 'path,label\n,cat\n', /line 2: it names no image/],
    ['an unknown side', 'path,label,split\na.png,cat,holdout\n', /line 2: its side "holdout" is none of train/],
    ['no side either', 'path,label,split\na.png,cat,constructor\n', /line 2: its side "constructor" is none of train/],
    [
      'a label that no folder can have',
      'path,label\na.png,cat/dog\nb.png,.x\n',
      /line 2: the label "cat\/dog".*line 3: the label ".x"/,
    ],
    ['a label that is too long', `path,label\na.png,${'x'.repeat(101)}\n`, /line 2: the label .* has 101 characters/],
    ['many faults', `path,label\n${',x\n'.repeat(1000)}`, /line 2: .*line 6: it names no image; and 995 more/],
    ['unknown columns', 'picture of,kind of\na,b\n', /line 1 has the columns "picture of", "kind of"/],
    ['a path and no label', 'path,size\na.png,3\n', /line 1 has the columns "path", "size"/],
    ['nothing', ' \n', /it is empty/],
    ['an image', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), /not text in UTF-8/],
    ['Latin-1', Buffer.from('path,label\nk\xe4fer.png,k\xe4fer\n', 'latin1'), /not text in UTF-8/],
    ['zeros', Buffer.alloc(1000), /not text in UTF-8/],
  ])('with %s is refused, naming it', async (_what, content, message) => {
    expect(await refusal('wrong.csv', content)).toMatch(message);
  });

  test('no columns of an object’s prototype are found', async () => {
    expect(await read('labels.csv', 'path,label\n__proto__.png,constructor\n')).toEqual(['__proto__.png: constructor']);
  });
});

describe('JSON lines', () => {
  test('paths, labels and sides under their names; numbers are labels; several are a list', async () => {
    const content = [
      '{"path": "a.png", "label": "cat", "split": "test"}',
      '',
      '{"file_name": "b.png", "category": 7}\r',
      '{"image": "c.png", "labels": ["cat", "dog", "cat"]}',
      '{"filename": "d.png"}',
      '{"file": "e.png", "label": null}',
    ].join('\n');
    const rows = ['a.png: cat (test)', 'b.png: 7', 'c.png: cat, dog', 'd.png: ', 'e.png: '];
    expect(await read('labels.jsonl', content)).toEqual(rows);
    expect(await read('labels.ndjson', content)).toEqual(rows);
    // Called .json, and as a list.
    expect(await read('labels.json', content)).toEqual(rows);
    expect(await read('labels.json', `[${content.split('\n').filter(Boolean).join(',')}]`)).toEqual(rows);
  });

  test.each([
    ['a line that is cut short', '{"path":"a.png","label":"x"}\n{"path":"b.p', /line 2: it is not a JSON object/],
    ['a line that is a list', '["a.png","x"]', /line 1: it is not a JSON object/],
    ['a line without a path', '{"name":"x"}', /line 1: it has no path/],
    ['a label that is an object', '{"path":"a.png","label":{"a":1}}', /line 1: its label is no text/],
    ['a path that is a number', '{"path":3,"label":"x"}', /line 1: it names no image/],
    ['a path with NUL', '{"path":"a\\u0000.png","label":"x"}', /line 1: its path contains a NUL/],
  ])('with %s are refused, naming it', async (_what, content, message) => {
    expect(await refusal('wrong.jsonl', content)).toMatch(message);
  });
});

const choice = (...choices: string[]) => ({ type: 'choices', from_name: 'c', to_name: 'i', value: { choices } });

describe('Label Studio', () => {
  test('choices of all annotators that did not cancel; predictions are no labels', async () => {
    const tasks = [
      { id: 4, data: { image: '/data/upload/1/aaaaaaaa-a.png' }, annotations: [{ result: [choice('cat')] }] },
      {
        id: 5,
        data: { meta: 'x', img: 's3://bucket/b.png' },
        annotations: [
          { was_cancelled: true, result: [choice('fox')] },
          { was_cancelled: false, result: [choice('cat')] },
          { result: [choice('cat', 'dog')] },
        ],
        predictions: [{ result: [choice('owl')] }],
      },
      { id: 6, data: { picture: '/data/local-files/?d=x%20y/c.png' }, annotations: [] },
      { id: 7, data: { image: 'd.png' }, completions: [{ result: [choice('dog')] }] },
    ];
    expect(await read('export.json', JSON.stringify(tasks))).toEqual([
      '/data/upload/1/aaaaaaaa-a.png: cat',
      's3://bucket/b.png: cat, dog',
      '/data/local-files/?d=x%20y/c.png: ',
      'd.png: dog',
    ]);
    expect((await readLabelFile(join(folder, 'export.json'))).kind).toBe('labelStudio');
  });

  test('the short export too', async () => {
    const items = [
      { id: 1, image: '/data/upload/a.png', choice: 'cat', annotator: 1, annotation_id: 1 },
      { id: 2, image: '/data/upload/b.png', choice: { choices: ['cat', 'dog'] }, annotator: 1, annotation_id: 2 },
    ];
    expect(await read('min.json', JSON.stringify(items))).toEqual([
      '/data/upload/a.png: cat',
      '/data/upload/b.png: cat, dog',
    ]);
    expect((await readLabelFile(join(folder, 'min.json'))).kind).toBe('labelStudio');
  });

  test.each([
    [
      'boxes instead of choices',
      [{ data: { image: 'a.png' }, annotations: [{ result: [{ type: 'rectanglelabels', value: {} }] }] }],
      /no choices/,
    ],
    ['a task without an image', [{ id: 9, data: { text: 'hello' }, annotations: [] }], /task 9: it names no image/],
    ['a broken task', [{ data: { image: 'a.png' }, annotations: 3 }], /task 1: annotations/],
  ])('with %s is refused, naming it', async (_what, tasks, message) => {
    expect(await refusal('wrong.json', JSON.stringify(tasks))).toMatch(message);
  });
});

describe('COCO', () => {
  const coco = {
    info: {},
    images: [
      { id: 1, file_name: 'a.png', width: 3, height: 3 },
      { id: 2, file_name: 'sub/b.png' },
      { id: 3, file_name: 'c.png' },
    ],
    annotations: [
      { id: 1, image_id: 2, category_id: 20, bbox: [0, 0, 1, 1], segmentation: [[1, 2, 3]] },
      { id: 2, image_id: 1, category_id: 10 },
      { id: 3, image_id: 2, category_id: 10 },
      { id: 4, image_id: 2, category_id: 20 },
    ],
    categories: [
      { id: 10, name: 'cat', supercategory: 'animal' },
      { id: 20, name: 'dog' },
    ],
  };

  test('an image’s labels are its categories, each once, in the order of the annotations', async () => {
    expect(await read('coco.json', JSON.stringify(coco))).toEqual(['a.png: cat', 'sub/b.png: dog, cat', 'c.png: ']);
    expect((await readLabelFile(join(folder, 'coco.json'))).kind).toBe('coco');
  });

  test.each([
    [
      'a category that is not there',
      { ...coco, annotations: [{ image_id: 1, category_id: 99 }] },
      /annotation 1: there is no category 99/,
    ],
    [
      'an image that is not there',
      { ...coco, annotations: [{ image_id: 9, category_id: 10 }] },
      /annotation 1: there is no image 9/,
    ],
    ['a broken annotation', { ...coco, annotations: [{ image_id: 1 }] }, /annotations\.0\.category_id/],
    ['something else', { images: [] }, /neither an export of Label Studio, nor COCO/],
    ['an empty list', [], /neither an export of Label Studio, nor COCO/],
    ['a number', 3, /neither an export of Label Studio, nor COCO/],
  ])('with %s is refused, naming it', async (_what, value, message) => {
    expect(await refusal('wrong.json', JSON.stringify(value))).toMatch(message);
  });

  test('cut short anywhere it is refused, never half read', async () => {
    const text = JSON.stringify(coco);
    const random = createRandom(4);
    for (let i = 0; i < 50; i++) {
      expect(await refusal('cut.json', text.slice(0, 1 + random.int(text.length - 2)))).toMatch(
        /not whole JSON|neither/,
      );
    }
  });
});

describe('hostile files', () => {
  test('one that is too large is not read', async () => {
    const path = write('huge.csv', 'path,label\n');
    truncateSync(path, 257 * 2 ** 20);
    await expect(readLabelFile(path)).rejects.toThrow('it has 257 MiB; the limit is 256 MiB');
    rmSync(path);
  });

  test('a pipe is not waited for', async () => {
    const path = join(folder, 'pipe.csv');
    execFileSync('mkfifo', [path]);
    await expect(readLabelFile(path)).rejects.toThrow('it is no file');
  });

  test('JSON that is nested very deeply is an error like any other', async () => {
    expect(await refusal('deep.json', '['.repeat(100_000))).toMatch(/not whole JSON/);
    expect(await refusal('deep.jsonl', `{"path":"a.png","label":${'['.repeat(20_000)}${']'.repeat(20_000)}}`)).toMatch(
      /line 1/,
    );
  });

  test('random bytes and random cuts never end in anything but rows or a refusal', async () => {
    const random = createRandom(11);
    const text = 'path,label,split\n"a, b.png",cat,train\nc.png;dog\n{"path":"x"}\n';
    for (let i = 0; i < 300; i++) {
      const bytes = Buffer.from(text.slice(random.int(20)));
      for (let hit = random.int(6); hit > 0; hit--) bytes[random.int(bytes.length)] = random.int(256);
      const path = write(['r.csv', 'r.jsonl', 'r.json'][i % 3]!, bytes);
      const outcome = await readLabelFile(path).catch((error: { code: string }) => error);
      expect('rows' in outcome || outcome.code === 'unreadable').toBe(true);
    }
  });
});

test('100,000 rows are read, and other work goes on meanwhile', async () => {
  const rows = Array.from({ length: 100_000 }, (_, i) => `"images/${i}.png",class ${i % 50},train`);
  let turns = 0;
  const turn = setInterval(() => turns++, 5);
  const { rows: found } = await readLabelFile(write('many.csv', `path,label,split\n${rows.join('\n')}`));
  expect(found).toHaveLength(100_000);
  expect(found[99_999]).toMatchObject({ path: 'images/99999.png', labels: ['class 49'], side: 'train' });
  clearInterval(turn);
  // Read in this thread, not one.
  expect(turns).toBeGreaterThan(5);
  await expect(readLabelFile(write('many.csv', `path,label\n${rows.join('\n')}\n"`))).rejects.toMatchObject({
    code: 'unreadable',
    message: expect.stringContaining('line 100002: a quote before it is never closed'),
  });
});

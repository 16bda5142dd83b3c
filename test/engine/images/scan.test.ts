import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scanFolder } from '../../../src-main/engine/images/scan.ts';
import { createRandom } from '../../../src-main/shared/random.ts';
import { patternImage, rgb, temporaryFolder, testDecoder, writeTo } from '../../decoder/support.ts';

const root = temporaryFolder();
const decoder = testDecoder({ processes: 2 });
const lost: string[] = [];
decoder.onLost((message) => lost.push(message));
const png = await patternImage().png().toBuffer();

const folderAt = (...parts: string[]): string => {
  const path = join(root, ...parts);
  mkdirSync(path, { recursive: true });
  return path;
};
const scan = (folder: string) => scanFolder(folder, { decoder });
/** path -> status or reason */
const verdicts = async (folder: string): Promise<Record<string, string>> =>
  Object.fromEntries((await scan(folder)).map(({ path, status, reason }) => [path, reason ?? status]));

describe('rows', () => {
  test('one for each file, with its class, in the order of paths', async () => {
    const folder = folderAt('plain');
    folderAt('plain', 'cats', 'young');
    folderAt('plain', 'dogs');
    folderAt('plain', 'empty class');
    writeTo(folder, 'dogs/b.png', png);
    writeTo(folder, 'cats/young/a.jpg', png);
    writeTo(folder, 'cats/notes.txt', 'tabby');
    writeTo(folder, 'top.png', png);
    const known = { status: 'ok', width: 16, height: 12, format: 'png', bytes: png.length };
    expect(await scan(folder)).toEqual([
      { path: 'cats/notes.txt', class: 'cats', status: 'rejected', reason: 'not an image: its content is text' },
      {
        path: 'cats/young/a.jpg',
        class: 'cats',
        ...known,
        modifiedAt: expect.any(Number),
        content: expect.any(Uint8Array),
      },
      { path: 'dogs/b.png', class: 'dogs', ...known, modifiedAt: expect.any(Number), content: expect.any(Uint8Array) },
      { path: 'top.png', ...known, modifiedAt: expect.any(Number), content: expect.any(Uint8Array) },
    ]);
  });

  test('names with a leading dot are passed over', async () => {
    const folder = folderAt('dots');
    folderAt('dots', '.hidden');
    writeTo(folder, '.hidden/a.png', png);
    writeTo(folder, '.DS_Store', 'x');
    writeTo(folder, '..odd.png', png);
    writeTo(folder, 'a.png', png);
    expect(await verdicts(folder)).toEqual({ 'a.png': 'ok' });
  });

  test('odd names are kept as they are', async () => {
    const folder = folderAt('names', 'a\nclass 🐈‍⬛');
    const names = [
      'line\nbreak.png',
      '猫 🐈.png',
      `${'n'.repeat(251)}.png`,
      'x.jpg[page=1]',
      ' ',
      '-rf',
      'a\\b',
      '%00',
    ];
    for (const name of names) writeTo(folder, name, png);
    const rows = await scan(join(root, 'names'));
    expect(rows.map(({ path }) => path)).toEqual(names.map((name) => `a\nclass 🐈‍⬛/${name}`).sort());
    for (const row of rows) expect(row).toMatchObject({ status: 'ok', class: 'a\nclass 🐈‍⬛' });
  });

  test('names that are no UTF-8 are named all the same', async () => {
    const folder = folderAt('latin1');
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.of(0xe9), Buffer.from('.png')]), png);
    mkdirSync(Buffer.concat([Buffer.from(`${folder}/d`), Buffer.of(0xff)]));
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/d`), Buffer.of(0xff), Buffer.from('/a.png')]), png);
    expect(await verdicts(folder)).toEqual({
      'caf\\xE9.png': 'its path is not valid UTF-8; rename it',
      'd\\xFF/a.png': 'its path is not valid UTF-8; rename it',
    });
  });

  test('a pipe does not hold it up', async () => {
    const folder = folderAt('pipes', 'a');
    execFileSync('mkfifo', [join(folder, 'pipe.jpg')]);
    writeTo(folder, 'b.png', png);
    expect(await verdicts(join(root, 'pipes'))).toEqual({
      'a/b.png': 'ok',
      'a/pipe.jpg': 'not an image: it is a pipe',
    });
  });
});

describe('links are followed once', () => {
  test('files and folders, inside and outside', async () => {
    const outside = folderAt('outside', 'deep');
    writeTo(outside, 'far.png', png);
    const folder = folderAt('links', 'zebra');
    writeTo(folder, 'z.png', png);
    const at = (name: string) => join(root, 'links', name);
    symlinkSync('zebra/z.png', at('file.png'));
    symlinkSync('zebra', at('another zebra')); // before the folder in the order of names
    symlinkSync(join(root, 'outside'), at('outside'));
    symlinkSync('gone.png', at('broken.png'));
    symlinkSync('self.png', at('self.png'));
    expect(await verdicts(join(root, 'links'))).toEqual({
      'another zebra': 'a folder that is listed already (as zebra)',
      'broken.png': 'there is no such file',
      'file.png': 'ok',
      'outside/deep/far.png': 'ok',
      'self.png': 'a link that leads back to itself',
      'zebra/z.png': 'ok',
    });
  });

  test('loops end', async () => {
    const folder = folderAt('loops', 'a', 'b');
    writeTo(folder, 'x.png', png);
    symlinkSync('..', join(folder, 'up'));
    symlinkSync(join(root, 'loops'), join(folder, 'top'));
    symlinkSync('/', join(folder, 'root'));
    symlinkSync('.', join(folder, 'here'));
    symlinkSync('../b', join(root, 'loops', 'a', 'sideways'));
    const above = 'a link to a folder that it lies in';
    expect(await verdicts(join(root, 'loops'))).toEqual({
      'a/b/x.png': 'ok',
      'a/b/up': above,
      'a/b/top': above,
      'a/b/root': above,
      'a/b/here': above,
      'a/sideways': 'there is no such file',
    });
  });

  test('two outside folders that link to each other', async () => {
    const one = folderAt('mutual', 'one');
    const two = folderAt('mutual', 'two');
    symlinkSync(two, join(one, 'to two'));
    symlinkSync(one, join(two, 'to one'));
    writeTo(two, 'x.png', png);
    const folder = folderAt('start');
    symlinkSync(one, join(folder, 'one'));
    expect(await verdicts(folder)).toEqual({
      'one/to two/to one': 'a folder that is listed already (as one)',
      'one/to two/x.png': 'ok',
    });
  });

  test('the scanned folder may itself be a link', async () => {
    folderAt('target', 'a');
    writeTo(join(root, 'target'), 'a/x.png', png);
    symlinkSync('target', join(root, 'entrance'));
    expect(await scan(join(root, 'entrance'))).toMatchObject([{ path: 'a/x.png', status: 'ok', class: 'a' }]);
  });
});

describe('what stops a scan', () => {
  test('an empty folder', async () => {
    await expect(scan(folderAt('empty'))).rejects.toMatchObject({ code: 'no-images' });
  });
  test('a folder with nothing but empty folders and hidden files', async () => {
    writeTo(folderAt('as good as empty', 'a'), '.hidden.png', png);
    await expect(scan(join(root, 'as good as empty'))).rejects.toMatchObject({ code: 'no-images' });
  });
  test('no folder', async () => {
    await expect(scan(join(root, 'nowhere'))).rejects.toMatchObject({ code: 'not-found' });
  });
  test('a file', async () => {
    const path = writeTo(root, 'file.png', png);
    await expect(scan(path)).rejects.toMatchObject({ code: 'not-found', message: `"${path}" is not a folder.` });
  });
  test('the user, before and on the way', async () => {
    const folder = folderAt('many', 'a');
    for (let at = 0; at < 60; at++) writeTo(folder, `${at}.png`, png);
    const interrupted = { code: 'interrupted' };
    await expect(scanFolder(folder, { decoder, signal: AbortSignal.abort() })).rejects.toMatchObject(interrupted);
    const aborter = new AbortController();
    const seen: number[] = [];
    const onProgress = (done: number, total: number) => {
      expect(total).toBe(60);
      seen.push(done);
      if (done === 10) aborter.abort();
    };
    await expect(scanFolder(folder, { decoder, onProgress, signal: aborter.signal })).rejects.toMatchObject(
      interrupted,
    );
    expect(seen.length).toBeLessThan(60);
    expect(seen.slice(0, 10)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});

describe('150 broken files', () => {
  test('each is used, used with a warning, or named with its reason; none is changed', async () => {
    const random = createRandom(20240607);
    const formats = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const;
    const whole = await Promise.all(
      formats.map((format) => patternImage().resize(48, 36, { kernel: 'nearest' }).toFormat(format).toBuffer()),
    );
    const breakers: ((bytes: Buffer, other: Buffer) => Buffer)[] = [
      (bytes) => bytes.subarray(0, random.int(bytes.length)),
      (bytes) => bytes.fill(0, random.int(bytes.length)),
      (bytes, other) =>
        Buffer.concat([bytes.subarray(0, random.int(bytes.length)), other.subarray(random.int(other.length))]),
      (bytes) => Buffer.concat([bytes, Buffer.alloc(random.int(100), random.int(256))]),
      (bytes) => {
        const at = random.int(bytes.length);
        return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.int(8))]);
      },
      (bytes) => {
        for (let flips = 1 + random.int(20); flips > 0; flips--) bytes[random.int(bytes.length)]! ^= 1 << random.int(8);
        return bytes;
      },
      (bytes) => {
        // In the header, where sizes and offsets are.
        for (let hits = 1 + random.int(4); hits > 0; hits--) bytes[4 + random.int(60)] = random.int(256);
        return bytes;
      },
    ];
    const folder = folderAt('broken', 'a');
    for (let at = 0; at < 150; at++) {
      const breaker = breakers[random.int(breakers.length)]!;
      const bytes = breaker(Buffer.from(whole[at % formats.length]!), whole[random.int(formats.length)]!);
      writeTo(folder, `${String(at).padStart(3, '0')}.${formats[random.int(formats.length)]}`, bytes);
    }
    const before = hashes(folder);

    const rows = await scan(join(root, 'broken'));
    expect(rows.map(({ path }) => path)).toEqual(
      readdirSync(folder)
        .sort()
        .map((name) => `a/${name}`),
    );
    for (const { path, status, reason, width, height } of rows) {
      const pixels = decoder.pixels(join(root, 'broken', path), rgb(8, 8));
      if (status === 'rejected') {
        expect(reason, path).toMatch(/^[^\n]{5,200}$/);
        await expect(pixels, path).rejects.toMatchObject({ code: 'unreadable' });
      } else {
        expect(reason === undefined, path).toBe(status === 'ok');
        expect(width! * height!, path).toBeGreaterThan(0);
        expect((await pixels).length, path).toBe(8 * 8 * 3);
      }
    }
    const used = rows.filter(({ status }) => status !== 'rejected').length;
    expect(used).toBeGreaterThan(15);
    expect(used).toBeLessThan(135);
    expect(lost).toEqual([]);
    expect(hashes(folder)).toEqual(before);
  });
});

const hashes = (folder: string): string[] =>
  readdirSync(folder)
    .sort()
    .map((name) =>
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    );

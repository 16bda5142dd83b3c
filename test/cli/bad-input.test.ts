/** What people hand to the command line by mistake, each once: one clear sentence, the right code, nothing lost. */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { patternImage, temporaryFolder } from '../decoder/support.ts';
import { entry, linesOf, runCli } from './run-cli.ts';
import type { CliResult } from './run-cli.ts';

const root = temporaryFolder();
const at = (...names: string[]): string => join(root, ...names);
const png = await patternImage().png().toBuffer();
const jpeg = await patternImage().jpeg().toBuffer();
const longName = `${'n'.repeat(251)}.png`;

function put(path: string, content: string | Uint8Array = png): void {
  mkdirSync(join(at(path), '..'), { recursive: true });
  writeFileSync(at(path), content);
}

/** root may do anything, unless the command is started without that right. */
const unprivileged =
  process.getuid?.() === 0 ? ['setpriv', '--inh-caps=-all', '--bounding-set=-dac_override,-dac_read_search'] : [];

function receptive(words: string[], before: string[] = []): Promise<CliResult> {
  const [program, ...rest] = before;
  if (program === undefined) return runCli([...words, '--json'], root);
  const all = [...rest, process.execPath, entry, ...words, '--json'];
  const child = spawn(program, all, { env: { ...process.env, INIT_CWD: root }, stdio: ['ignore', 'pipe', 'pipe'] });
  const result: CliResult = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (text: Buffer) => (result.stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (result.stderr += text.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ ...result, code })));
}

/** The one line that a failed command ends with; no stack, none of Node's own words. */
function errorOf(result: CliResult): Record<string, unknown> {
  expect(result.code).toBe(1);
  expect(result.stderr).not.toMatch(/^ +at /m);
  const error = linesOf(result).at(-1)!;
  expect(error).toMatchObject({ event: 'error', message: expect.not.stringMatching(/\bE[A-Z]{4,}\b/) });
  return error;
}
const warningsOf = (result: CliResult): unknown[] =>
  linesOf(result).flatMap(({ event, message }) => (event === 'warning' ? [message] : []));
const quick = ['--network', 'mlp', '--size', '8x8', '--epochs', '1'];

beforeAll(async () => {
  for (const name of ['cat', 'dog']) for (const n of [1, 2, 3, 4]) put(`good/${name}/${n}.png`);
  const result = await receptive(['train', 'good', ...quick, '--epochs', '2', '--out', 'run']);
  expect(result.code).toBe(0);
}, 60_000);

describe('folders to train on', () => {
  mkdirSync(at('empty'));
  put('one class/cat/1.png');
  put('direct/1.png');
  test.each([
    ['an empty folder', 'empty', 'no-images', /it is empty/],
    ['one class only', 'one class', 'too-few-classes', /at least 2 classes with images; there is 1: cat/],
    ['images directly in the folder', 'direct', 'no-images', /no usable image in a class folder/],
    ['a file', 'direct/1.png', 'not-found', /is not a folder/],
  ])('%s', async (_, folder, code, message) => {
    const error = errorOf(await receptive(['train', folder, '--out', 'none']));
    expect(error).toMatchObject({ code, message: expect.stringMatching(message), hint: expect.stringMatching(/./) });
    expect(existsSync(at('none'))).toBe(false);
  });

  test('odd files and classes are named, and the rest is trained on', async () => {
    cpSync(at('good'), at('odd'), { recursive: true });
    put('odd/cat/zero.png', '');
    put('odd/cat/cut.jpg', jpeg.subarray(0, jpeg.length / 2));
    put('odd/cat/text.png', 'no image at all');
    put('odd/cat/new\nline.png');
    put('odd/cat/smile😀.png');
    put(`odd/dog/${longName}`);
    put('odd/single/1.png');
    put('odd/broken/1.png', 'no image');
    put('odd/direct.png');
    execFileSync('mkfifo', [at('odd/dog/pipe.png')]);
    symlinkSync('..', at('odd/dog/loop'));
    symlinkSync('self.png', at('odd/dog/self.png'));
    const result = await receptive(['train', 'odd', ...quick, '--out', 'odd-run']);
    expect(result.code).toBe(0);
    expect(linesOf(result).at(-1)).toMatchObject({ event: 'done', classes: ['cat', 'dog', 'single'] });
    expect(warningsOf(result)).toEqual([
      expect.stringMatching(/^broken\/1\.png is left out: not an image/),
      expect.stringMatching(/^cat\/cut\.jpg is left out: the file is cut short or damaged/),
      expect.stringMatching(/^cat\/text\.png is left out: not an image: its content is text$/),
      'cat/zero.png is left out: empty file',
      'dog/loop is left out: a link to a folder that it lies in',
      'dog/pipe.png is left out: not an image: it is a pipe',
      'dog/self.png is left out: a link that leads back to itself',
      'direct.png is left out: it lies in no class folder',
      'The class "broken" is left out: it has no usable image',
      'The class "single" has only one image, which goes to training',
    ]);
  });

  test('a test folder that tests nothing is told before the training', async () => {
    const error = errorOf(await receptive(['train', 'good', ...quick, '--test', 'one class/cat', '--out', 'none']));
    expect(error).toMatchObject({ code: 'no-images' });
    expect(existsSync(at('none'))).toBe(false);
  });

  test.each([
    ['exists', 'good/cat/1.png/run', [], /1\.png is a file/],
    ['unreadable', 'locked/run', unprivileged, /Permission .* is denied/],
  ])('an --out that cannot be made is told before the training: %s', async (code, out, before, message) => {
    mkdirSync(at('locked'), { recursive: true, mode: 0o555 });
    const error = errorOf(await receptive(['train', 'good', '--out', out], before));
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test('a kernel larger than its input', async () => {
    const layers = [{ name: 'wide', kind: 'conv2d', filters: 1, kernelSize: 9 }];
    put('wide.json', JSON.stringify({ input: { size: 8, channels: 1 }, layers }));
    expect(errorOf(await receptive(['train', 'good', '--network', 'wide.json', '--out', 'none']))).toMatchObject({
      code: 'invalid-network',
      message: 'wide: 9x9 kernel does not fit its 8x8 input',
    });
  });
});

describe('images to classify', () => {
  test('what cannot be read is told in its place, one that can makes it a success', async () => {
    mkdirSync(at('shut'));
    chmodSync(at('shut'), 0);
    const images = ['good/cat/1.png', 'gone.png', 'shut', 'odd/dog'];
    const result = await receptive(['classify', 'run', ...images, '--top', '1'], unprivileged);
    chmodSync(at('shut'), 0o755);
    expect(result.code).toBe(0);
    const prediction = { predictions: [{ class: expect.any(String), probability: expect.any(Number) }] };
    expect(linesOf(result).at(-1)!['results']).toEqual([
      { path: 'good/cat/1.png', ...prediction },
      { path: 'gone.png', error: 'there is no such file' },
      { path: 'shut', error: expect.stringMatching(/^Permission to use .*shut is denied\.$/) },
      ...['1.png', '2.png', '3.png', '4.png'].map((name) => ({ path: `odd/dog/${name}`, ...prediction })),
      { path: 'odd/dog/loop', error: 'a link to a folder that it lies in' },
      { path: `odd/dog/${longName}`, ...prediction },
      { path: 'odd/dog/pipe.png', error: 'not an image: it is a pipe' },
      { path: 'odd/dog/self.png', error: 'a link that leads back to itself' },
    ]);
  });

  test('no name at all is wrong usage, not the folder that one is in', async () => {
    const result = await receptive(['classify', 'run', '']);
    expect([result.code, linesOf(result)]).toMatchObject([2, [{ event: 'error', code: 'usage' }]]);
  });

  test('a table that does not fit on the disk leaves the one before alone', async () => {
    const table = 'echo before > t/a.csv; head -c 9999 /dev/zero > t/fill';
    const command = `mount -t tmpfs -o size=8k tmpfs t && { ${table}; "$@"; echo $? >&2; cat t/a.csv >&2; }`;
    mkdirSync(at('t'));
    const inside = ['unshare', '-rm', 'bash', '-c', `cd '${root}' && ${command}`, '-'];
    const result = await receptive(['classify', 'run', 'good/cat/1.png', '--csv', 't/a.csv'], inside);
    expect(result.stderr).toMatch(/1\nbefore\n$/);
    expect(linesOf(result).at(-1)).toMatchObject({ event: 'error', code: 'disk-full', message: 'The disk is full.' });
  });

  test.each([
    ['gone.png', 'not-found', /There is no image .*gone\.png\.$/],
    ['odd/cat/text.png', 'unreadable', /text\.png: not an image: its content is text$/],
    ['odd/dog/pipe.png', 'unreadable', /pipe\.png: not an image: it is a pipe$/],
  ])('inspect names the image: %s', async (image, code, message) => {
    const error = errorOf(await receptive(['inspect', 'run', image, '--out', 'pictures']));
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(existsSync(at('pictures'))).toBe(false);
  });

  test('pictures that would go into a file', async () => {
    const error = errorOf(await receptive(['inspect', 'run', 'good/cat/1.png', '--out', 'good/cat/1.png/x']));
    expect(error).toMatchObject({ code: 'not-found', message: expect.stringContaining('leads through a file') });
    expect(readFileSync(at('good/cat/1.png'))).toEqual(png);
  });
});

describe('a run folder cut in half', () => {
  const cut = (file: string): void => truncateSync(file, readFileSync(file).length >> 1);
  const checkpoints = (run: string): string[] => readdirSync(run).map((name) => join(run, name));

  test.each([
    ['half of run.json', (run: string) => cut(join(run, 'run.json')), 'invalid-model', /run\.json is not whole JSON/],
    ['no run.json', (run: string) => rmSync(join(run, 'run.json')), 'not-found', /is not a run/],
    [
      'half of all weights',
      (run: string) => checkpoints(join(run, 'checkpoints')).forEach((folder) => cut(join(folder, 'weights.bin'))),
      'invalid-model',
      /every checkpoint is damaged \(000002: weights\.bin has \d+ of \d+ bytes/,
    ],
    [
      'half of all manifests',
      (run: string) => checkpoints(join(run, 'checkpoints')).forEach((folder) => cut(join(folder, 'manifest.json'))),
      'invalid-model',
      /000001: manifest\.json is damaged\)/,
    ],
    [
      'a file in place of the checkpoints',
      (run: string) => {
        rmSync(join(run, 'checkpoints'), { recursive: true });
        writeFileSync(join(run, 'checkpoints'), '');
      },
      'invalid-model',
      /there is no checkpoint/,
    ],
  ])('%s', async (_, damage, code, message) => {
    rmSync(at('cut'), { recursive: true, force: true });
    cpSync(at('run'), at('cut'), { recursive: true });
    damage(at('cut'));
    const error = errorOf(await receptive(['classify', 'cut', 'good/cat/1.png']));
    expect(error).toMatchObject({ code, message: expect.stringMatching(message), hint: expect.stringMatching(/./) });
  });

  test('the last weights: those before are used, which is said', async () => {
    cpSync(at('run'), at('older'), { recursive: true });
    cut(at('older/checkpoints/000002/weights.bin'));
    const result = await receptive(['classify', 'older', 'good/cat/1.png']);
    expect(result.code).toBe(0);
    expect(warningsOf(result)).toEqual([
      `${at('older')}: the weights of epoch 2 are missing or damaged; those of epoch 1 are used.`,
    ]);
  });
});

describe('a disk that is full while a run is saved', () => {
  // A checkpoint takes about 110 kB: the weights of mlp at 8x8, and Adam's two slots of each.
  test.each([
    ['none fits', '64k', '', 'There was no checkpoint to keep yet.', 'The disk is full.'],
    [
      'only the first fits',
      '160k',
      '000001',
      'The weights after epoch 1 are kept.',
      'The weights after epoch 3 could not be saved: The disk is full. The weights after epoch 1 are kept.',
    ],
    ['the newest takes the place of older ones', '280k', '000002, 000003', null, null],
  ])('%s', async (_, size, kept, rest, message) => {
    mkdirSync(at('small'), { recursive: true });
    const look = `code=$?; ls -m '${at('small/run/checkpoints')}' >&2; exit $code`;
    const mounted = `mount -t tmpfs -o size=${size} tmpfs '${at('small')}' && { "$@"; ${look}; }`;
    const words = ['train', 'good', ...quick, '--epochs', '3', '--out', 'small/run'];
    const result = await receptive(words, ['unshare', '-rm', 'bash', '-c', mounted, '-']);
    expect(`${result.stderr}\n`).toMatch(new RegExp(`(^|\n)${kept}\n+$`));
    if (message === null) {
      expect(result.code).toBe(0);
      expect(linesOf(result).at(-1)).toMatchObject({ event: 'done', epochs: 3 });
    } else {
      expect(errorOf(result)).toMatchObject({ code: 'disk-full', message });
      expect(warningsOf(result)).toContain(`The weights after epoch 3 could not be saved: The disk is full. ${rest}`);
    }
  });
});

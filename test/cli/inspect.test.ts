/** `receptive inspect` as a user calls it: what it writes, what it tells, and what is left of it when it is interrupted. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeAll, expect, test, vi } from 'vitest';
import { presets } from '../../src-main/shared/network/index.ts';
import type { NetworkJson } from '../../src-main/shared/network/spec.ts';
import { patternImage, temporaryFolder } from '../decoder/support.ts';
import { makeRun } from '../engine/inspection/report/made-run.ts';
import { entry, linesOf, runCli } from './run-cli.ts';

vi.setConfig({ testTimeout: 240_000 });
const root = temporaryFolder();
beforeAll(async () => {
  writeFileSync(join(root, 'image.png'), await patternImage().png().toBuffer());
  mkdirSync(join(root, 'images'));
  writeFileSync(join(root, 'images', 'other.png'), await patternImage().flop().png().toBuffer());
  writeFileSync(join(root, 'images', 'no-image.txt'), 'text');
  const small = {
    input: { size: [10, 10] as [number, number], channels: 1 as const },
    layers: [
      { name: 'conv1', kind: 'conv2d' as const, filters: 2, kernelSize: 3 },
      { name: 'logits-of-all', kind: 'globalAvgPool' as const },
      { name: 'logits', kind: 'dense' as const, units: 'classes' as const },
    ],
  };
  await makeRun(join(root, 'run'), small, { classes: ['a', 'b'] });
  await makeRun(join(root, 'large'), presets['resnet-20'] as NetworkJson, { classes: ['a', 'b'] });
}, 120_000);

const inspect = (...words: string[]) => runCli(['inspect', ...words], root);

test('one folder with a page, and every layer in one last line', async () => {
  const words = [
    'run',
    'image.png',
    '--out',
    'deep/out',
    '--class',
    'b',
    '--cell',
    'conv1:1,2,3',
    '--images',
    'images',
  ];
  const result = await inspect(...words, '--json');
  expect(result.code).toBe(0);
  const [done, ...more] = linesOf(result);
  expect(more).toEqual([]);
  expect(done).toMatchObject({
    event: 'done',
    page: 'index.html',
    layers: [
      { name: 'conv1', kind: 'conv2d', shape: [8, 8, 2], maps: '001-conv1/maps.png' },
      { name: 'logits-of-all', kind: 'globalAvgPool', shape: [2], maps: '002-logits-of-all/maps.png' },
      { name: 'logits', kind: 'dense', shape: [2], maps: '003-logits/maps.png' },
    ],
  });
  for (const { maps } of done!['layers'] as { maps: string }[])
    expect(existsSync(join(root, 'deep/out', maps))).toBe(true);
  const page = readFileSync(join(root, 'deep/out/index.html'), 'utf8');
  expect(page).toContain('<h2>Why b</h2>');
  expect(page).toContain('The chosen cell: map 1, row 2, column 3.');
  expect(page).toContain('Of 1 images of the folder that was given these excite it most. 1 could not be read.');
  expect(readFileSync(join(root, 'deep/out/001-conv1/exciting.csv'), 'utf8')).toContain('other.png');
});

test('readable text says where it is', async () => {
  const { code, stdout } = await inspect('run', 'image.png', '--out', 'plain', '--only', 'maps');
  expect(code).toBe(0);
  expect(stdout).toContain('001-conv1/maps.png');
  expect(stdout).toContain(`All of it is in ${join(root, 'plain')}: open index.html in a browser.`);
});

test.each([
  [['--only', 'maps,colours'], 2, 'usage', /no section "colours"/],
  [['--cell', 'conv1'], 2, 'usage', /layer:map,row,column/],
  [['--images', 'nowhere'], 1, 'not-found', /nowhere/],
])('%s is refused', async (words, code, error, message) => {
  const result = await inspect('run', 'image.png', '--out', 'refused', ...words, '--json');
  expect(result.code).toBe(code);
  expect(linesOf(result)).toEqual([
    { event: 'error', code: error, message: expect.stringMatching(message), hint: expect.any(String) },
  ]);
  expect(existsSync(join(root, 'refused'))).toBe(false);
});

test('a disk that it does not fit on is named, and nothing stays on it', () => {
  const disk = join(root, 'disk');
  mkdirSync(disk);
  const look = `echo "$? $(ls -A '${disk}')" >&2`;
  const image = join(root, 'image.png');
  const words = ['inspect', join(root, 'run'), image, '--only', 'sum', '--out', join(disk, 'out'), '--json'];
  // Full while several pictures are being drawn at once.
  const script = `mount -t tmpfs -o size=20k tmpfs '${disk}' && { "$@"; ${look}; }`;
  const inside = ['-rm', 'bash', '-c', script, '-', process.execPath, entry, ...words];
  const { stdout, stderr } = spawnSync('unshare', inside, { encoding: 'utf8' });
  expect(linesOf({ code: 1, stdout, stderr })).toEqual([
    {
      ...{ event: 'error', code: 'disk-full', hint: expect.any(String) },
      message: `"${join(disk, 'out')}" could not be written: the disk is full. Nothing of it was left.`,
    },
  ]);
  expect(stderr).toMatch(/1 \n$/);
});

test('Ctrl+C ends it with exit code 130, and leaves nothing', async () => {
  const folder = join(root, 'interrupted');
  mkdirSync(folder);
  const out = join(folder, 'new', 'out');
  const words = ['inspect', join(root, 'large'), join(root, 'image.png'), '--out', out, '--json'];
  const child = spawn(process.execPath, [entry, ...words], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  const closed = new Promise((resolve) => child.on('close', resolve));
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  // Under its temporary name it has begun to be written.
  const isBegun = () => readdirSync(folder, { recursive: true }).length > 6;
  while (child.exitCode === null && !isBegun()) await setTimeout(20);
  process.kill(-child.pid!, 'SIGINT');
  expect(await closed).toBe(130);
  expect(linesOf({ code: 130, stdout, stderr: '' })).toMatchObject([
    { event: 'error', code: 'interrupted', message: `Stopped before "${out}" was whole. Nothing of it was left.` },
  ]);
  expect(readdirSync(folder)).toEqual([]);
  expect(() => process.kill(-child.pid!, 0)).toThrow('ESRCH');
});

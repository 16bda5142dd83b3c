import { execFile, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { patternImage, temporaryFolder, writeTo } from '../decoder/support.ts';

const cli = fileURLToPath(new URL('../../src-main/cli/index.ts', import.meta.url));
const root = temporaryFolder();
const png = await patternImage().png().toBuffer();
/** root may read everything, unless the command is started without that right. */
const withoutPrivilege =
  process.getuid?.() === 0 ? ['setpriv', '--inh-caps=-all', '--bounding-set=-dac_override,-dac_read_search'] : [];

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}
const scan = (args: string[], { before = [] as string[], cwd = root } = {}): Promise<Ended> =>
  new Promise((resolve) => {
    const [program, ...words] = [...before, process.execPath, cli, 'scan', ...args] as [string, ...string[]];
    const child = execFile(program, words, { env: { ...process.env, INIT_CWD: cwd } }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
const lines = ({ stdout }: Ended): Record<string, unknown>[] =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const folder = join(root, 'images');
mkdirSync(join(folder, 'cats'), { recursive: true });
writeTo(folder, 'cats/a.png', png);
writeTo(folder, 'cats/line\nbreak\x1b[31m.png', 'words');
writeTo(folder, 'top.png', png);

describe('--json', () => {
  test('one done line with exactly the rows of the contract', async () => {
    const ended = await scan(['images', '--json']);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(lines(ended)).toEqual([
      {
        event: 'done',
        images: [
          { path: 'cats/a.png', class: 'cats', status: 'ok', width: 16, height: 12, format: 'png' },
          {
            path: 'cats/line\nbreak\x1b[31m.png',
            class: 'cats',
            status: 'rejected',
            reason: 'not an image: its content is text',
          },
          {
            path: 'top.png',
            status: 'warning',
            reason: 'it lies in no class folder',
            width: 16,
            height: 12,
            format: 'png',
          },
        ],
        counts: { ok: 1, warning: 1, rejected: 1 },
      },
    ]);
  });

  test.each([
    ['an empty folder', 'no-images', () => mkdirSync(join(root, 'empty'))],
    ['no folder', 'not-found', () => undefined],
  ])('%s is an error line and exit code 1', async (_what, code, make) => {
    make();
    const ended = await scan([join(root, code === 'no-images' ? 'empty' : 'gone'), '--json']);
    expect(ended.code).toBe(1);
    expect(lines(ended)).toEqual([
      { event: 'error', code, message: expect.stringContaining(root), hint: expect.stringMatching(/\.$/) },
    ]);
  });
});

test('as text: counts by class, what cannot be used and why, the sums; nothing that steers the terminal', async () => {
  const { code, stdout } = await scan([folder]);
  expect(code).toBe(0);
  expect(stdout).toBe(`class                 ok  warning  rejected
cats                   1        0         1
(in no class folder)   0        1         0

path                                status    reason
cats/line\\u000abreak\\u001b[31m.png  rejected  not an image: its content is text
top.png                             warning   it lies in no class folder

1 ok, 1 warning, 1 rejected
`);
});

describe('without the permission to read', () => {
  const closed = join(root, 'closed');
  mkdirSync(join(closed, 'shut'), { recursive: true });
  mkdirSync(join(closed, 'open'));
  copyFileSync(join(folder, 'top.png'), join(closed, 'open', 'a.png'));
  copyFileSync(join(folder, 'top.png'), join(closed, 'open', 'secret.png'));
  chmodSync(join(closed, 'open', 'secret.png'), 0);

  test('a folder and a file inside are named', async () => {
    chmodSync(join(closed, 'shut'), 0);
    const ended = await scan([closed, '--json'], { before: withoutPrivilege });
    chmodSync(join(closed, 'shut'), 0o700);
    expect(lines(ended)).toEqual([
      expect.objectContaining({
        event: 'done',
        images: [
          expect.objectContaining({ path: 'open/a.png', status: 'ok' }),
          { path: 'open/secret.png', class: 'open', status: 'rejected', reason: 'permission to read it is denied' },
          { path: 'shut', status: 'rejected', reason: 'the folder cannot be read: permission denied' },
        ],
      }),
    ]);
  });

  test('the folder itself is one clear sentence', async () => {
    chmodSync(closed, 0);
    const ended = await scan([closed, '--json'], { before: withoutPrivilege });
    chmodSync(closed, 0o755);
    expect(ended.code).toBe(1);
    expect(lines(ended)).toEqual([
      {
        event: 'error',
        code: 'unreadable',
        message: `Permission to read the folder "${closed}" is denied.`,
        hint: 'Give yourself read access to it.',
      },
    ]);
  });
});

test('Ctrl+C ends it with 130 and an error line', async () => {
  const many = join(root, 'many');
  mkdirSync(many);
  for (let at = 0; at < 3000; at++) writeTo(many, `${at}.png`, png);
  // A group of its own, as a terminal makes one: the signal reaches the decoders too.
  const child = spawn(process.execPath, [cli, 'scan', many, '--json'], { detached: true });
  let stdout = '';
  child.stdout.on('data', (text: Buffer) => (stdout += text));
  // It has a decoder: it is past its start and at work.
  while (readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8') === '') await setTimeout(10);
  process.kill(-child.pid!, 'SIGINT');
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect(code).toBe(130);
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([expect.objectContaining({ event: 'error', code: 'interrupted' })]);
});

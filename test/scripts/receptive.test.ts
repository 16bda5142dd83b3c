/** The command line from outside, through npm, as users and programs start it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ended, root } from './clone.ts';
import type { Ended } from './clone.ts';

const scratch = mkdtempSync(join(tmpdir(), 'receptive-cli-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const npm = (words: string[], options: Parameters<typeof ended>[2] = {}): Promise<Ended> =>
  ended('npm', ['run', '--silent', 'receptive', '--', ...words], { cwd: root, ...options });

/** Every line has to be one JSON object; the last one counts. */
const lastLine = ({ stdout }: Ended): Record<string, unknown> =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .at(-1) ?? {};

describe('exit codes', () => {
  it('0 when it is done', async () => {
    const result = await npm(['describe', 'lenet-5', '--size', '32', '--channels', '1', '--json']);
    expect(lastLine(result)).toMatchObject({ event: 'done', totals: { params: 61_706 } });
    expect(result.code).toBe(0);
  });

  it('1 when it failed', async () => {
    const result = await npm(['scan', join(scratch, 'nowhere'), '--json']);
    expect(lastLine(result)).toMatchObject({ event: 'error', code: 'not-found' });
    expect(result.code).toBe(1);
  });

  it.each([
    ['an unknown command', ['dream']],
    ['an unknown option', ['scan', '.', '--twice']],
    ['no command', []],
  ])('2 for %s', async (_name, words) => {
    const result = await npm([...words, '--json']);
    expect(lastLine(result)).toMatchObject({ event: 'error', code: 'usage' });
    expect(result.code).toBe(2);
  });

  it('130 when the process group is interrupted while it trains', async () => {
    let interrupted = false;
    const demo = join(root, 'resources/demo/clothes');
    const words = [
      'train',
      demo,
      '--size',
      '28x28',
      '--channels',
      '1',
      '--epochs',
      '500',
      '--out',
      join(scratch, 'run'),
    ];
    const result = await npm([...words, '--json'], {
      detached: true,
      onOutput: (text, pid) => {
        if (interrupted || !text.includes('"epoch"')) return;
        interrupted = true;
        process.kill(-pid, 'SIGINT');
      },
    });
    expect(lastLine(result)).toMatchObject({ event: 'error', code: 'interrupted' });
    expect([result.code, result.signal]).toEqual([130, null]);
  });
});

describe('doctor', () => {
  const versions = JSON.parse(readFileSync(join(root, 'scripts/versions.json'), 'utf8')) as {
    node: string;
    tensorflow: { version: string };
  };
  const packages = (
    JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { version: string }>;
    }
  ).packages;

  it('says what runs, with RECEPTIVE_DEVICE=cpu on the CPU', async () => {
    const result = await npm(['doctor', '--json'], { env: { ...process.env, RECEPTIVE_DEVICE: 'cpu' } });
    expect(lastLine(result)).toEqual({
      event: 'done',
      node: versions.node,
      tensorflow: versions.tensorflow.version,
      device: 'cpu',
      gpu: { found: expect.any(Boolean) as boolean, used: false, reason: expect.stringMatching(/\w/) as string },
      sharp: packages['node_modules/sharp']?.version,
      electron: { version: expect.any(String) as string, source: expect.stringMatching(/\w/) as string },
    });
    expect(result.code).toBe(0);
  });

  it('is readable without --json', async () => {
    const { stdout } = await npm(['doctor']);
    expect(stdout).toMatch(new RegExp(`^Node +${versions.node}$`, 'm'));
    expect(stdout).toMatch(/^GPU +.*: .+$/m);
  });
});

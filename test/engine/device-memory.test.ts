import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { deviceMemory } from '../../src-main/engine/device-memory.ts';

/** A driver's tool that writes this. */
function driver(script: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'receptive-driver-'));
  writeFileSync(join(folder, 'nvidia-smi'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'nvidia-smi'), 0o755);
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env.PATH}`);
  folders.push(folder);
}
const folders: string[] = [];
afterEach(() => {
  vi.unstubAllEnvs();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

test('the processor has what the kernel says the computer has, or what the container is allowed', async () => {
  const total = 1024 * Number(/^MemTotal:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))![1]);
  const bytes = (await deviceMemory('cpu'))!;
  expect(bytes).toBeGreaterThan(2 ** 28);
  expect(bytes).toBeLessThanOrEqual(total);
});

test('the GPU has what its driver says, of the one that may be used', async () => {
  driver('case "$*" in *--id=2*) echo 81559;; *--id=0*) echo 24576;; *) exit 6;; esac');
  vi.stubEnv('CUDA_VISIBLE_DEVICES', undefined);
  expect(await deviceMemory('gpu')).toBe(24_576 * 2 ** 20);
  vi.stubEnv('CUDA_VISIBLE_DEVICES', '2,0');
  expect(await deviceMemory('gpu')).toBe(81_559 * 2 ** 20);
});

test.each([
  ['knows nothing', 'echo "[N/A]"'],
  ['fails', 'exit 9'],
])('a driver that %s leaves it unknown', async (_what, script) => {
  driver(script);
  expect(await deviceMemory('gpu')).toBeNull();
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { linesOf, runCli } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'receptive-doctor-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('where the JPEG binding is in order nothing is said of it', async () => {
  expect(linesOf(await runCli(['doctor', '--json'])).map(({ event }) => event)).toEqual(['done']);
});

test('a JPEG binding that does not load is told with the remedy, and is no failure', async () => {
  const hide = join(folder, 'hide.mjs');
  writeFileSync(
    hide,
    `import { registerHooks } from 'node:module';
    registerHooks({
      resolve(name, context, next) {
        if (name.endsWith('receptive.node')) throw new Error('libturbojpeg.so.0: no such file');
        return next(name, context);
      },
    });`,
  );
  vi.stubEnv('NODE_OPTIONS', `--import=${hide}`);
  try {
    const result = await runCli(['doctor', '--json']);
    expect(result.code).toBe(0);
    const [warning, done] = linesOf(result);
    expect(warning).toMatchObject({ event: 'warning', message: expect.stringMatching(/libturbojpeg.*npm run setup/) });
    expect(Object.keys(done!)).toEqual(['event', 'node', 'tensorflow', 'device', 'gpu', 'sharp', 'electron']);
  } finally {
    vi.unstubAllEnvs();
  }
});

/** Before the first window: the app is built from the sources as they are, and there is a screen to draw on. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { provisionElectron } from '../../scripts/electron.mjs';
import { buildApp } from '../../scripts/lib/build.mjs';

const root = path.resolve(import.meta.dirname, '../..');

export default async function setup(): Promise<() => void> {
  const { executable } = await provisionElectron({ log: console.log });
  process.env['RECEPTIVE_TEST_ELECTRON'] = executable;
  await build();
  if (process.env['DISPLAY']) return () => undefined;
  const screen = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1920x1200x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [number] = (await once(screen.stdout, 'data')) as [Buffer];
  process.env['DISPLAY'] = `:${number.toString().trim()}`;
  return () => void screen.kill();
}

async function build(): Promise<void> {
  // vitest says "test" here, which would make it a build for tests.
  const { NODE_ENV } = process.env;
  delete process.env['NODE_ENV'];
  await buildApp({ root, node: process.execPath });
  if (NODE_ENV) process.env['NODE_ENV'] = NODE_ENV;
}

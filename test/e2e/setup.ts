/** Before the first window: the app is built from the sources as they are, and there is a screen to draw on. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { provisionElectron } from '../../scripts/electron.mjs';

const root = path.resolve(import.meta.dirname, '../..');

export default async function setup(): Promise<() => void> {
  const { executable } = await provisionElectron({ log: console.log });
  process.env['RECEPTIVE_TEST_ELECTRON'] = executable;
  build();
  if (process.env['DISPLAY']) return () => undefined;
  const screen = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1920x1200x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [number] = (await once(screen.stdout, 'data')) as [Buffer];
  process.env['DISPLAY'] = `:${number.toString().trim()}`;
  return () => void screen.kill();
}

function build(): void {
  const script = path.join(root, 'node_modules/electron-vite/bin/electron-vite.js');
  // electron-vite takes vitest's NODE_ENV for an order to build for tests.
  const env = { ...process.env, NODE_ENV: 'production' };
  const built = spawnSync(process.execPath, [script, 'build'], { cwd: root, env, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`The app could not be built:\n${built.stdout}\n${built.stderr}`);
}

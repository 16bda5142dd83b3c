/** The app with hot reload, for developers. */
import path from 'node:path';
import { reportFailure, runChild } from './lib/children.mjs';
import { pinnedNode, root, setup } from './setup.mjs';

try {
  await setup('app');
  const { findElectron, launchArguments } = await import('./electron.mjs');
  const { args, env } = launchArguments();
  const electronVite = path.join(root, 'node_modules/electron-vite/bin/electron-vite.js');
  process.exitCode = await runChild(pinnedNode, [electronVite, 'dev', '--watch', ...process.argv.slice(2)], {
    cwd: root,
    env: {
      RECEPTIVE_PROJECT: process.env.RECEPTIVE_PROJECT ?? 'demo:clothes',
      ...env,
      ELECTRON_EXEC_PATH: findElectron().executable,
      ELECTRON_CLI_ARGS: JSON.stringify(args),
    },
  });
} catch (error) {
  reportFailure(error);
  process.exitCode = 1;
}

/** Sets up, then opens the workbench on the demo project; without a display it does the same work and writes a report. */
import path from 'node:path';
import { buildApp } from './lib/build.mjs';
import { reportFailure, runChild } from './lib/children.mjs';
import { log } from './lib/terminal.mjs';
import { pinnedNode, root, setup } from './setup.mjs';

/** Milliseconds; an app that fails sooner has shown nothing. */
const hasOpenedAfter = 5_000;
/** Exit codes of an app that was told to end: SIGINT, SIGTERM. */
const interrupted = [130, 143];

try {
  process.exitCode = await start();
} catch (error) {
  reportFailure(error);
  process.exitCode = 1;
}

async function start() {
  if (process.env.DISPLAY || process.env.WAYLAND_DISPLAY) return openWindow();
  await setup('engine');
  return runChild(pinnedNode, ['--disable-warning=ExperimentalWarning', path.join(root, 'src-main/cli/demo.ts')]);
}

async function openWindow() {
  await setup('app');
  await buildApp({ root, node: pinnedNode });
  const { findElectron, launchArguments } = await import('./electron.mjs');
  const { executable } = findElectron();
  const { args, env } = launchArguments();
  const startedAt = Date.now();
  const code = await runChild(executable, [...args, root], { env: { RECEPTIVE_PROJECT: project(), ...env } });
  if (![0, ...interrupted].includes(code) && Date.now() - startedAt < hasOpenedAfter) {
    log('The window did not open. Is there a screen where DISPLAY or WAYLAND_DISPLAY says?');
    log('Without one, type: DISPLAY= WAYLAND_DISPLAY= npm start');
  }
  return code;
}

/** `npm start -- FOLDER`, else RECEPTIVE_PROJECT, else the demo. npm changes the folder; INIT_CWD is the caller's. */
function project() {
  const [wanted = process.env.RECEPTIVE_PROJECT || 'demo:clothes'] = process.argv.slice(2);
  return wanted.startsWith('demo:') ? wanted : path.resolve(process.env.INIT_CWD ?? '.', wanted);
}

/** Builds main, preload and page, when their sources changed since the last build. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { run } from './system.mjs';
import { SetupError, log } from './terminal.mjs';

const sources = ['src-main', 'src-renderer', 'electron.vite.config.ts', 'svelte.config.js', 'package-lock.json'];

export async function buildApp({ root, node }) {
  const stamp = path.join(root, 'out/.built-from');
  const state = stateOf(sources.map((name) => path.join(root, name)));
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === state) return;
  log('Building the app');
  fs.rmSync(stamp, { force: true });
  try {
    await run(node, [path.join(root, 'node_modules/electron-vite/bin/electron-vite.js'), 'build'], { cwd: root });
  } catch (error) {
    throw new SetupError(`The app could not be built:\n${(error.output ?? '').trim()}`);
  }
  fs.writeFileSync(stamp, state);
}

/** Changes with every file's name, size or time. */
function stateOf(files) {
  const hash = createHash('sha256');
  const visit = (file) => {
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    if (stat?.isDirectory()) for (const name of fs.readdirSync(file).sort()) visit(path.join(file, name));
    else if (stat) hash.update(`${file}:${stat.size}:${stat.mtimeMs}\n`);
  };
  files.forEach(visit);
  return hash.digest('hex');
}

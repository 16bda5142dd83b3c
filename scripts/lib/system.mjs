/** The machine: which tools are there, and how to get the ones that are not. */
import { execFile, spawn } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { SetupError, log } from './terminal.mjs';

const execute = promisify(execFile);

export function onPath(name) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Each package manager's install command, and its names for what Receptive needs where they are not Debian's. */
const managers = [
  { command: 'apt-get', install: 'apt-get install -y', names: {} },
  {
    command: 'dnf',
    install: 'dnf install -y',
    names: {
      'g++': 'gcc-c++',
      xvfb: 'xorg-x11-server-Xvfb',
      xauth: 'xorg-x11-xauth',
      'libgtk-3-0': 'gtk3',
      libnss3: 'nss',
      libasound2: 'alsa-lib',
      libgbm1: 'mesa-libgbm',
      libxss1: 'libXScrnSaver',
      'libatk-bridge2.0-0': 'at-spi2-atk',
      libcups2: 'cups-libs',
      libdrm2: 'libdrm',
    },
  },
  {
    command: 'pacman',
    install: 'pacman -S --needed',
    names: {
      'g++': 'gcc',
      python3: 'python',
      'python3-pip': 'python-pip',
      xvfb: 'xorg-server-xvfb',
      xauth: 'xorg-xauth',
      'libgtk-3-0': 'gtk3',
      libnss3: 'nss',
      libasound2: 'alsa-lib',
      libgbm1: 'mesa',
      libxss1: 'libxss',
      'libatk-bridge2.0-0': 'at-spi2-core',
      libcups2: 'libcups',
      libdrm2: 'libdrm',
    },
  },
];

function manager() {
  return managers.find(({ command }) => onPath(command)) ?? managers[0];
}

/** The one command that installs these (Debian names), as this user would type it. */
function installCommand(packages) {
  const { install, names } = manager();
  const sudo = process.getuid?.() === 0 ? '' : 'sudo ';
  return `${sudo}${install} ${packages.map((name) => names[name] ?? name).join(' ')}`;
}

/** Newer Debian and Ubuntu renamed some libraries (libasound2 became libasound2t64). */
async function candidates(packages) {
  const { stdout } = await execute('apt-cache', ['policy', ...packages, ...packages.map((name) => `${name}t64`)]);
  const known = new Set();
  for (const [, name, candidate] of stdout.matchAll(/^(\S+):\n {2}Installed: .*\n {2}Candidate: (.*)$/gm)) {
    if (candidate !== '(none)') known.add(name);
  }
  return packages.map((name) => (!known.has(name) && known.has(`${name}t64`) ? `${name}t64` : name));
}

/**
 * Installs system packages (Debian names) when this is root on Debian or Ubuntu; otherwise stops with the command to type.
 * @param {string[]} packages @param {string} missing what is missing, for the sentence
 */
export async function installSystemPackages(packages, missing) {
  const debian = manager().command === 'apt-get' && onPath('apt-get') && process.getuid?.() === 0;
  if (!debian) throw new SetupError(`${missing}.`, `Type: ${installCommand(packages)}`);
  log(`${missing}. Installing with apt-get, as root: ${packages.join(' ')}`);
  const options = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq'], { env: options }).catch(() => {
    // An outdated list may still do; the install tells.
  });
  try {
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...(await candidates(packages))], {
      env: options,
    });
  } catch (error) {
    throw new SetupError(
      `apt-get could not install ${packages.join(' ')}: ${lastLine(error.output)}`,
      'Check the network connection, then run the same command again.',
    );
  }
}

export function lastLine(text) {
  return (text ?? '').trim().split('\n').at(-1) || 'no message';
}

/** Runs a command with its output kept; on failure the error carries it as `output`. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-20_000);
      options.onOutput?.(String(chunk));
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => reject(Object.assign(error, { output: error.message })));
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output);
      else
        reject(Object.assign(new Error(`${command} ended with ${signal ?? `code ${code}`}`), { output, code, signal }));
    });
  });
}

/** Looks at files only: a start must not wait for nvidia-smi. */
export function nvidiaDriverPresent() {
  return existsSync('/proc/driver/nvidia/version') || onPath('nvidia-smi') !== undefined;
}

/** Such as "550.54"; null when the driver does not answer. */
export async function nvidiaDriverVersion() {
  if (existsSync('/proc/driver/nvidia/version')) return versionIn(readFileSync('/proc/driver/nvidia/version', 'utf8'));
  try {
    return versionIn(await run('nvidia-smi', ['--query-gpu=driver_version', '--format=csv,noheader']));
  } catch {
    return null;
  }
}

/** Out of the kernel module's sentence, or of nvidia-smi's line. */
export function versionIn(text) {
  return /\b(\d{3,}\.\d+)/.exec(text)?.[1] ?? null;
}

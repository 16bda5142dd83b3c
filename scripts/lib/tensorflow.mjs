/**
 * TensorFlow's C library out of the wheel that Python users install, and tfjs-node's binding built against it from the
 * package's own sources (its own install script would fetch a library too old for today's GPUs).
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastLine, nvidiaDriverPresent, nvidiaDriverVersion, run } from './system.mjs';
import { SetupError, log, megabytes, progress } from './terminal.mjs';

const headerFolders = ['tensorflow/c/', 'tensorflow/core/platform/', 'xla/tsl/', 'tsl/'];
const wantedFromTensorflow = [
  'tensorflow/libtensorflow_cc.so.2',
  'tensorflow/libtensorflow_framework.so.2',
  ...headerFolders.map((folder) => `tensorflow/include/${folder}`),
];

/** The build that suits this machine: 'gpu' where an NVIDIA driver is, unless RECEPTIVE_DEVICE=cpu. */
export function wantedVariant() {
  const device = process.env.RECEPTIVE_DEVICE ?? '';
  if (!['', 'cpu', 'gpu'].includes(device)) {
    throw new SetupError(
      `RECEPTIVE_DEVICE is "${device}"; it may be cpu or gpu.`,
      'Unset it, or set it to cpu or gpu.',
    );
  }
  return device !== 'cpu' && nvidiaDriverPresent() ? 'gpu' : 'cpu';
}

/**
 * Puts TensorFlow and the binding into node_modules.
 * @returns {Promise<{version: string, variant: 'cpu' | 'gpu', reason: string}>} reason: why this variant
 */
export async function provisionTensorflow({ root, cacheFolder, versions, node }) {
  const wanted = versions.tensorflow;
  if (wantedVariant() === 'gpu') {
    try {
      const driver = checkDriver(wanted.gpu.minimumDriver, await nvidiaDriverVersion());
      return await install('gpu', `NVIDIA driver ${driver} found`, { root, cacheFolder, wanted, node });
    } catch (error) {
      log(`TensorFlow for the GPU could not be set up, so the CPU is used: ${error.message}`);
      if (error.hint) log(`  ${error.hint}`);
      return install('cpu', `an NVIDIA driver was found, but ${error.message}`, { root, cacheFolder, wanted, node });
    }
  }
  const reason = nvidiaDriverPresent() ? 'RECEPTIVE_DEVICE is cpu' : 'no NVIDIA driver was found';
  return install('cpu', reason, { root, cacheFolder, wanted, node });
}

/** @returns {string} the version, which is new enough */
export function checkDriver(minimum, version) {
  if (!version) throw new SetupError('the NVIDIA driver does not answer', 'Does nvidia-smi work?');
  if (Number.parseInt(version, 10) < minimum) {
    throw new SetupError(`NVIDIA driver ${version} is too old for CUDA 12, which needs ${minimum} or newer`);
  }
  return version;
}

async function install(variant, reason, { root, cacheFolder, wanted, node }) {
  const library = await unpackedLibrary(variant, wanted, cacheFolder);
  const packageFolder = path.join(root, 'node_modules/@tensorflow/tfjs-node-gpu');
  const report = { version: wanted.version, variant, reason };
  linkInto(packageFolder, library, report);
  await installBinding(packageFolder, library, { root, wanted });
  await checkThatItLoads(packageFolder, node);
  return report;
}

/** The cache's folder with the unpacked library in it; downloads and unpacks when it is not there yet. */
async function unpackedLibrary(variant, wanted, cacheFolder) {
  const target = path.join(cacheFolder, `tensorflow-${wanted.version}-${variant}`);
  if (isComplete(target)) return target;
  const { wheels, unpackedBytes } = wanted[variant];
  const label = `TensorFlow ${wanted.version} for ${variant === 'gpu' ? 'NVIDIA GPUs, with CUDA 12' : 'the CPU'}`;
  const total = wheels.reduce((sum, wheel) => sum + wheel.bytes, 0);
  log(`${label}: ${megabytes(total)} to download, ${megabytes(unpackedBytes)} unpacked in ${cacheFolder}`);
  if (variant === 'gpu') log('  This build has not been run on a GPU yet. RECEPTIVE_DEVICE=cpu avoids it.');
  checkSpace(cacheFolder, total + unpackedBytes);

  const downloads = path.join(cacheFolder, 'downloads');
  const files = [];
  for (const wheel of wheels) files.push(await download(wheel, wanted, downloads));
  const temporary = path.join(cacheFolder, `tmp-${process.pid}-tensorflow`);
  const bar = progress('unpacking');
  let before = 0;
  for (const [index, file] of files.entries()) {
    const folders = wheels[index].name.startsWith('tensorflow') ? wantedFromTensorflow : ['nvidia/'];
    let written = 0;
    const script = fileURLToPath(new URL('unpack-wheel.py', import.meta.url));
    try {
      await run('python3', [script, file, temporary, ...folders], {
        onOutput(text) {
          written = Number(text.trim().split('\n').at(-1)) || written;
          bar.update(before + written, unpackedBytes);
        },
      });
    } catch (error) {
      throw new SetupError(
        `${path.basename(file)} could not be unpacked: ${lastLine(error.output)}`,
        'Run the same command again.',
      );
    }
    before += written;
  }
  bar.end();
  fs.writeFileSync(path.join(temporary, 'complete.json'), JSON.stringify(sizes(temporary)));
  fs.rmSync(target, { recursive: true, force: true });
  fs.renameSync(temporary, target);
  for (const file of files) fs.rmSync(file, { force: true });
  return target;
}

function libraries(folder) {
  return ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'].map((name) => path.join(folder, 'tensorflow', name));
}

function sizes(folder) {
  return libraries(folder).map((file) => fs.statSync(file).size);
}

/** The marker is written last and names the sizes, so a folder that something cut short is made again. */
function isComplete(folder) {
  try {
    const marker = fs.readFileSync(path.join(folder, 'complete.json'), 'utf8');
    return marker === JSON.stringify(sizes(folder));
  } catch {
    return false;
  }
}

function checkSpace(folder, bytes) {
  const { bavail, bsize } = fs.statfsSync(folder);
  const free = bavail * bsize;
  if (free < bytes) {
    throw new SetupError(
      `${folder} needs ${megabytes(bytes)} of free disk space and has ${megabytes(free)}`,
      'Free some space there, or set XDG_CACHE_HOME to a folder on a larger disk.',
    );
  }
}

/** Fetches one wheel with pip (which knows the user's index and proxies) and its checksum; a finished one is kept. */
async function download(wheel, { python, platforms }, downloads) {
  const target = path.join(downloads, `${wheel.sha256}.whl`);
  if (fs.existsSync(target)) return target;
  fs.mkdirSync(downloads, { recursive: true });
  const temporary = fs.mkdtempSync(path.join(path.dirname(downloads), `tmp-${process.pid}-`));
  const bar = progress(`downloading ${wheel.name} ${wheel.version}`);
  // pip shows no progress when it is not on a terminal: its growing file does.
  const timer = setInterval(() => bar.update(folderSize(temporary), wheel.bytes), 300);
  try {
    const requirement = path.join(temporary, 'requirement.txt');
    fs.writeFileSync(requirement, `${wheel.name}==${wheel.version} --hash=sha256:${wheel.sha256}\n`);
    const args = ['-m', 'pip', 'download', '--require-hashes', '--no-deps', '--only-binary=:all:', '--no-cache-dir'];
    const from = ['--python-version', python, ...platforms.flatMap((platform) => ['--platform', platform])];
    await run('python3', [...args, ...from, '--dest', temporary, '-r', requirement], {
      env: { ...process.env, TMPDIR: temporary, PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_REQUIRE_VIRTUALENV: '0' },
    });
    const file = fs.readdirSync(temporary).find((name) => name.endsWith('.whl'));
    fs.renameSync(path.join(temporary, file), target);
  } catch (error) {
    const reason = /^ERROR: (.*)$/m.exec(error.output ?? '')?.[1] ?? lastLine(error.output);
    throw new SetupError(
      `${wheel.name} ${wheel.version} could not be downloaded: ${reason}`,
      'Check the network connection, then run the same command again.',
    );
  } finally {
    clearInterval(timer);
    bar.end();
    fs.rmSync(temporary, { recursive: true, force: true });
  }
  return target;
}

function folderSize(folder) {
  let total = 0;
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    try {
      total += entry.isDirectory() ? folderSize(file) : fs.statSync(file).size;
    } catch {
      // Moved while it was counted.
    }
  }
  return total;
}

/**
 * deps/lib and deps/include lead into the cache. The library's folder is linked, not its files: the CUDA build looks for
 * its companions in ../nvidia beside it.
 */
function linkInto(packageFolder, library, report) {
  const deps = path.join(packageFolder, 'deps');
  const fresh = `${deps}.${process.pid}`;
  fs.rmSync(fresh, { recursive: true, force: true });
  fs.mkdirSync(fresh);
  fs.symlinkSync(path.join(library, 'tensorflow'), path.join(fresh, 'lib'));
  fs.symlinkSync(path.join(library, 'tensorflow/include'), path.join(fresh, 'include'));
  fs.writeFileSync(path.join(fresh, 'receptive.json'), `${JSON.stringify(report, null, 2)}\n`);
  fs.rmSync(deps, { recursive: true, force: true });
  fs.renameSync(fresh, deps);
}

/** The compiled binding is kept beside the library it was linked against, so a second clone compiles nothing. */
async function installBinding(packageFolder, library, { root, wanted }) {
  const headers = path.join(root, 'node_modules/node-api-headers/include');
  const options = ['-shared', '-fPIC', '-O2', '-std=c++17', '-DNAPI_VERSION=8', '-DBUILDING_NODE_EXTENSION'];
  const sources = ['binding/tfjs_backend.cc', 'binding/tfjs_binding.cc'];
  const libraryNames = ['-Ldeps/lib', '-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'];
  const link = [...libraryNames, '-Wl,-rpath,$ORIGIN/../../deps/lib'];
  const recipe = [wanted.tfjsNode, wanted.nodeApiHeaders, ...options, ...link].join(' ');
  const built = path.join(
    library,
    `tfjs_binding-${createHash('sha256').update(recipe).digest('hex').slice(0, 12)}.node`,
  );
  if (!fs.existsSync(built)) {
    log('Compiling the TensorFlow binding (about 15 s)');
    const temporary = `${built}.${process.pid}`;
    const include = [`-I${headers}`, '-I..', '-I.', '-Ideps/include'];
    try {
      await run('g++', [...options, ...include, ...sources, '-o', temporary, ...link], { cwd: packageFolder });
    } catch (error) {
      fs.rmSync(temporary, { force: true });
      throw new SetupError(
        `The TensorFlow binding could not be compiled:\n${(error.output ?? '').trim()}`,
        'Is g++ 9 or newer installed?',
      );
    }
    fs.renameSync(temporary, built);
  }
  const target = path.join(packageFolder, 'lib/napi-v8/tfjs_binding.node');
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.copyFileSync(built, `${target}.${process.pid}`);
  fs.renameSync(`${target}.${process.pid}`, target);
}

async function checkThatItLoads(packageFolder, node) {
  try {
    await run(node, ['-e', `require(${JSON.stringify(path.join(packageFolder, 'lib/napi-v8/tfjs_binding.node'))})`], {
      env: { ...process.env, NODE_OPTIONS: '', TF_CPP_MIN_LOG_LEVEL: '2' },
    });
  } catch (error) {
    const line = /^Error: (.*)$/m.exec(error.output ?? '')?.[1] ?? lastLine(error.output);
    throw new SetupError(`TensorFlow does not load: ${line}`);
  }
}

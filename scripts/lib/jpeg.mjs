/** The decoder's binding to libjpeg-turbo: compiled here, against the prebuilt library that an npm package brings. */
import fs from 'node:fs';
import path from 'node:path';
import { run } from './system.mjs';
import { SetupError, log } from './terminal.mjs';

const sources = ['binding.cc', 'resample.h'];

/** Its sources, relative to the repository: another version of them is compiled anew. */
export const jpegSources = sources.map((name) => `src-main/decoder/jpeg/${name}`);

export const jpegBinding = 'node_modules/@julusian/jpeg-turbo/receptive.node';

export async function compileJpegBinding(root) {
  log('Compiling the JPEG binding (about 5 s)');
  const target = path.join(root, jpegBinding);
  const temporary = `${target}.${process.pid}`;
  const library = 'prebuilds/jpeg-turbo-linux-x64';
  const options = ['-shared', '-fPIC', '-O3', '-std=c++17', '-DNAPI_VERSION=8', '-DBUILDING_NODE_EXTENSION'];
  const include = `-I${path.join(root, 'node_modules/node-api-headers/include')}`;
  const from = path.join(path.dirname(target), library);
  const link = [`-L${from}`, '-l:libturbojpeg.so.0', `-Wl,-rpath,$ORIGIN/${library}`];
  try {
    await run('g++', [...options, include, path.join(root, jpegSources[0]), '-o', temporary, ...link], { cwd: root });
    fs.renameSync(temporary, target);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw new SetupError(
      `The JPEG binding could not be compiled:\n${(error.output ?? error.message).trim()}`,
      'Is g++ 9 or newer installed?',
    );
  }
}

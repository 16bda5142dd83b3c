/** What the engine itself is made of: the versions that run, the device, and why this one. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Computing, DoctorReport } from '../shared/app.ts';

interface ElectronScript {
  findElectron(): { version: string; source: string } | null;
}

/** Loads TensorFlow where that has not happened yet. */
export async function computingHere(): Promise<Computing> {
  const { deviceReport } = await import('./tensorflow.ts');
  return deviceReport();
}

export async function examine(computing = computingHere): Promise<DoctorReport> {
  return { node: process.versions.node, ...(await computing()), sharp: sharpVersion(), electron: await electron() };
}

/** Why the decoder has to do without the quick codec for JPEGs that set-up compiles; null where it need not. */
export function jpegProblem(): string | null {
  try {
    createRequire(import.meta.url)('@julusian/jpeg-turbo/receptive.node');
    return null;
  } catch (error) {
    return (error as Error).message.split('\n')[0] ?? '';
  }
}

function sharpVersion(): string {
  // Read, not imported: the codecs belong in the decoder's process.
  const file = new URL('../../node_modules/sharp/package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** Set-up's own script says which Electron it found, so that there is one answer to that. */
async function electron(): Promise<DoctorReport['electron']> {
  const script = (await import(new URL('../../scripts/electron.mjs', import.meta.url).href)) as ElectronScript;
  const found = script.findElectron();
  return found
    ? { version: found.version, source: found.source }
    : { version: '', source: 'not installed yet; npm start on a machine with a display installs it' };
}

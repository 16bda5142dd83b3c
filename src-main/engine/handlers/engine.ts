/** What the engine itself is made of. */
import { readFileSync } from 'node:fs';
import type { DoctorReport } from '../../shared/protocol.ts';
import type { Part } from './context.ts';

interface ElectronScript {
  findElectron(): { version: string; source: string } | null;
}

/** Setup's own script says which Electron it found, so that there is one answer to that. */
async function electron(): Promise<DoctorReport['electron']> {
  const script = (await import(new URL('../../../scripts/electron.mjs', import.meta.url).href)) as ElectronScript;
  const found = script.findElectron();
  return found ? { version: found.version, source: found.source } : { version: '', source: 'not installed' };
}

/** Read from its package, since loading it would bring the codecs into the engine. */
function sharpVersion(): string {
  const file = new URL('../../../node_modules/sharp/package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

export function engineHandlers(): Part<'engine'> {
  return {
    'engine.doctor': async () => {
      const { deviceReport } = await import('../tensorflow.ts');
      return { node: process.versions.node, sharp: sharpVersion(), electron: await electron(), ...deviceReport() };
    },
  };
}

/** What the engine itself is made of. */
import { createRequire } from 'node:module';
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

function sharpVersion(): string {
  const require = createRequire(import.meta.url);
  return (require('sharp/package.json') as { version: string }).version;
}

export function engineHandlers(): Part<'engine'> {
  return {
    'engine.doctor': async () => {
      const { deviceReport } = await import('../tensorflow.ts');
      return { node: process.versions.node, sharp: sharpVersion(), electron: await electron(), ...deviceReport() };
    },
  };
}

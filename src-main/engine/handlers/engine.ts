/** What the engine itself is made of. */
import { deviceMemory } from '../device-memory.ts';
import { examine } from '../doctor.ts';
import type { Part } from './context.ts';

export function engineHandlers(): Part<'engine'> {
  return {
    'engine.doctor': examine,
    'engine.memory': async () => {
      const { deviceReport } = await import('../tensorflow.ts');
      return deviceMemory(deviceReport().device);
    },
  };
}

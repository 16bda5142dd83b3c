/** What the engine itself is made of. */
import { examine } from '../doctor.ts';
import type { Part } from './context.ts';

export function engineHandlers(): Part<'engine'> {
  return { 'engine.doctor': examine };
}

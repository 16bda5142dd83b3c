/** What the engine itself is made of. */
import type { Computing } from '../../shared/app.ts';
import { deviceMemory } from '../device-memory.ts';
import { computingHere, examine } from '../doctor.ts';
import { PredictorProcess } from '../suggestions/predictor-process.ts';
import type { Part } from './context.ts';

/**
 * Asked of another process: loading TensorFlow takes half a second in which the engine would answer nothing, and this is
 * asked at every start, just when a project is opened.
 */
async function computingApart(): Promise<Computing> {
  const predictor = new PredictorProcess();
  try {
    return await predictor.call('computing', undefined);
  } catch {
    // Here it is told why TensorFlow cannot be loaded.
    return await computingHere();
  } finally {
    predictor.close();
  }
}

export function engineHandlers(): Part<'engine'> {
  let known: Computing | null = null;
  const computing = async (): Promise<Computing> => (known ??= await computingApart());
  return {
    'engine.doctor': () => examine(computing),
    'engine.memory': async () => deviceMemory((await computing()).device),
  };
}

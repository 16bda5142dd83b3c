/** What a network does with one image, taken apart: pooling. */
import type { Subject } from '../../shared/inspection.ts';
import type { UseModel } from '../inspection/use-model.ts';
import type { EngineContext, Part } from './context.ts';
import { Newest } from './newest.ts';
import { pixelsFor, useSubject } from './subjects.ts';

export function explainHandlers(context: EngineContext): Part<'explain'> {
  const newest = new Newest();
  return {
    'explain.pooling': ({ subject, imageId, ...choice }) =>
      useSubject(context, subject, async (loaded) => {
        const { poolingReport } = await import('../inspection/pooling.ts');
        const { pixels } = await pixelsFor(context, loaded, imageId);
        return poolingReport(loaded.model, loaded.network, pixels, choice);
      }),
    'explain.poolingResponse': async ({ subject, imageId, ...choice }) => {
      const signal = newest.begin('poolingResponse');
      const { poolingResponse } = await import('../inspection/pooling-response.ts');
      const { pixels } = await useSubject(context, subject, (loaded) => pixelsFor(context, loaded, imageId));
      return poolingResponse(turnsWith(context, subject), pixels, choice, signal);
    },
  };
}

/** Lets long work have the model of `subject` piece by piece, so that what is asked meanwhile is answered in between. */
const turnsWith =
  (context: EngineContext, subject: Subject): UseModel =>
  (work) =>
    useSubject(context, subject, ({ model, network }) => work(model, network));

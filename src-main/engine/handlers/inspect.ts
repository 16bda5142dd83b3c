/** Looking into a network. */
import type { Subject } from '../../shared/inspection.ts';
import type { Activations } from '../inspection/activations.ts';
import type { EngineContext, Part } from './context.ts';
import type { LoadedModel } from './models.ts';
import { Newest } from './newest.ts';
import { pixelsFor, turnsWith, useSubject } from './subjects.ts';

export function inspectHandlers(context: EngineContext): Part<'inspect'> {
  const newest = new Newest();
  return {
    'inspect.maps': ({ subject, imageId }) =>
      useSubject(context, subject, async (loaded) => {
        const { computeActivations } = await import('../inspection/activations.ts');
        const { topPredictions } = await import('../evaluation/classify.ts');
        const { path, pixels } = await pixelsFor(context, loaded, imageId);
        const { classes, preprocessing } = loaded.info;
        const { height, width, channels } = preprocessing;
        const activations = computeActivations(loaded.model, loaded.network, imageId, pixels);
        return {
          input: { height, width, channels, pixels },
          network: loaded.network,
          classes,
          layers: activations.summaries(),
          predictions: { path, predictions: topPredictions(activations.probabilities, classes, classes.length) },
        };
      }),
    'inspect.layerMaps': ({ subject, imageId, layer, first, count }) =>
      useSubject(context, subject, async (loaded) =>
        (await activations(context, loaded, imageId)).maps(layer, first, count),
      ),
    'inspect.values': ({ subject, imageId, layer, map }) =>
      useSubject(context, subject, async (loaded) => (await activations(context, loaded, imageId)).values(layer, map)),
    'inspect.deadMaps': async ({ subject, layer }) => {
      const signal = newest.begin('deadMaps');
      const { deadOnBatch } = await import('../inspection/dead-maps.ts');
      const { loadInspectionBatch } = await import('../inspection/inspection-batch.ts');
      const { info } = await useSubject(context, subject, ({ info }) => ({ info }));
      const batch = await loadInspectionBatch(info, context.decoder());
      return batch && deadOnBatch(turnsWith(context, subject), batch, layer, signal);
    },
    'inspect.sum': ({ subject, imageId, layer, map }) =>
      useSubject(context, subject, async (loaded) => {
        const { sumOfMap } = await import('../inspection/sum.ts');
        return sumOfMap(loaded.model, loaded.network, await activations(context, loaded, imageId), layer, map);
      }),
    'inspect.kernels': async ({ subject, layer, weight, first, against }) => {
      const { kernelsOf, kernelReport } = await import('../inspection/kernels.ts');
      const read = (of: Subject) =>
        useSubject(context, of, ({ model, network }) => kernelsOf(model, network, layer, weight));
      const before = against ? (await read(against)).kernels : null;
      return kernelReport(layer, await read(subject), first, before);
    },
    'inspect.batchNorm': ({ subject, imageId, layer }) =>
      context.jobs.startInstead('batchNorm', async (job) => {
        const { measureBatchNorm } = await import('../inspection/batch-norm.ts');
        const { loadInspectionBatch } = await import('../inspection/inspection-batch.ts');
        const { info } = await useSubject(context, subject, ({ info }) => ({ info }));
        const batch = await loadInspectionBatch(info, context.decoder(), job.signal);
        const alone = () =>
          useSubject(context, subject, async (loaded) => {
            const { path, pixels } = await pixelsFor(context, loaded, imageId);
            return { pixels, paths: [path] };
          });
        const answer = await measureBatchNorm(turnsWith(context, subject), batch ?? (await alone()), layer, {
          signal: job.signal,
          progress: (done, total) => job.progress(done, total),
        });
        context.tell('inspect.batchNorm', { jobId: job.id, answer });
        return '';
      }),
  };
}

/** Of the image under the lens, which are kept, or of another. */
async function activations(context: EngineContext, loaded: LoadedModel, imageId: number): Promise<Activations> {
  const { activationsOf } = await import('../inspection/activations.ts');
  const read = async () => (await pixelsFor(context, loaded, imageId)).pixels;
  return activationsOf(loaded.model, loaded.network, imageId, read);
}

/** Trying learning rates on the project's labelled images; nothing is kept of it. */
import { WorkControl } from '../training/control.ts';
import type { Checked } from '../../shared/protocol.ts';
import { rateSteps } from '../../shared/rate-search.ts';
import type { EngineContext, Part } from './context.ts';
import { createThrottle } from './jobs.ts';
import type { Job } from './jobs.ts';
import { planOf } from './training.ts';

async function findRate(
  { projects, decoder, tell }: EngineContext,
  { network, recipe }: Checked<'rates.find'>,
  job: Job,
): Promise<string> {
  const { project } = projects;
  const { split } = planOf(project, recipe);
  const control = new WorkControl();
  job.signal.addEventListener('abort', () => control.stop(), { once: true });
  const { findLearningRate } = await import('../training/find-rate.ts');
  const isDue = createThrottle();
  const found = await findLearningRate(
    {
      network,
      recipe,
      split,
      folder: project.summary().sources[0] ?? project.path,
      cacheFolder: project.cacheFolder,
      decoder: decoder(),
      control,
    },
    {
      onProgress: () => undefined,
      onRejected: () => undefined,
      onPoint: (points) => {
        job.progress(points.length, rateSteps);
        if (isDue(points.length, rateSteps))
          tell('rates.points', { jobId: job.id, points: [...points], suggestion: null });
      },
    },
  );
  if (!found) return '';
  tell('rates.points', { jobId: job.id, ...found });
  return found.suggestion === null ? 'The loss fell at no learning rate.' : `Suggested: ${found.suggestion}.`;
}

export function rateHandlers(context: EngineContext): Part<'rates'> {
  return { 'rates.find': (given) => context.jobs.start('findRate', (job) => findRate(context, given, job)) };
}

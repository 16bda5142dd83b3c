/** Trying learning rates on the project's labelled images; nothing is kept of it. */
import type { Checked } from '../../shared/protocol.ts';
import { rateSteps } from '../../shared/rate-search.ts';
import { withHelper } from '../helper/lend.ts';
import { createThrottle } from '../throttle.ts';
import { TrainingProcess } from '../training/training-process.ts';
import type { EngineContext, Part } from './context.ts';
import type { Job } from './jobs.ts';
import { planOf } from './training.ts';

async function findRate(
  { projects, tell }: EngineContext,
  { network, recipe }: Checked<'rates.find'>,
  job: Job,
): Promise<string> {
  const { project } = projects;
  const { split } = planOf(project, recipe);
  const isDue = createThrottle();
  const start = () =>
    new TrainingProcess({
      points: (points) => {
        job.progress(points.length, rateSteps);
        if (isDue(points.length, rateSteps)) tell('rates.points', { jobId: job.id, points, suggestion: null });
      },
      decoderLost: (message) => tell('decoder.lost', { message }),
    });
  const folder = project.summary().sources[0] ?? project.path;
  // Nothing is saved of it, so nothing is waited for.
  const found = await withHelper(start, job.signal, (trainer) =>
    trainer.call('findRate', { network, recipe, split, folder, cacheFolder: project.cacheFolder }),
  );
  if (!found) return '';
  tell('rates.points', { jobId: job.id, ...found });
  return found.suggestion === null ? 'The loss fell at no learning rate.' : `Suggested: ${found.suggestion}.`;
}

export function rateHandlers(context: EngineContext): Part<'rates'> {
  return { 'rates.find': (given) => context.jobs.start('findRate', (job) => findRate(context, given, job)) };
}

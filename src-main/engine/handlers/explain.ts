/** What a network does with one image, taken apart: pooling, gradients, equivariance, why it is of a class. */
import type { Attribution } from '../../shared/inspect/attribution.ts';
import { parseNetwork } from '../../shared/network/index.ts';
import type { Checked } from '../../shared/protocol.ts';
import { runFolder } from '../store/runs.ts';
import { createThrottle } from '../throttle.ts';
import { readRunInfo } from '../training/run-files.ts';
import { readSpreads } from '../training/spread-record.ts';
import type { EngineContext, Part } from './context.ts';
import type { Job } from './jobs.ts';
import { pixelsFor, turnsWith, useSubject } from './subjects.ts';

export function explainHandlers(context: EngineContext): Part<'explain'> {
  return {
    'explain.pooling': ({ subject, imageId, ...choice }) =>
      useSubject(context, subject, async (loaded) => {
        const { poolingReport } = await import('../inspection/pooling.ts');
        const { pixels } = await pixelsFor(context, loaded, imageId);
        return poolingReport(loaded.model, loaded.network, pixels, choice);
      }),
    'explain.poolingResponse': ({ subject, imageId, ...choice }) =>
      context.jobs.startInstead('poolingResponse', async (job) => {
        const { poolingResponse } = await import('../inspection/pooling-response.ts');
        const { pixels } = await useSubject(context, subject, (loaded) => pixelsFor(context, loaded, imageId));
        const answer = await poolingResponse(turnsWith(context, subject), pixels, choice, {
          signal: job.signal,
          progress: (done, total) => job.progress(done, total),
        });
        context.tell('explain.poolingResponse', { jobId: job.id, answer });
        return '';
      }),
    'explain.distributions': ({ subject, imageId, target }) =>
      useSubject(context, subject, async (loaded) => {
        const { distributions } = await import('../inspection/distributions.ts');
        const { pixels } = await pixelsFor(context, loaded, imageId);
        return distributions(loaded.model, loaded.network, pixels, target);
      }),
    'explain.spreadHistory': ({ runId, layer }) => {
      const folder = runFolder(context.projects.db, runId);
      return readSpreads(folder, parseNetwork(readRunInfo(folder).network), layer);
    },
    'explain.gradients': ({ subject, imageId, ...choice }) =>
      useSubject(context, subject, async (loaded) => {
        const { convolutionGradients } = await import('../inspection/convolution-gradients.ts');
        const { pixels } = await pixelsFor(context, loaded, imageId);
        return convolutionGradients(loaded.model, loaded.network, pixels, choice);
      }),
    'explain.equivariance': ({ subject, imageId, ...choice }) =>
      useSubject(context, subject, async (loaded) => {
        const { equivariance } = await import('../inspection/equivariance.ts');
        const { pixels } = await pixelsFor(context, loaded, imageId);
        return equivariance(loaded.model, loaded.network, pixels, choice);
      }),
    'explain.class': (asked) => context.jobs.startInstead('explain', (job) => attribute(context, asked, job)),
  };
}

async function attribute(
  context: EngineContext,
  { subject, imageId, classIndex, how }: Checked<'explain.class'>,
  job: Job,
): Promise<string> {
  const { gradCam, integratedGradients, occlusion } = await import('../inspection/attribution.ts');
  const { pixels } = await useSubject(context, subject, (loaded) => pixelsFor(context, loaded, imageId));
  const use = turnsWith(context, subject);
  const question = { pixels, classIndex };
  const tell = (attribution: Attribution) => context.tell('explain.heat', { jobId: job.id, answer: attribution });
  const isDue = createThrottle();
  let done = 0;
  const watch = {
    signal: job.signal,
    progress: (now: number, total: number) => job.progress((done = now), total),
    onHeat: (attribution: Attribution) => isDue(done, Infinity) && tell(attribution),
  };
  if (how.method === 'gradCam') tell(await gradCam(use, question, how.layer));
  else if (how.method === 'occlusion') tell(await occlusion(use, question, how, watch));
  else tell(await integratedGradients(use, question, how, watch));
  return '';
}

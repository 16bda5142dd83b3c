/** Running statistics of a run's batch norm: what became of them, and measuring them anew. */
import { ReceptiveError } from '../../shared/errors.ts';
import { parseNetwork } from '../../shared/network/index.ts';
import type { Checked } from '../../shared/protocol.ts';
import { runFolder } from '../store/runs.ts';
import { WorkControl } from '../training/control.ts';
import { normLayers, readHistory } from '../training/norm-history.ts';
import { readRunInfo } from '../training/run-files.ts';
import type { EngineContext, Part } from './context.ts';
import type { Job } from './jobs.ts';
import { imagesOfRun } from './training.ts';

type Given = Checked<'batchNorm.recalibrate'>;

export function batchNormHandlers(context: EngineContext): Part<'batchNorm'> {
  const { projects, trainings, models, evaluator, jobs } = context;
  const open = async (runId: string) => {
    const { RunFolder } = await import('../training/run-folder.ts');
    return RunFolder.open(runFolder(projects.db, runId));
  };
  const mustRest = (runId: string) => {
    if (trainings.isGoing(runId))
      throw new ReceptiveError('usage', 'This run is still training.', 'Wait for its end, or stop it first.');
  };
  return {
    'batchNorm.history': ({ runId, layer }) => {
      const folder = runFolder(projects.db, runId);
      const { network, classes } = readRunInfo(folder);
      return readHistory(folder, normLayers(parseNetwork(network), classes.length), layer);
    },
    'batchNorm.check': ({ runId, weights }) => {
      const order = { run: runFolder(projects.db, runId), weights };
      return evaluator.use(new AbortController().signal, (process) => process.call('checkNorms', order));
    },
    'batchNorm.recalibration': async ({ runId, weights }) => (await open(runId)).recalibration(weights)?.report ?? null,
    'batchNorm.recalibrate': (given) => {
      mustRest(given.runId);
      return jobs.start('recalibrate', (job) => recalibrateRun(context, given, job), given.runId);
    },
    'batchNorm.undo': async ({ runId, weights }) => {
      mustRest(runId);
      (await open(runId)).undoRecalibration(weights);
      await models.release();
    },
  };
}

async function recalibrateRun(
  { projects, models, decoder }: EngineContext,
  { runId, weights }: Given,
  job: Job,
): Promise<string> {
  const { db, project } = projects;
  const known = imagesOfRun(db, runId);
  const [{ RunFolder }, { recalibrate }] = await Promise.all([
    import('../training/run-folder.ts'),
    import('../inspection/recalibrate.ts'),
  ]);
  const run = RunFolder.open(runFolder(db, runId));
  const { folder } = run.info.source;
  // Its folder says which files to read; only those that are the project's are.
  const files = run.files(folder).training.filter(({ path }) => known.has(path));
  const control = new WorkControl();
  job.signal.addEventListener('abort', () => control.stop(), { once: true });
  const { cacheFolder } = project;
  await recalibrate(
    { run, weights, files, folder, cacheFolder, decoder: decoder(), control },
    { onProgress: (done, total) => job.progress(done, total), onRejected: () => undefined },
  );
  await models.release();
  return '';
}

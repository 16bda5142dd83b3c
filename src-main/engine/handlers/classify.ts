/** Classifying image files that need not be in the project. */
import type { Checked } from '../../shared/protocol.ts';
import { classificationCsv } from '../evaluation/csv.ts';
import { filesIn } from '../evaluation/files-in.ts';
import { writeFileAtomically } from '../files.ts';
import { runFolder } from '../store/runs.ts';
import type { EngineContext, Part } from './context.ts';
import type { Job } from './jobs.ts';
import { loadRun } from './models.ts';

/** Has the model for itself: a folder may take minutes, and looking into a network does not wait for it. */
async function classify(
  { tell, decoder }: EngineContext,
  folder: string,
  { paths, top, weights }: Checked<'classify.start'>,
  job: Job,
): Promise<string> {
  const files = await filesIn(paths, '/', job.signal);
  const { classifyFiles } = await import('../evaluation/classify.ts');
  const { model, run } = await loadRun(folder, weights);
  let done = 0;
  let failed = 0;
  try {
    await classifyFiles(
      model,
      run.info,
      files,
      top,
      decoder(),
      (results) => {
        done += results.length;
        failed += results.filter((result) => 'error' in result).length;
        tell('classify.results', { jobId: job.id, results });
        job.progress(done, files.length);
      },
      job.signal,
    );
  } finally {
    model.dispose();
  }
  const images = (count: number) => (count === 1 ? '1 image' : `${count.toLocaleString('en')} images`);
  return `${images(done - failed)} classified${failed > 0 ? `; ${images(failed)} could not be read` : ''}.`;
}

export function classifyHandlers(context: EngineContext): Part<'classify'> {
  return {
    'classify.start': (given) => {
      const folder = runFolder(context.projects.db, given.runId);
      return context.jobs.start('classify', (job) => classify(context, folder, given, job));
    },
    'classify.saveCsv': ({ path, results }) => writeFileAtomically(path, classificationCsv(results)),
  };
}

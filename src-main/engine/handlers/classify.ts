/** Classifying image files that need not be in the project. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { ReceptiveError } from '../../shared/errors.ts';
import type { Checked } from '../../shared/protocol.ts';
import { walkFolder } from '../images/walk.ts';
import { runFolder } from '../store/runs.ts';
import type { EngineContext, Part } from './context.ts';
import type { Job } from './jobs.ts';
import { loadRun } from './models.ts';

/** The files that were given, and those in the folders that were given, in that order. */
async function filesOf(paths: readonly string[], signal: AbortSignal): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) files.push(path);
    else files.push(...(await walkFolder(path, signal)).map((entry) => join(path, entry.path)));
  }
  if (files.length > 0) return files;
  throw new ReceptiveError('no-images', 'There is nothing to classify: the folder is empty.', 'Choose another one.');
}

/** Has the model for itself: a folder may take minutes, and looking into a network does not wait for it. */
async function classify(
  { tell, decoder }: EngineContext,
  folder: string,
  { paths, top }: Checked<'classify.start'>,
  job: Job,
): Promise<string> {
  const files = await filesOf(paths, job.signal);
  const { classifyFiles } = await import('../evaluation/classify.ts');
  const { model, run } = await loadRun(folder);
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
  };
}

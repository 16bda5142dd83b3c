/** Classifying image files that need not be in the project. */
import type { Checked } from '../../shared/protocol.ts';
import { classifyFiles } from '../evaluation/classify.ts';
import { classificationCsv } from '../evaluation/csv.ts';
import { filesIn } from '../evaluation/files-in.ts';
import { writeFileAtomically } from '../files.ts';
import { runFolder } from '../store/runs.ts';
import { readRunInfo } from '../training/run-files.ts';
import type { EngineContext, Part } from './context.ts';
import type { Job } from './jobs.ts';

/** The process predicts; the images are decoded here, where decoders are at hand. */
function classify(
  { tell, decoder, classifier }: EngineContext,
  run: string,
  { paths, top, weights }: Checked<'classify.start'>,
  job: Job,
): Promise<string> {
  return classifier.use(job.signal, async (evaluator) => {
    // While it loads the run the first images are decoded; what goes wrong there goes wrong in `predict` as well.
    evaluator.call('open', { run, weights }).catch(() => undefined);
    const files = await filesIn(paths, '/', job.signal);
    let done = 0;
    let failed = 0;
    await classifyFiles(
      { predict: (pixels) => evaluator.call('predict', { run, weights, pixels }) },
      readRunInfo(run),
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
    const images = (count: number) => (count === 1 ? '1 image' : `${count.toLocaleString('en')} images`);
    return `${images(done - failed)} classified${failed > 0 ? `; ${images(failed)} could not be read` : ''}.`;
  });
}

export function classifyHandlers(context: EngineContext): Part<'classify'> {
  const { projects, jobs, classifier } = context;
  return {
    'classify.prepare': ({ runId, weights }) => classifier.prepare({ run: runFolder(projects.db, runId), weights }),
    'classify.start': (given) => {
      const folder = runFolder(projects.db, given.runId);
      return jobs.startInstead('classify', (job) => classify(context, folder, given, job), given.runId);
    },
    'classify.saveCsv': ({ path, results }) => writeFileAtomically(path, classificationCsv(results)),
  };
}

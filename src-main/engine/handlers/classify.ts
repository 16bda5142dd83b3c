/** Classifying image files that need not be in the project. */
import type { ClassifyResult } from '../../shared/inspection.ts';
import type { Checked } from '../../shared/protocol.ts';
import { classificationCsv } from '../evaluation/csv.ts';
import { EvaluatorProcess } from '../evaluation/evaluator-process.ts';
import { filesIn } from '../evaluation/files-in.ts';
import type { NamedFile } from '../evaluation/files-in.ts';
import { writeFileAtomically } from '../files.ts';
import { withHelper } from '../helper/lend.ts';
import { runFolder } from '../store/runs.ts';
import type { EngineContext, Part } from './context.ts';
import type { Job } from './jobs.ts';
import { loadRun } from './models.ts';

type Given = Checked<'classify.start'>;

/** So few are classified here, sooner than a process would have started; more would hold up the engine. */
const few = 8;

async function classify(context: EngineContext, run: string, { paths, ...given }: Given, job: Job): Promise<string> {
  const files = await filesIn(paths, '/', job.signal);
  let done = 0;
  let failed = 0;
  const onResults = (results: ClassifyResult[]): void => {
    done += results.length;
    failed += results.filter((result) => 'error' in result).length;
    context.tell('classify.results', { jobId: job.id, results });
    job.progress(done, files.length);
  };
  const work = files.length > few ? classifyInProcess : classifyHere;
  await work(context, run, files, given, job.signal, onResults);
  const images = (count: number) => (count === 1 ? '1 image' : `${count.toLocaleString('en')} images`);
  return `${images(done - failed)} classified${failed > 0 ? `; ${images(failed)} could not be read` : ''}.`;
}

type Classify = (
  context: EngineContext,
  run: string,
  files: NamedFile[],
  given: Pick<Given, 'weights' | 'top'>,
  signal: AbortSignal,
  onResults: (results: ClassifyResult[]) => void,
) => Promise<void>;

const classifyInProcess: Classify = ({ tell }, run, files, { weights, top }, signal, onResults) => {
  const hears = { classified: onResults, decoderLost: (message: string) => tell('decoder.lost', { message }) };
  const start = () => new EvaluatorProcess('classifies', hears);
  return withHelper(start, signal, (evaluator) => evaluator.call('classify', { run, weights, files, top }));
};

const classifyHere: Classify = async ({ decoder }, folder, files, { weights, top }, signal, onResults) => {
  const { classifyFiles } = await import('../evaluation/classify.ts');
  const { model, run } = await loadRun(folder, weights);
  try {
    await classifyFiles(model, run.info, files, top, decoder(), onResults, signal);
  } finally {
    model.dispose();
  }
};

export function classifyHandlers(context: EngineContext): Part<'classify'> {
  return {
    'classify.start': (given) => {
      const folder = runFolder(context.projects.db, given.runId);
      return context.jobs.start('classify', (job) => classify(context, folder, given, job));
    },
    'classify.saveCsv': ({ path, results }) => writeFileAtomically(path, classificationCsv(results)),
  };
}

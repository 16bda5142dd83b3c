/** Measuring a run on the project's labelled images, in a process of its own. */
import { ReceptiveError } from '../../shared/errors.ts';
import type { Evaluation } from '../../shared/inspection.ts';
import type { Checked } from '../../shared/protocol.ts';
import { isEmpty } from '../evaluation/evaluate.ts';
import type { Database } from '../store/database.ts';
import { labelledImages } from '../store/images.ts';
import type { LabelledImage } from '../store/images.ts';
import { runFolder, runSides } from '../store/runs.ts';
import { readRunInfo } from '../training/run-files.ts';
import type { EngineContext, Part } from './context.ts';
import type { Job } from './jobs.ts';

type Given = Checked<'evaluate.run'>;
type Side = Given['split'];

export function evaluateHandlers(context: EngineContext): Part<'evaluate'> {
  const { projects, evaluator } = context;
  return {
    'evaluate.prepare': ({ runId, weights }) => evaluator.prepare({ run: runFolder(projects.db, runId), weights }),
    'evaluate.run': (given) => {
      const folder = runFolder(projects.db, given.runId);
      const work = async (job: Job) => {
        const answer = await evaluateSide(context, folder, given, job);
        context.tell('evaluate.result', { jobId: job.id, answer });
        return '';
      };
      return context.jobs.startInstead('evaluate', work, given.runId);
    },
  };
}

async function evaluateSide(
  { projects, tell, evaluator }: EngineContext,
  run: string,
  { runId, weights, split }: Given,
  job: Job,
): Promise<Evaluation> {
  const { classes } = readRunInfo(run);
  const { db, project } = projects;
  const isKnown = ({ className }: LabelledImage): boolean => classes.includes(className);
  const isOnSide = sideTest(db, runId, split);
  const images = labelledImages(db).filter(isOnSide);
  const unusable = labelledImages(db, 'unusable').filter((image) => isOnSide(image) && isKnown(image));
  const files = images.filter(isKnown).map(({ path, className }) => ({ path, label: classes.indexOf(className) }));
  if (files.length === 0) throw nothingToEvaluate(split, unusable.map(withReason));
  const evaluation = await evaluator.use(job.signal, (process) => {
    process.hears = {
      evaluated: ({ done, total }) => job.progress(done, total),
      decoderLost: (message) => tell('decoder.lost', { message }),
    };
    return process.call('evaluate', { run, weights, files, cacheFolder: project.cacheFolder });
  });
  const leftOut = [...unusable.map(withReason), ...evaluation.leftOut];
  if (isEmpty(evaluation)) throw nothingToEvaluate(split, leftOut);
  const unknown = new Set(images.filter((image) => !isKnown(image)).map(({ className }) => className));
  return { ...evaluation, unknownClasses: [...unknown], leftOut };
}

const withReason = ({ path, reason, missing }: LabelledImage): Evaluation['leftOut'][number] => ({
  path,
  reason: missing ? 'the file is missing' : (reason ?? ''),
});

function nothingToEvaluate(side: Side, [first, ...more]: Evaluation['leftOut']): ReceptiveError {
  const which = `labelled ${side === 'all' ? '' : `${side} `}image of a class that this run knows`;
  if (!first) {
    const remedy = side === 'all' ? 'Label some images.' : 'Assign splits in the Images view, or choose another split.';
    return new ReceptiveError('no-images', `There is no ${which}.`, remedy);
  }
  const others = more.length > 0 ? `, and ${more.length.toLocaleString('en')} more` : '';
  return new ReceptiveError(
    'no-images',
    `No ${which} can be read: ${first.path} (${first.reason})${others}.`,
    'Find the files again in the Images view, or choose another split.',
  );
}

/** What the run itself learnt from or held out, where that is known; the test images are those it did not learn from. */
function sideTest(db: Database, runId: string, side: Side): (image: LabelledImage) => boolean {
  if (side === 'all') return () => true;
  const sides = runSides(db, runId);
  if (!sides) return ({ split }) => split === side;
  const learnt = new Set(sides.training);
  const heldOut = new Set(sides.validation);
  if (side === 'train') return ({ id }) => learnt.has(id);
  if (side === 'validation') return ({ id }) => heldOut.has(id);
  return ({ id, split }) => split === 'test' && !learnt.has(id);
}

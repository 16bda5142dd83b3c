/** Looking into a network, and measuring it on the project's images. */
import { ReceptiveError } from '../../shared/errors.ts';
import type { Evaluation, Subject } from '../../shared/inspection.ts';
import type { Checked } from '../../shared/protocol.ts';
import type { Activations } from '../inspection/activations.ts';
import type { Database } from '../store/database.ts';
import { labelledImages } from '../store/images.ts';
import type { LabelledImage } from '../store/images.ts';
import { runFolder, runSides } from '../store/runs.ts';
import type { EngineContext, Part } from './context.ts';
import type { LoadedModel, LoadedRun } from './models.ts';
import { Newest } from './newest.ts';
import { pixelsFor, turnsWith, useSubject } from './subjects.ts';

export function inspectHandlers(context: EngineContext): Part<'inspect' | 'evaluate'> {
  const { projects, models } = context;
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
    'evaluate.run': ({ runId, weights, split }) =>
      models.use(runFolder(projects.db, runId), weights, (loaded) => evaluateSide(context, loaded, runId, split)),
  };
}

/** Of the image under the lens, which are kept, or of another. */
async function activations(context: EngineContext, loaded: LoadedModel, imageId: number): Promise<Activations> {
  const { activationsOf } = await import('../inspection/activations.ts');
  const read = async () => (await pixelsFor(context, loaded, imageId)).pixels;
  return activationsOf(loaded.model, loaded.network, imageId, read);
}

type Side = Checked<'evaluate.run'>['split'];

async function evaluateSide(context: EngineContext, { run, model }: LoadedRun, runId: string, side: Side) {
  const { evaluate } = await import('../evaluation/evaluate.ts');
  const { loadDataset } = await import('../images/dataset.ts');
  const { classes, preprocessing } = run.info;
  const { db, project } = context.projects;
  const isKnown = ({ className }: LabelledImage): boolean => classes.includes(className);
  const isOnSide = sideTest(db, runId, side);
  const images = labelledImages(db).filter(isOnSide);
  const unusable = labelledImages(db, 'unusable').filter((image) => isOnSide(image) && isKnown(image));
  const files = images.filter(isKnown).map(({ path, className }) => ({ path, label: classes.indexOf(className) }));
  const options = { decoder: context.decoder(), cacheFolder: project.cacheFolder };
  const data = await loadDataset(files, preprocessing, options);
  const leftOut = [...unusable.map(withReason), ...data.rejected];
  if (data.labels.length === 0) throw nothingToEvaluate(side, leftOut);
  const unknown = new Set(images.filter((image) => !isKnown(image)).map(({ className }) => className));
  return evaluate(model, data, classes, { unknownClasses: [...unknown], leftOut });
}

const withReason = ({ path, reason, missing }: LabelledImage): Evaluation['leftOut'][number] => ({
  path,
  reason: missing ? 'the file is missing' : (reason ?? ''),
});

function nothingToEvaluate(side: Side, [first, ...more]: Evaluation['leftOut']): ReceptiveError {
  const which = `labelled ${side === 'all' ? '' : `${side} `}image of a class that this run knows`;
  if (!first) {
    return new ReceptiveError('no-images', `There is no ${which}.`, 'Label some images, or choose another split.');
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

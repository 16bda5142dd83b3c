/** Looking into a trained network, and measuring it on the project's images. */
import { ReceptiveError } from '../../shared/errors.ts';
import type { Checked } from '../../shared/protocol.ts';
import { imageFacts, labelledImages } from '../store/images.ts';
import type { LabelledImage } from '../store/images.ts';
import { runFolder, runSides } from '../store/runs.ts';
import type { EngineContext, Part } from './context.ts';
import type { LoadedRun } from './models.ts';

/** The image as the run's network sees it. */
async function pixelsFor(context: EngineContext, { run }: LoadedRun, imageId: number) {
  const { path } = imageFacts(context.projects.db, imageId);
  return { path, pixels: await context.decoder().pixels(path, run.info.preprocessing) };
}

export function inspectHandlers(context: EngineContext): Part<'inspect' | 'evaluate'> {
  const { projects, models } = context;
  const folderOf = (runId: string): string => runFolder(projects.db, runId);
  return {
    'inspect.maps': ({ runId, imageId }) =>
      models.use(folderOf(runId), async (loaded) => {
        const { layerActivations } = await import('../inspection/maps.ts');
        const { topPredictions } = await import('../evaluation/classify.ts');
        const { path, pixels } = await pixelsFor(context, loaded, imageId);
        const { classes, preprocessing } = loaded.run.info;
        const { height, width, channels } = preprocessing;
        return {
          input: { height, width, channels, pixels },
          layers: layerActivations(loaded.model, loaded.network, pixels),
          predictions: { path, predictions: topPredictions(loaded.model.predict(pixels), classes, classes.length) },
        };
      }),
    'inspect.pooling': ({ runId, imageId, layer }) =>
      models.use(folderOf(runId), async (loaded) => {
        const { comparePooling } = await import('../inspection/pooling.ts');
        const { pixels } = await pixelsFor(context, loaded, imageId);
        return comparePooling(loaded.model, loaded.network, pixels, layer);
      }),
    'inspect.batchNorm': ({ runId, imageId, layer }) =>
      models.use(folderOf(runId), async (loaded) => {
        const { batchNormReport } = await import('../inspection/batch-norm.ts');
        const { loadInspectionBatch } = await import('../inspection/inspection-batch.ts');
        let batch = await loadInspectionBatch(loaded.run.info, context.decoder());
        if (!batch) {
          const { path, pixels } = await pixelsFor(context, loaded, imageId);
          batch = { pixels, paths: [path] };
        }
        return batchNormReport(loaded.model, loaded.network, batch, layer);
      }),
    'evaluate.run': ({ runId, split }) =>
      models.use(folderOf(runId), (loaded) => evaluateSide(context, loaded, runId, split)),
  };
}

type Side = Checked<'evaluate.run'>['split'];

async function evaluateSide(context: EngineContext, { run, model }: LoadedRun, runId: string, side: Side) {
  const { evaluate } = await import('../evaluation/evaluate.ts');
  const { loadDataset } = await import('../images/dataset.ts');
  const { classes, preprocessing } = run.info;
  const images = imagesOfSide(context, runId, side);
  const known = images.filter(({ className }) => classes.includes(className));
  if (known.length === 0) {
    throw new ReceptiveError(
      'no-images',
      `There is no labelled ${side === 'all' ? '' : `${side} `}image of a class that this run knows.`,
      'Label some images, or choose another split.',
    );
  }
  const unknown = new Set(images.map(({ className }) => className).filter((name) => !classes.includes(name)));
  const files = known.map(({ path, className }) => ({ path, label: classes.indexOf(className) }));
  const options = { decoder: context.decoder(), cacheFolder: context.projects.project.cacheFolder };
  return evaluate(model, await loadDataset(files, preprocessing, options), classes, [...unknown]);
}

/** What the run itself learnt from or held out, where that is known; the test images are those it did not learn from. */
function imagesOfSide({ projects: { db } }: EngineContext, runId: string, side: Side): LabelledImage[] {
  const images = labelledImages(db);
  if (side === 'all') return images;
  const sides = runSides(db, runId);
  if (!sides) return images.filter((image) => image.split === side);
  const learnt = new Set(sides.training);
  const heldOut = new Set(sides.validation);
  if (side === 'train') return images.filter(({ id }) => learnt.has(id));
  if (side === 'validation') return images.filter(({ id }) => heldOut.has(id));
  return images.filter((image) => image.split === 'test' && !learnt.has(image.id));
}

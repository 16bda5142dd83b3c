/** What is looked into: a run with its newest weights, its best or its first, or a network that nobody has trained. */
import { setImmediate } from 'node:timers/promises';
import { ReceptiveError, reportError } from '../../shared/errors.ts';
import type { Subject } from '../../shared/inspection.ts';
import { checkNetwork, parseNetwork } from '../../shared/network/index.ts';
import { createRandom } from '../../shared/random.ts';
import { recipeSchema } from '../../shared/run.ts';
import { listClasses } from '../store/classes.ts';
import { imageFacts, labelledImages } from '../store/images.ts';
import { listNetworks } from '../store/networks.ts';
import { runFolder } from '../store/runs.ts';
import type { UseModel } from '../inspection/use-model.ts';
import type { EngineContext } from './context.ts';
import { sourceOfRun } from './models.ts';
import type { LoadedModel, ModelSource } from './models.ts';

/** Seed of the weights of a network that was never trained, and of its choice of images. */
const untrainedSeed = 1;
const batchSize = 64;

/** Runs `work` with the model of `subject`, loaded when its turn has come. */
export function useSubject<T>(
  context: EngineContext,
  subject: Subject,
  work: (loaded: LoadedModel) => T | Promise<T>,
): Promise<T> {
  return context.models.useFrom(() => sourceOf(context, subject), work);
}

/** Lets long work have the model of `subject` piece by piece, so that what is asked meanwhile is answered in between. */
export const turnsWith =
  (context: EngineContext, subject: Subject): UseModel =>
  async (work) => {
    const made = await useSubject(context, subject, ({ model, network }) => work(model, network));
    await setImmediate(); // what was asked meanwhile, a cancel too, comes in now
    return made;
  };

/** The image as the network sees it: uint8 [1, height, width, channels]. */
export async function pixelsFor(context: EngineContext, { info }: LoadedModel, imageId: number) {
  const { path } = imageFacts(context.projects.db, imageId);
  try {
    return { path, pixels: await context.decoder().pixels(path, info.preprocessing) };
  } catch (error) {
    const { code, message } = reportError(error);
    if (code !== 'unreadable') throw error;
    throw new ReceptiveError(code, `${path}: ${message}`, 'Go on to another image, or find this one again in Images.');
  }
}

function sourceOf(context: EngineContext, subject: Subject): ModelSource<LoadedModel> {
  const { db } = context.projects;
  if ('networkId' in subject) return untrained(context, subject.networkId);
  return sourceOfRun(runFolder(db, subject.runId), subject.weights);
}

function untrained({ projects }: EngineContext, networkId: number): ModelSource<LoadedModel> {
  const { db } = projects;
  const saved = listNetworks(db).find(({ id }) => id === networkId);
  if (!saved) throw new ReceptiveError('not-found', `There is no saved network ${networkId} any more.`);
  const classes = listClasses(db).flatMap(({ name, count }) => (count > 0 ? [name] : []));
  return { key: `network ${db.folder} ${networkId} ${saved.updatedAt} ${classes.join('\0')}`, load };

  async function load(): Promise<LoadedModel> {
    const { Model } = await import('../graph/model.ts');
    const network = parseNetwork(saved!.json);
    // A network tells the classes that it gives apart by their number: without labels two stand for them.
    const names = classes.length >= 2 ? classes : ['class 1', 'class 2'];
    checkNetwork(network, names.length);
    const { size, channels } = network.input;
    const paths = labelledImages(db).map(({ path }) => path);
    createRandom(untrainedSeed, 'inspection batch').shuffle(paths);
    const { initializer, initializerScale, fit } = recipeSchema.parse({});
    const preprocessing = { height: size[0], width: size[1], channels: channels as 1 | 3, fit };
    const model = Model.create(network, names.length, { seed: untrainedSeed, initializer, initializerScale });
    const source = { folder: db.folder, inspectionBatch: paths.slice(0, batchSize) };
    return { info: { classes: names, preprocessing, source }, network, model };
  }
}

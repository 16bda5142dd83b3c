/** Predictions for the project's images: by a head learnt from the labels so far, or by a trained run. */
import { ReceptiveError } from '../../shared/errors.ts';
import { createRandom } from '../../shared/random.ts';
import { throwIfInterrupted } from '../images/interrupted.ts';
import type { Database } from '../store/database.ts';
import { classNames, pathsOf, writePredictions } from '../store/predictions.ts';
import type { ImageState } from '../store/predictions.ts';
import { computeFeatures } from './compute-features.ts';
import type { Work } from './compute-features.ts';
import { decodedBatches } from './decoded.ts';
import { gather, gatherInGroups } from './gather.ts';
import type { Gathered } from './gather.ts';
import { toPredictions } from './to-predictions.ts';

export type Scope = 'unlabelled' | 'all';

export interface Suggested {
  predicted: number;
  /** Images that could not be read. */
  failed: number;
}

/** Learning from more labels than this takes long and gives next to nothing. */
const mostExamples = 5000;
/** Images judged at once by a head; images run at once through a trained network. */
const judgeBatch = 2048;
const runBatch = 32;

/** The usable images that predictions are wanted for. */
export const targets = (files: readonly ImageState[], scope: Scope): ImageState[] =>
  files.filter(({ usable, classId }) => usable && (scope === 'all' || classId === null));

/**
 * What the head learns from: up to 5,000 labelled images, the same number of each class as far as there are, in a seeded
 * order. Throws 'too-few-classes' where nothing can be learnt.
 */
export function chooseExamples(files: readonly ImageState[]): { examples: ImageState[]; classIds: number[] } {
  const labelled = files.filter(({ usable, classId }) => usable && classId !== null);
  const byClass = Map.groupBy(createRandom(1, 'examples').shuffle(labelled), ({ classId }) => classId!);
  if (byClass.size < 2) {
    throw new ReceptiveError(
      'too-few-classes',
      byClass.size === 0
        ? 'The built-in network suggests what your labels teach it, and no image has a label yet.'
        : 'The built-in network suggests what your labels teach it, and so far they are all of one class.',
      'Label a few images of at least two classes, then start again.',
    );
  }
  const groups = [...byClass.values()];
  const examples: ImageState[] = [];
  for (let turn = 0; examples.length < Math.min(mostExamples, labelled.length); turn++) {
    for (const group of groups) if (group[turn]) examples.push(group[turn]!);
  }
  return { examples: examples.slice(0, mostExamples), classIds: [...byClass.keys()] };
}

/** Images whose features are not known go through the network first, those with a label before the others. */
export async function suggestByLabels(
  files: readonly ImageState[],
  scope: Scope,
  work: Omit<Work, 'onDone'>,
  onProgress: (done: number, total: number) => void,
): Promise<Suggested> {
  const { db, store, predictor, signal } = work;
  const { examples, classIds } = chooseExamples(files);
  store.forgetChanged(files);
  const known = store.known(files);
  const wanted = targets(files, scope);
  const isExample = new Set(examples.map(({ id }) => id));
  const missingExamples = examples.filter(({ id }) => !known.has(id));
  const missing = wanted.filter(({ id }) => !known.has(id) && !isExample.has(id));
  const total = missingExamples.length + missing.length;
  let done = 0;
  const computing: Work = { ...work, onDone: (images) => onProgress((done += images), total) };

  let predicted = 0;
  const write = (ids: readonly number[], probabilities: Float32Array): void => {
    writePredictions(db, toPredictions(ids, probabilities, classIds));
    predicted += ids.length;
  };
  const judge = async ({ ids, directions }: Gathered): Promise<void> =>
    write(ids, await predictor.call('judge', directions));

  let failed = await computeFeatures(missingExamples, computing);
  const learnt = gather(store, isExample);
  const classOf = new Map(examples.map(({ id, classId }) => [id, classIds.indexOf(classId!)]));
  const labels = Int32Array.from(learnt.ids, (id) => classOf.get(id)!);
  requireTwoClasses(labels);
  const heldOut = await predictor.call('learn', { directions: learnt.directions, labels, classes: classIds.length });
  // An image that was learnt from is judged by a head that was not told its label, or no wrong label would show.
  if (scope === 'all') write(learnt.ids, heldOut);

  const ready = new Set(wanted.filter(({ id }) => known.has(id) && !isExample.has(id)).map(({ id }) => id));
  for (const group of gatherInGroups(store, ready, judgeBatch)) {
    throwIfInterrupted(signal);
    await judge(group);
    if (total === 0) onProgress(predicted, ready.size);
  }
  failed += await computeFeatures(missing, computing, (block, directions) =>
    judge({ ids: block.map(({ id }) => id), directions }),
  );
  return { predicted, failed };
}

/** A trained run predicts, with its own preprocessing; classes that the project no longer has are left out. */
export async function suggestByRun(
  folder: string,
  files: readonly ImageState[],
  scope: Scope,
  { db, predictor, decoder, signal }: Omit<Work, 'onDone' | 'store'>,
  onProgress: (done: number, total: number) => void,
): Promise<Suggested> {
  const { classes, preprocessing } = await predictor.call('openRun', folder);
  const classIds = classIdsOf(db, classes);
  const ids = targets(files, scope).map(({ id }) => id);
  const result = { predicted: 0, failed: 0 };
  const pathsIn = (batch: readonly number[]): string[] => pathsOf(db, batch);
  const options = { decoder, preprocessing, batchSize: runBatch, signal, pathsOf: pathsIn };
  for await (const batch of decodedBatches(ids, options)) {
    if (batch.ids.length > 0) {
      const probabilities = await predictor.call('predict', batch.pixels);
      writePredictions(db, toPredictions(batch.ids, probabilities, classIds));
    }
    result.predicted += batch.ids.length;
    result.failed += batch.failed;
    onProgress(result.predicted + result.failed, ids.length);
  }
  return result;
}

/** The project's class of each name, null where it has none. Throws 'usage' where it has none of them. */
function classIdsOf(db: Database, names: readonly string[]): (number | null)[] {
  const idOf = new Map(classNames(db).map(({ id, name }) => [name, id]));
  const ids = names.map((name) => idOf.get(name) ?? null);
  if (ids.some((id) => id !== null)) return ids;
  throw new ReceptiveError(
    'usage',
    `This run tells ${names.slice(0, 3).join(', ')}${names.length > 3 ? ', ...' : ''} apart, and the project has none of these classes.`,
    'Choose another run, or the built-in network.',
  );
}

function requireTwoClasses(labels: Int32Array): void {
  if (new Set(labels).size >= 2) return;
  throw new ReceptiveError(
    'no-images',
    'Of the labelled images, those that can be read are all of one class or none.',
    'Label images of at least two classes whose files are there, then start again.',
  );
}

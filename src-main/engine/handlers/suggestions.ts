/** What a model suggests: predictions in the background, and what a person makes of them. */
import { labelOrigins } from '../../shared/image-query.ts';
import type { JobId, JobKind } from '../../shared/events.ts';
import { ReceptiveError } from '../../shared/errors.ts';
import { withHelper } from '../helper/lend.ts';
import { computeFeatures } from '../suggestions/compute-features.ts';
import type { Work } from '../suggestions/compute-features.ts';
import { FeatureStore } from '../suggestions/feature-store.ts';
import { PredictorProcess } from '../suggestions/predictor-process.ts';
import { chooseExamples, suggestByLabels, suggestByRun } from '../suggestions/suggest.ts';
import {
  acceptAbove,
  acceptSuggestions,
  beginPredictions,
  clearPredictions,
  imageStates,
  predictionState,
} from '../store/predictions.ts';
import type { Accepted } from '../store/predictions.ts';
import { imageTable } from '../store/image-table.ts';
import { listRuns, runFolder } from '../store/runs.ts';
import { countedImages } from '../store/selection.ts';
import { changed } from './context.ts';
import type { EngineContext, Part } from './context.ts';
import type { Job } from './jobs.ts';

export const builtInName = 'the built-in network';

export function suggestionHandlers(context: EngineContext): Part<'suggestions' | 'features'> {
  const { projects, jobs } = context;
  return {
    'suggestions.start': ({ runId, scope }) => {
      requireNoWork(context);
      const { db } = projects;
      const folder = runId === null ? null : runFolder(db, runId);
      const files = imageStates(db);
      if (folder === null) chooseExamples(files);
      const source = runId === null ? builtInName : (listRuns(db).find(({ id }) => id === runId)?.name ?? runId);
      return startWork(context, 'suggest', async (work, job) => {
        beginPredictions(db, source);
        try {
          const progress = job.progress.bind(job);
          const { predicted, failed } =
            folder === null
              ? await suggestByLabels(files, scope, work, progress)
              : await suggestByRun(folder, files, scope, work, progress);
          return `${countedImages(predicted)} predicted by ${source}${unread(failed)}.`;
        } finally {
          changed(context, 'images');
        }
      });
    },
    'features.start': () => {
      requireNoWork(context);
      return startWork(context, 'features', async (work, job) => {
        const files = imageStates(work.db);
        work.store.forgetChanged(files);
        const known = work.store.known(files);
        const missing = files.filter(({ id, usable }) => usable && !known.has(id));
        let done = 0;
        const onDone = (images: number): void => job.progress((done += images), missing.length);
        const failed = await computeFeatures(missing, { ...work, onDone });
        return `${countedImages(missing.length - failed)} can now be compared${unread(failed)}.`;
      });
    },
    'suggestions.state': () => {
      const { db, project } = projects;
      // Asked at every opening: out of the table, for a row an image would take tens of megabytes.
      const table = imageTable(db.sql);
      const isUsable = (id: number): boolean => table.isUsable(id);
      const isCurrent = (id: number, bytes: number, modifiedMs: number): boolean =>
        isUsable(id) && table.bytes[id] === bytes && table.modified[id] === modifiedMs;
      return FeatureStore.use(project.cacheFolder, (store) => ({
        ...predictionState(db),
        withFeatures: store.count(isCurrent),
        usable: table.ids().filter(isUsable).length,
      }));
    },
    'suggestions.accept': ({ ids }) => {
      tellAccepted(context, acceptSuggestions(projects.db, ids));
      return projects.project.summary();
    },
    'suggestions.acceptAbove': ({ confidence, classId }) => {
      const accepted = tellAccepted(context, acceptAbove(projects.db, confidence, classId));
      return { project: projects.project.summary(), accepted };
    },
    'suggestions.clear': () => {
      if (jobs.isGoing('suggest')) {
        throw new ReceptiveError('usage', 'Suggestions are being made.', 'Stop that first, then clear them.');
      }
      clearPredictions(projects.db);
      changed(context, 'images');
    },
  };
}

/** Two at once would compute the same features twice. */
function requireNoWork({ jobs }: EngineContext): void {
  const going = jobs.isGoing('suggest') ? 'Suggestions are being made' : 'The images are being looked at';
  if (!jobs.isGoing('suggest') && !jobs.isGoing('features')) return;
  throw new ReceptiveError('usage', `${going} already.`, 'Wait until that ends, or stop it first.');
}

/** With a predictor process and the kept features for as long as it takes. */
function startWork(
  { projects, jobs, decoder }: EngineContext,
  kind: JobKind,
  work: (given: Omit<Work, 'onDone'>, job: Job) => Promise<string>,
): JobId {
  const { db, project } = projects;
  return jobs.start(kind, (job) =>
    FeatureStore.use(project.cacheFolder, (store) =>
      // A call that takes long, such as learning, is not waited for when the work is cancelled.
      withHelper(
        () => new PredictorProcess(),
        job.signal,
        (predictor) => work({ db, store, predictor, decoder: decoder(), signal: job.signal }, job),
      ),
    ),
  );
}

const unread = (failed: number): string => (failed > 0 ? `; ${countedImages(failed)} could not be read` : '');

/** Tells the screen which images got which label, and answers with their number. */
function tellAccepted(context: EngineContext, accepted: Accepted): number {
  let count = 0;
  for (const [classId, ids] of accepted) {
    context.tell('images.relabelled', {
      ids: Uint32Array.from(ids),
      classId,
      origin: labelOrigins.indexOf('suggestion'),
    });
    count += ids.length;
  }
  return count;
}

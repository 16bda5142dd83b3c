/** Bringing images in, finding those that moved, and offering those that are new. */
import { resolve } from 'node:path';
import { ReceptiveError } from '../../shared/errors.ts';
import type { JobId } from '../../shared/events.ts';
import { examine } from '../bring-in/collect.ts';
import { locate } from '../bring-in/locate.ts';
import type { Located } from '../bring-in/locate.ts';
import { countedImages } from '../store/selection.ts';
import { changed } from './context.ts';
import type { EngineContext, Part } from './context.ts';
import { lastLeftOut, startImport } from './import.ts';

type BringIn = 'examine' | 'import' | 'leftOut' | 'offers' | 'acceptOffer' | 'dismissOffer' | 'locate';

export function bringInHandlers(context: EngineContext): Pick<Part<'images'>, `images.${BringIn}`> {
  const { projects, folders } = context;
  return {
    'images.examine': ({ paths }) => examine(paths.map((path) => resolve(path))),
    'images.import': ({ paths, severalLabels }) => startImport(context, paths, severalLabels),
    'images.leftOut': () => lastLeftOut(projects.db),
    'images.offers': () => [...folders.offers],
    'images.acceptOffer': ({ folder }) => {
      if (folders.offers.some((offer) => offer.folder === folder)) return startImport(context, [folder]);
      throw new ReceptiveError('not-found', `Nothing new is in "${folder}" any more.`);
    },
    'images.dismissOffer': ({ folder }) => folders.decline(folder),
    'images.locate': ({ folder }) => startLocating(context, folder),
  };
}

function summaryOf({ found, missing }: Located): string {
  const rest = missing === 0 ? 'none is missing now' : `${countedImages(missing)} still missing`;
  return `${countedImages(found)} found again; ${rest}.`;
}

function startLocating(context: EngineContext, folder: string): JobId {
  const { db } = context.projects;
  return context.jobs.start('locate', async (job) => {
    try {
      const onProgress = (done: number, total: number): void => job.progress(done, total);
      return summaryOf(await locate(db, resolve(folder), { signal: job.signal, onProgress }));
    } finally {
      changed(context, 'images', 'classes', 'project');
      context.folders.look();
    }
  });
}

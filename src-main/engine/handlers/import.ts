/** Bringing images in, in the background; an import that was cut off goes on when its project is opened. */
import { resolve } from 'node:path';
import type { LeftOut, SeveralLabels } from '../../shared/labelling.ts';
import type { JobId } from '../../shared/events.ts';
import { bringIn } from '../bring-in/bring-in.ts';
import { summaryOf } from '../bring-in/summary.ts';
import type { Database } from '../store/database.ts';
import { beginImport, endImport, forgetTries, unfinishedImports } from '../store/unfinished-imports.ts';
import type { UnfinishedImport } from '../store/unfinished-imports.ts';
import { changed } from './context.ts';
import type { EngineContext } from './context.ts';
import { isLeft } from './jobs.ts';
import type { Job } from './jobs.ts';

/** Least time between two invitations to list the images again, in ms. */
const listInterval = 1000;

/** By the last import of each open project. */
const leftOut = new WeakMap<Database, LeftOut>();

export const lastLeftOut = (db: Database): LeftOut => leftOut.get(db) ?? { notFound: [], rejected: 0 };

async function run(context: EngineContext, db: Database, task: UnfinishedImport, job: Job): Promise<string> {
  let listed = performance.now();
  const onChange = (): void => {
    if (performance.now() - listed < listInterval) return;
    listed = performance.now();
    changed(context, 'images', 'classes', 'project');
  };
  try {
    const result = await bringIn(task, {
      db,
      decoder: context.decoder(),
      signal: job.signal,
      onProgress: (done, total) => job.progress(done, total),
      onChange,
    });
    leftOut.set(db, { notFound: result.notFound, rejected: result.rejected });
    return summaryOf(result, task.severalLabels);
  } catch (error) {
    if (isLeft(job.signal)) forgetTries(db, task.id);
    // Failed or cancelled it is over, and was told so; left with the project it goes on when that is opened again.
    else endImport(db, task.id, []);
    throw error;
  } finally {
    changed(context, 'images', 'classes', 'project');
    context.folders.look();
  }
}

const start = (context: EngineContext, db: Database, task: UnfinishedImport): JobId =>
  context.jobs.start('import', (job) => run(context, db, task, job));

/** Answers at once; progress and the end are told by events. A file that is in the project already is passed over. */
export function startImport(context: EngineContext, paths: readonly string[], severalLabels?: SeveralLabels): JobId {
  const { db } = context.projects;
  const absolute = paths.map((path) => resolve(path));
  return start(context, db, beginImport(db, absolute, severalLabels));
}

/** What goes on by itself in a project that has just been opened. */
export function takeUp(context: EngineContext): void {
  resumeImports(context);
  context.folders.look();
}

/** Goes on with what was cut off when the project was last open. */
function resumeImports(context: EngineContext): void {
  // The project has been open all along: what has not ended is what is going.
  if (context.jobs.isGoing('import')) return;
  const { db } = context.projects;
  for (const task of unfinishedImports(db)) start(context, db, task);
}

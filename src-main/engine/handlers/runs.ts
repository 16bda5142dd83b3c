/** The project's runs: listing, renaming, deleting. */
import { ReceptiveError } from '../../shared/errors.ts';
import { deleteRun, listDamagedRuns, listRuns, noteRun, renameRun, runMetrics } from '../store/runs.ts';
import { changed } from './context.ts';
import type { EngineContext, Part } from './context.ts';

export function runHandlers(context: EngineContext): Part<'runs'> {
  const { projects, jobs, trainings, models } = context;
  return {
    'runs.list': () => listRuns(projects.db),
    'runs.damaged': () => listDamagedRuns(projects.db),
    'runs.metrics': ({ runId }) => runMetrics(projects.db, runId),
    'runs.rename': ({ runId, name }) => {
      renameRun(projects.db, runId, name);
      changed(context, 'runs');
    },
    'runs.note': ({ runId, note }) => {
      noteRun(projects.db, runId, note);
      changed(context, 'runs');
    },
    'runs.delete': async ({ runId }) => {
      if (trainings.isGoing(runId)) {
        throw new ReceptiveError('usage', 'This run is still training.', 'Stop it first, then delete it.');
      }
      await jobs.cancelOn(runId);
      await models.release();
      await deleteRun(projects.db, runId);
      changed(context, 'runs');
    },
  };
}

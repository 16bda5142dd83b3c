/** Runs that wait: when a training has ended, the first of them begins. */
import { reportError } from '../../shared/errors.ts';
import type { ErrorReport } from '../../shared/errors.ts';
import { parseNetwork } from '../../shared/network/index.ts';
import type { Checked } from '../../shared/protocol.ts';
import { forgetProblems, listWaiting, noteProblem, putInQueue, takeFromQueue } from '../store/queue.ts';
import { changed } from './context.ts';
import type { EngineContext, Part } from './context.ts';
import type { TrainingEnd } from './trainings.ts';

/** What is done with a run's place in the queue as the run begins, or ends before it had a folder. */
export interface WaitingPlace {
  onBegun(): void;
  onNeverBegun(ended: TrainingEnd): void;
}

/** `next` begins the first that waits, where none is going. */
export function queueHandlers(
  context: EngineContext,
  start: (run: Checked<'training.start'>, waiting: WaitingPlace) => void,
): { next(): void; handlers: Part<'queue'> } {
  const { projects, trainings } = context;
  /** The one that is being started, which waits no more and has no folder yet. */
  let starting: number | null = null;

  /** A run that cannot begin says so in its place, and the next one begins. */
  function next(): void {
    if (!projects.current) return;
    const { db } = projects;
    while (trainings.free) {
      const first = listWaiting(db).find(({ problem }) => problem === null);
      if (!first) return;
      const { id, name, network, recipe } = first;
      const refused = ({ message, hint }: ErrorReport): void =>
        noteProblem(db, id, [message, hint].filter(Boolean).join(' '));
      const over = (then: () => void): void => {
        starting = null;
        then();
        changed(context, 'queue');
      };
      starting = id;
      try {
        start(
          { name, network: parseNetwork(network), recipe },
          {
            onBegun: () => over(() => takeFromQueue(db, id)),
            onNeverBegun: ({ end, error }) =>
              over(() => {
                // Stopped by somebody it is not wanted; with the project, it waits for that to be opened again.
                if (error && end !== 'stopped') refused(error);
                else if (!trainings.leaving) takeFromQueue(db, id);
              }),
          },
        );
        changed(context, 'queue');
      } catch (error) {
        over(() => refused(reportError(error)));
      }
    }
  }

  const handlers: Part<'queue'> = {
    'queue.list': () => listWaiting(projects.db).filter(({ id }) => id !== starting),
    'queue.add': (run) => {
      putInQueue(projects.db, run);
      changed(context, 'queue');
      next();
    },
    'queue.remove': ({ id }) => {
      takeFromQueue(projects.db, id);
      changed(context, 'queue');
    },
    'queue.start': () => {
      forgetProblems(projects.db);
      changed(context, 'queue');
      next();
    },
  };
  return { next, handlers };
}

/** Projects that cannot be opened as they are: which one it was, the automatic copies of it, and going back to one. */
import { listSnapshots } from '../store/snapshots.ts';
import type { EngineContext, Part } from './context.ts';
import { takeUp } from './import.ts';

export function snapshotHandlers(
  context: EngineContext,
): Pick<Part<'project'>, 'project.refused' | 'project.snapshots' | 'project.restore'> {
  const { projects } = context;
  return {
    'project.refused': () => projects.refused,
    'project.snapshots': ({ path }) => listSnapshots(path),
    'project.restore': async ({ path, snapshot }) => {
      const project = await projects.restore(path, snapshot);
      takeUp(context);
      return project.summary();
    },
  };
}

/** Classes, labels, and the sides that images are on. */
import { createClass, deleteClass, listClasses, renameClass, setLabels } from '../store/classes.ts';
import { assignSplits } from '../store/splits.ts';
import { changed } from './context.ts';
import type { EngineContext, Part } from './context.ts';

export function labelHandlers(context: EngineContext): Part<'classes' | 'labels' | 'split'> {
  const { projects } = context;
  return {
    'classes.list': () => listClasses(projects.db),
    'classes.create': ({ name }) => {
      const info = createClass(projects.db, name);
      changed(context, 'classes', 'project');
      return info;
    },
    'classes.rename': ({ id, name }) => {
      renameClass(projects.db, id, name);
      changed(context, 'classes', 'project');
    },
    'classes.delete': ({ id }) => {
      deleteClass(projects.db, id);
      changed(context, 'classes', 'images', 'project');
    },
    'labels.set': ({ ids, classId }) => {
      setLabels(projects.db, ids, classId);
      changed(context, 'images', 'classes', 'project');
      return projects.project.summary();
    },
    'split.assign': ({ reassign, ...shares }) => {
      assignSplits(projects.db, shares, reassign);
      changed(context, 'images', 'project');
      return projects.project.summary();
    },
  };
}

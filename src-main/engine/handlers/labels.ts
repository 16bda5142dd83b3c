/** Classes, labels, exclusions, and the sides that images are on. */
import { labelOrigins } from '../../shared/image-query.ts';
import type { EngineHandlers } from '../../shared/protocol.ts';
import {
  createClass,
  deleteClass,
  listClasses,
  mergeClasses,
  renameClass,
  setClassColor,
  setClassKey,
} from '../store/classes.ts';
import { excludeImages } from '../store/exclusions.ts';
import { setLabels } from '../store/labels.ts';
import { assignSplits, pinImages } from '../store/splits.ts';
import { changed, tellRelabelled } from './context.ts';
import type { EngineContext, Part } from './context.ts';

type Own = Omit<Part<'classes' | 'labels' | 'split'>, 'labels.export'> &
  Pick<EngineHandlers, 'images.exclude' | 'images.pin'>;

export function labelHandlers(context: EngineContext): Own {
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
    'classes.setColor': ({ id, color }) => {
      setClassColor(projects.db, id, color);
      changed(context, 'classes', 'project');
    },
    'classes.setKey': ({ id, key }) => {
      setClassKey(projects.db, id, key);
      changed(context, 'classes', 'project');
    },
    'classes.delete': ({ id, moveTo }) => {
      deleteClass(projects.db, id, moveTo);
      changed(context, 'classes', 'images', 'project');
    },
    'classes.merge': ({ id, into }) => {
      mergeClasses(projects.db, id, into);
      changed(context, 'classes', 'images', 'project');
    },
    'labels.set': ({ ids, classId }) => {
      const relabelled = setLabels(projects.db, ids, classId);
      const origin = labelOrigins.indexOf(classId === null ? 'none' : 'person');
      tellRelabelled(context, [{ ids: relabelled, classId: classId ?? 0, origin }]);
      return projects.project.summary();
    },
    'images.exclude': ({ ids, excluded }) => {
      excludeImages(projects.db, ids, excluded);
      changed(context, 'images', 'classes', 'project');
      return projects.project.summary();
    },
    'images.pin': ({ ids, split }) => {
      pinImages(projects.db, ids, split);
      changed(context, 'images', 'project');
      return projects.project.summary();
    },
    'split.assign': ({ reassign, ...shares }) => {
      assignSplits(projects.db, shares, reassign);
      changed(context, 'images', 'project');
      return projects.project.summary();
    },
  };
}

/** Opening, making, moving and closing projects; undo and redo. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ReceptiveError } from '../../shared/errors.ts';
import type { ProjectSummary } from '../../shared/project.ts';
import { isImported } from '../store/import.ts';
import { step } from '../store/journal.ts';
import { listRecent } from '../store/places.ts';
import { changed } from './context.ts';
import type { EngineContext, Part } from './context.ts';
import { startImport } from './import.ts';

/** The demo images come with the program, beside its sources. */
const demoFolder = (name: string): string => fileURLToPath(new URL(`../../../resources/demo/${name}`, import.meta.url));

/** Ends what works on the open project, before another one takes its place. */
async function settle({ jobs, trainings, models }: EngineContext): Promise<void> {
  await Promise.all([jobs.cancelAll(), trainings.stopAll(), models.release()]);
}

async function openImages(context: EngineContext, folder: string): Promise<ProjectSummary> {
  await settle(context);
  const { project, origin } = context.projects.openImages(folder);
  if (!isImported(project.db, origin)) startImport(context, [origin]);
  return project.summary();
}

export function projectHandlers(context: EngineContext): Part<'project'> {
  const { projects } = context;
  return {
    'project.current': () => projects.current?.summary() ?? null,
    'project.open': async ({ path }) => {
      await settle(context);
      return projects.open(path).summary();
    },
    'project.fromFolder': ({ folder }) => openImages(context, folder),
    'project.create': async ({ name }) => {
      await settle(context);
      return projects.create(name).summary();
    },
    'project.demo': ({ demo }) => {
      const folder = demoFolder(demo);
      if (existsSync(folder)) return openImages(context, folder);
      throw new ReceptiveError('not-found', `The demo images "${demo}" are missing.`, `They belong in ${folder}.`);
    },
    'project.recent': () => listRecent(),
    'project.move': async ({ to }) => {
      await settle(context);
      return (await projects.move(to)).summary();
    },
    'project.close': async () => {
      await settle(context);
      projects.close();
    },
    'project.undo': () => takeStep(context, 'undo'),
    'project.redo': () => takeStep(context, 'redo'),
  };
}

function takeStep(context: EngineContext, direction: 'undo' | 'redo'): ProjectSummary {
  step(context.projects.db, direction);
  changed(context, 'images', 'classes', 'networks', 'project');
  return context.projects.project.summary();
}

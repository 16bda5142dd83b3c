/** Opening, making, moving and closing projects; undo and redo. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ReceptiveError } from '../../shared/errors.ts';
import type { ProjectSummary, UndoStep } from '../../shared/project.ts';
import { isProject } from '../store/database.ts';
import { isImported } from '../store/import.ts';
import { step } from '../store/journal.ts';
import { listRecent } from '../store/places.ts';
import { placesOf, relabelledBy } from '../store/relabelling.ts';
import { changed, tellRelabelled } from './context.ts';
import type { EngineContext, Part } from './context.ts';
import { startImport, takeUp } from './import.ts';

/** The demo images come with the program, beside its sources. */
const demoFolder = (name: string): string => fileURLToPath(new URL(`../../../resources/demo/${name}`, import.meta.url));

async function openProject(context: EngineContext, path: string, asIs: boolean): Promise<ProjectSummary> {
  // It starts while the project is opened and its images are listed.
  context.decoder().warmUp();
  const project = await context.projects.open(path, asIs);
  takeUp(context);
  return project.summary();
}

async function moveProject(context: EngineContext, to: string): Promise<ProjectSummary> {
  try {
    return (await context.projects.move(to)).summary();
  } finally {
    // Moved or not, it has been closed and opened.
    if (context.projects.current) takeUp(context);
  }
}

async function openImages(context: EngineContext, folder: string): Promise<ProjectSummary> {
  // A project's own folder is dropped and chosen like any other.
  if (isProject(folder)) return openProject(context, folder, false);
  const { project, origin } = await context.projects.openImages(folder);
  takeUp(context);
  if (!isImported(project.db, origin) && !context.jobs.isGoing('import')) startImport(context, [origin]);
  return project.summary();
}

export function projectHandlers(
  context: EngineContext,
): Omit<Part<'project'>, 'project.refused' | 'project.snapshots' | 'project.restore'> {
  const { projects } = context;
  return {
    'project.current': () => projects.current?.summary() ?? null,
    'project.open': ({ path, asIs }) => openProject(context, path, asIs),
    'project.fromFolder': ({ folder }) => openImages(context, folder),
    'project.create': async ({ name }) => (await projects.create(name)).summary(),
    'project.demo': ({ demo }) => {
      const folder = demoFolder(demo);
      if (existsSync(folder)) return openImages(context, folder);
      throw new ReceptiveError('not-found', `The demo images "${demo}" are missing.`, `They belong in ${folder}.`);
    },
    'project.recent': () => listRecent(),
    'project.move': ({ to }) => moveProject(context, to),
    'project.close': () => projects.close(),
    'project.undo': () => takeStep(context, 'undo'),
    'project.redo': () => takeStep(context, 'redo'),
  };
}

function takeStep(context: EngineContext, direction: 'undo' | 'redo'): UndoStep {
  const changes = step(context.projects.db, direction);
  const labels = relabelledBy(changes, direction);
  if (labels) tellRelabelled(context, labels);
  else changed(context, 'images', 'classes', 'networks', 'project');
  return { ...context.projects.project.summary(), images: placesOf(changes) };
}

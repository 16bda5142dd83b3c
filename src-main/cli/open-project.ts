import { existsSync } from 'node:fs';
import { isProject } from '../engine/store/database.ts';
import { canonical, projectMadeOf } from '../engine/store/places.ts';
import { Project } from '../engine/store/project.ts';

/** The project that the folder is, else the one that was made of the images in it; null when there is neither. */
export function openProject(folder: string): Project | null {
  if (isProject(folder)) return Project.open(folder);
  const made = existsSync(folder) ? projectMadeOf(canonical(folder)) : null;
  return made === null ? null : Project.open(made);
}

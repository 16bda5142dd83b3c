/** Where projects and the list of recent ones live, and how a new project's folder is named. */
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, isAbsolute, join, sep } from 'node:path';
import { z } from 'zod';
import { reportError } from '../../shared/errors.ts';
import type { RecentProject } from '../../shared/project.ts';
import { writeFileAtomically } from '../files.ts';
import { databaseName } from './check.ts';
import { readOrigin } from './database.ts';

/** How many projects the list keeps. */
const recentLimit = 50;

const recentSchema = z.array(z.object({ name: z.string(), path: z.string(), openedAt: z.string() }));

/** The user's data folder for Receptive, by the XDG base directory specification. */
export function dataFolder(): string {
  const given = process.env['XDG_DATA_HOME'];
  // The specification has relative values ignored.
  return join(given && isAbsolute(given) ? given : join(homedir(), '.local', 'share'), 'receptive');
}

const projectsFolder = (): string => join(dataFolder(), 'projects');
const recentFile = (): string => join(dataFolder(), 'recent.json');

/** Makes a folder for a project of that name: "Cats & dogs" -> projects/cats-dogs, cats-dogs-2, ... */
export function newProjectFolder(name: string): string {
  const letters = name
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '');
  // A file name holds 255 bytes; 60 letters of any script fit with a number behind them.
  const base = [...letters].slice(0, 60).join('') || 'project';
  mkdirSync(projectsFolder(), { recursive: true });
  for (let number = 1; ; number++) {
    const folder = join(projectsFolder(), number === 1 ? base : `${base}-${number}`);
    try {
      mkdirSync(folder);
      return canonical(folder);
    } catch (error) {
      if ((error as { code?: string }).code !== 'EEXIST') throw error;
    }
  }
}

/** The project that was made of `origin` before, wherever it has been moved to since; null when there is none. */
export function projectMadeOf(origin: string): string | null {
  const inPlace = existsSync(projectsFolder())
    ? readdirSync(projectsFolder()).map((name) => join(projectsFolder(), name))
    : [];
  const candidates = new Set([...readRecent().map((project) => project.path), ...inPlace]);
  for (const folder of candidates) if (readOrigin(folder) === origin) return folder;
  return null;
}

function readRecent(): Omit<RecentProject, 'exists'>[] {
  try {
    return recentSchema.parse(JSON.parse(readFileSync(recentFile(), 'utf8')));
  } catch {
    // Missing or damaged: the list is a convenience, the projects are in their folders.
    return [];
  }
}

/** Newest first. */
export function listRecent(): RecentProject[] {
  return readRecent().map((project) => ({ ...project, exists: existsSync(join(project.path, databaseName)) }));
}

/**
 * Puts a project at the top of the list; `replaces` is the path it had before it was moved. A list that cannot be written
 * (a full disk) keeps no project from being opened.
 */
export function rememberProject(name: string, path: string, replaces: string = path): void {
  const others = readRecent().filter((project) => project.path !== path && project.path !== replaces);
  const recent = [{ name, path, openedAt: new Date().toISOString() }, ...others].slice(0, recentLimit);
  try {
    mkdirSync(dataFolder(), { recursive: true });
    writeFileAtomically(recentFile(), JSON.stringify(recent, null, 2));
  } catch (error) {
    console.error(`The list of recent projects could not be written: ${reportError(error).message}`);
  }
}

/** One name for a folder, whatever links lead to it. Throws Node's ENOENT when it is not there. */
export const canonical = (folder: string): string => realpathSync(folder);

/** Whether a path is that folder or lies in it. */
export const isInside = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

/** A project's name out of a folder of images. */
export const nameOf = (folder: string): string => basename(folder).slice(0, 100) || 'images';

/** A project's name without opening it: as it was last called, else its folder's. */
export const nameOfProject = (folder: string): string =>
  readRecent().find(({ path }) => path === folder)?.name ?? basename(folder);

/** The one project that this engine has open, or none, and the one that it was refused. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { ReceptiveError } from '../../shared/errors.ts';
import type { RefusedProject } from '../../shared/labelling.ts';
import { Turns } from '../turns.ts';
import { StoreRefused } from './check.ts';
import { acquireLock } from './database.ts';
import type { Database } from './database.ts';
import { moveFolder } from './move.ts';
import { canonical, nameOf, nameOfProject, projectMadeOf, rememberProject } from './places.ts';
import { Project } from './project.ts';
import { restoreSnapshot } from './restore.ts';
import { Upkeep } from './upkeep.ts';

/** Tells what is wrong with a folder before a project is made of it. */
function requireImages(folder: string): void {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new ReceptiveError('not-found', `There is no folder "${folder}".`, 'Check the path.');
  }
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    throw new ReceptiveError(
      'unreadable',
      `The folder "${folder}" may not be read.`,
      'Give yourself read access to it.',
    );
  }
  if (names.some((name) => !name.startsWith('.'))) return;
  throw new ReceptiveError(
    'no-images',
    `"${folder}" has no images: it is empty.`,
    'Choose a folder that holds one folder of images for each class.',
  );
}

export class OpenProject {
  readonly #leave: () => Promise<unknown>;
  /** Two openings at once would leave a project open that nobody knows of. */
  readonly #turns = new Turns();
  #project: Project | null = null;
  #upkeep: Upkeep | null = null;
  #refused: RefusedProject | null = null;

  /** `leave` ends what works on the open project; it is awaited before that one is closed, and may be called again. */
  constructor(leave: () => Promise<unknown> = () => Promise.resolve()) {
    this.#leave = leave;
  }

  get current(): Project | null {
    return this.#project;
  }

  /** Throws 'not-found' when no project is open. */
  get project(): Project {
    if (this.#project) return this.#project;
    throw new ReceptiveError('not-found', 'No project is open.', 'Open a project or a folder of images first.');
  }

  get db(): Database {
    return this.project.db;
  }

  /** The one whose opening was last refused because of its database; null once another has been opened. */
  get refused(): RefusedProject | null {
    return this.#refused;
  }

  /** Opens the project in `folder`; when that fails, the one that was open stays so. */
  open(folder: string, asIs = false): Promise<Project> {
    return this.#turns.take(() => this.#open(folder, asIs));
  }

  /** Opens the project in `folder` with a snapshot in the place of its database, which is kept under another name. */
  restore(folder: string, snapshot: string): Promise<Project> {
    return this.#turns.take(async () => {
      const wasOpen = this.#isOpen(folder);
      // A last copy might push out the one that is to be restored, and what it would hold is kept anyway.
      if (wasOpen) await this.#close(false);
      try {
        const lock = acquireLock(folder);
        try {
          restoreSnapshot(folder, snapshot);
        } finally {
          lock.close();
        }
      } catch (error) {
        if (wasOpen) await this.#open(folder);
        throw error;
      }
      return this.#open(folder);
    });
  }

  create(name: string): Promise<Project> {
    return this.#turns.take(() => this.#replace(Project.create(name)));
  }

  /** The project made of that folder of images before, or a new one. The folder itself is only read. */
  openImages(folder: string): Promise<{ project: Project; origin: string }> {
    return this.#turns.take(async () => {
      requireImages(folder);
      const origin = canonical(folder);
      const before = projectMadeOf(origin);
      const project = await (before ? this.#open(before) : this.#replace(Project.create(nameOf(origin), origin)));
      return { project, origin };
    });
  }

  /** Moves the project's folder and goes on there. When the move fails the project is open where it was. */
  move(to: string): Promise<Project> {
    return this.#turns.take(async () => {
      const from = this.project.path;
      const target = resolve(to);
      await this.#close();
      let place = from;
      try {
        await moveFolder(from, target);
        place = target;
      } finally {
        this.#take(Project.open(place));
      }
      rememberProject(this.project.name, this.project.path, from);
      return this.project;
    });
  }

  close(): Promise<void> {
    return this.#turns.take(() => this.#close());
  }

  /** For the end of the process: what works on the project ends with it. */
  async closeNow(lastCopy = true): Promise<void> {
    await this.#upkeep?.end(lastCopy);
    this.#project?.close();
    this.#project = null;
    this.#upkeep = null;
  }

  async #open(folder: string, asIs = false): Promise<Project> {
    return this.#isOpen(folder) ? this.project : this.#replace(this.#openIn(folder, asIs));
  }

  async #close(lastCopy = true): Promise<void> {
    await this.#leave();
    // The last snapshot takes a while, and nothing keeps work from being begun meanwhile.
    await this.#upkeep?.end(lastCopy);
    await this.#leave();
    await this.closeNow(lastCopy);
  }

  #isOpen(folder: string): boolean {
    return this.#project !== null && existsSync(folder) && canonical(folder) === this.#project.path;
  }

  #openIn(folder: string, asIs: boolean): Project {
    this.#refused = null;
    try {
      return Project.open(folder, { asIs });
    } catch (error) {
      if (error instanceof StoreRefused) {
        const { problem, message, hint } = error;
        const path = canonical(folder);
        this.#refused = { name: nameOfProject(path), path, problem, message, hint };
      }
      throw error;
    }
  }

  async #replace(next: Project): Promise<Project> {
    await this.#close();
    this.#take(next);
    return next;
  }

  #take(project: Project): void {
    this.#project = project;
    this.#upkeep = new Upkeep(project.db);
    this.#refused = null;
  }
}

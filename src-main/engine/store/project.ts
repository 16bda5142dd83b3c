/** One open project: its database, its folders, and the summary the screen shows. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { ReceptiveError } from '../../shared/errors.ts';
import type { ProjectSummary } from '../../shared/project.ts';
import { Database } from './database.ts';
import type { OpenOptions } from './database.ts';
import { storeError } from './errors.ts';
import { countImages, imageFacts } from './images.ts';
import { nextLabel } from './journal.ts';
import { canonical, newProjectFolder, rememberProject } from './places.ts';
import { endAbandonedRuns } from './runs.ts';

export class Project {
  readonly db: Database;

  private constructor(db: Database) {
    this.db = db;
  }

  /** Opens the project in `folder`. Throws as Database.open does. */
  static open(folder: string, { asIs = false }: Pick<OpenOptions, 'asIs'> = {}): Project {
    const given = resolve(folder);
    if (!existsSync(given))
      throw new ReceptiveError('not-found', `"${given}" is not there.`, 'It may have been moved.');
    const path = canonical(given);
    const project = new Project(Database.open(path, { asIs }));
    try {
      endAbandonedRuns(project.db, 'engineLost');
      rememberProject(project.name, path);
      return project;
    } catch (error) {
      project.db.close();
      throw error;
    }
  }

  /** An empty project of that name in the user's data folder; `origin` is the folder it is made of, if any. */
  static create(name: string, origin: string | null = null): Project {
    const folder = newProjectFolder(name);
    try {
      const db = Database.open(folder, { create: true });
      const insert = 'INSERT INTO project (id, name, origin, created_at) VALUES (1, ?, ?, ?)';
      db.transaction(() => db.sql.prepare(insert).run(name, origin, new Date().toISOString()));
      // What it was made of is found without the log.
      db.merge();
      const project = new Project(db);
      mkdirSync(project.runsFolder);
      rememberProject(name, folder);
      return project;
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw storeError(error, folder);
    }
  }

  get path(): string {
    return this.db.folder;
  }

  get name(): string {
    return String(this.db.sql.prepare('SELECT name FROM project').get()?.['name'] ?? basename(this.path));
  }

  get runsFolder(): string {
    return join(this.path, 'runs');
  }

  /** Holds thumbnails and decoded pixels; can be deleted at any time. */
  get cacheFolder(): string {
    return join(this.path, 'cache');
  }

  get watchedImage(): number | null {
    const id = this.db.sql.prepare('SELECT watched_image FROM project').get()?.['watched_image'];
    return typeof id === 'number' ? id : null;
  }

  /** Throws 'not-found' for an image that the project does not have. */
  watch(imageId: number | null): void {
    if (imageId !== null) imageFacts(this.db, imageId);
    this.db.transaction(() => this.db.sql.prepare('UPDATE project SET watched_image = ?').run(imageId));
  }

  summary(): ProjectSummary {
    const sources = this.db.sql.prepare('SELECT path FROM sources ORDER BY id').all();
    return {
      name: this.name,
      path: this.path,
      sources: sources.map((row) => String(row['path'])),
      imageCount: countImages(this.db),
      watchedImage: this.watchedImage,
      undo: nextLabel(this.db, 'undo'),
      redo: nextLabel(this.db, 'redo'),
    };
  }

  close(): void {
    try {
      endAbandonedRuns(this.db, 'stopped');
    } catch {
      // Without room on the disk it stays as it is, and the next opening ends it as lost.
    } finally {
      this.db.close();
    }
  }
}

import { reportError } from '../../src-main/shared/errors.ts';
import type { ProjectSummary, RecentProject } from '../../src-main/shared/project.ts';
import { connection } from './connection.svelte.ts';
import type { Connection } from './connection.svelte.ts';
import { RecoveryState, recovery } from './recovery.svelte.ts';

/** The open project, the recent ones, and the changes between them. */
export class ProjectState {
  readonly #connection: Connection;
  readonly #recovery: RecoveryState;
  #current = $state.raw<ProjectSummary | null>(null);
  #recent = $state.raw<RecentProject[]>([]);
  #known = $state(false);
  #busy = $state(false);

  constructor(connection: Connection, recovery = new RecoveryState(connection)) {
    this.#connection = connection;
    this.#recovery = recovery;
  }

  get current(): ProjectSummary | null {
    return this.#current;
  }

  get recent(): readonly RecentProject[] {
    return this.#recent;
  }

  /** False until the engine has once said whether a project is open. */
  get known(): boolean {
    return this.#known;
  }

  /** True while a project is being opened, made, moved or closed. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Asks again; the engine knows best. */
  async read(): Promise<void> {
    this.adopt(await this.#connection.request('project.current'));
    this.#recent = await this.#connection.request('project.recent');
  }

  /** Takes the summary that came with a reply. */
  adopt(summary: ProjectSummary | null): void {
    this.#current = summary;
    this.#known = true;
  }

  /** `asIs`: also when its database was changed by another program. */
  open(path: string, asIs = false): Promise<void> {
    return this.#open(() => this.#connection.request('project.open', { path, asIs }));
  }

  fromFolder(folder: string): Promise<void> {
    return this.#open(() => this.#connection.request('project.fromFolder', { folder }));
  }

  restore(path: string, snapshot: string): Promise<void> {
    return this.#change(() => this.#connection.request('project.restore', { path, snapshot }));
  }

  create(name: string): Promise<void> {
    return this.#change(() => this.#connection.request('project.create', { name }));
  }

  openDemo(demo: 'clothes' | 'emoji'): Promise<void> {
    return this.#open(() => this.#connection.request('project.demo', { demo }));
  }

  move(to: string): Promise<void> {
    return this.#change(() => this.#connection.request('project.move', { to }));
  }

  close(): Promise<void> {
    return this.#change(async () => {
      await this.#connection.request('project.close');
      return null;
    });
  }

  /** The image that is looked at while a run trains; null for one of the run's own. */
  async watch(imageId: number | null): Promise<void> {
    this.adopt(await this.#connection.request('training.watch', { imageId }));
  }

  /** @returns ids of the images whose label, exclusion or pin was taken back or given again. */
  async step(direction: 'undo' | 'redo'): Promise<Uint32Array> {
    const { images, ...summary } = await this.#connection.request(`project.${direction}`);
    this.adopt(summary);
    return images;
  }

  /** Where the database was refused, recovery takes over. */
  async #open(change: () => Promise<ProjectSummary>): Promise<void> {
    try {
      await this.#change(change);
    } catch (error) {
      const wasRefused = reportError(error).code === 'unreadable' && (await this.#recovery.look());
      if (!wasRefused) throw error;
    }
  }

  async #change(change: () => Promise<ProjectSummary | null>): Promise<void> {
    this.#busy = true;
    try {
      this.adopt(await change());
      this.#recent = await this.#connection.request('project.recent');
    } finally {
      this.#busy = false;
    }
  }
}

export const project = new ProjectState(connection, recovery);

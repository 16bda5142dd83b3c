import type { ClassInfo } from '../../src-main/shared/labelling.ts';
import { Coalesced } from './coalesce.ts';
import { connection } from './connection.svelte.ts';
import type { Connection } from './connection.svelte.ts';
import { project } from './project.svelte.ts';
import type { ProjectState } from './project.svelte.ts';

/** Somebody who labels fast has the counts read this often, not at each key. */
const settleMs = 250;

/** The project's classes, in the engine's order, and what can be done with them. Every change can be undone. */
export class ClassesState {
  readonly #connection: Connection;
  readonly #project: ProjectState;
  readonly #listing = new Coalesced(() => this.#read());
  #timer: ReturnType<typeof setTimeout> | undefined;
  #list = $state.raw<readonly ClassInfo[]>([]);

  readonly #byId = $derived(new Map(this.#list.map((info) => [info.id, info])));
  readonly #byKey = $derived(new Map(this.#list.flatMap((info) => (info.key === null ? [] : [[info.key, info]]))));

  constructor(line: Connection, project: ProjectState) {
    this.#connection = line;
    this.#project = project;
  }

  get list(): readonly ClassInfo[] {
    return this.#list;
  }

  byId(id: number): ClassInfo | null {
    return this.#byId.get(id) ?? null;
  }

  /** The class that a key labels with. */
  byKey(key: string): ClassInfo | null {
    return this.#byKey.get(key) ?? null;
  }

  /** Follows the engine's events; returns what stops it. */
  follow(onError: (error: unknown) => void): () => void {
    const stops = [
      this.#connection.on('project.changed', ({ what }) => {
        if (what.includes('images') || what.includes('classes')) this.refresh().catch(onError);
      }),
      this.#connection.on('images.relabelled', () => {
        this.#timer ??= setTimeout(() => {
          this.#timer = undefined;
          this.refresh().catch(onError);
        }, settleMs);
      }),
    ];
    return () => {
      clearTimeout(this.#timer);
      stops.forEach((stop) => stop());
    };
  }

  refresh(): Promise<void> {
    return this.#listing.run();
  }

  /** Reads the classes of another project. */
  async reload(): Promise<void> {
    this.#list = [];
    await this.refresh();
  }

  async create(name: string): Promise<ClassInfo> {
    const made = await this.#connection.request('classes.create', { name });
    await this.refresh();
    return made;
  }

  async rename(id: number, name: string): Promise<void> {
    await this.#connection.request('classes.rename', { id, name });
    await this.refresh();
  }

  /** Its images go to the class `moveTo`; null leaves them without a label. */
  async delete(id: number, moveTo: number | null): Promise<void> {
    await this.#connection.request('classes.delete', { id, moveTo });
    await this.refresh();
  }

  /** All images of `id` become images of `into`, and the class `id` goes. */
  async merge(id: number, into: number): Promise<void> {
    await this.#connection.request('classes.merge', { id, into });
    await this.refresh();
  }

  /** `color` is #rrggbb in lower case. */
  async setColor(id: number, color: string): Promise<void> {
    await this.#connection.request('classes.setColor', { id, color });
    await this.refresh();
  }

  /** The class that has the key loses it; null takes the key away. */
  async setKey(id: number, key: string | null): Promise<void> {
    await this.#connection.request('classes.setKey', { id, key });
    await this.refresh();
  }

  async #read(): Promise<void> {
    if (this.#project.current) this.#list = await this.#connection.request('classes.list');
  }
}

export const classes = new ClassesState(connection, project);

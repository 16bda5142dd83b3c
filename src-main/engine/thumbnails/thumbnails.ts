/** The small pictures of the open project: those a person waits for, and those that may be wanted next. */
import type { EncodedImage } from '../../shared/pictures.ts';
import type { DecoderClient } from '../images/decoder-client.ts';
import type { Project } from '../store/project.ts';
import { AheadOfTime } from './ahead.ts';
import { ThumbnailCache } from './cache.ts';
import { ThumbnailMaker } from './maker.ts';

/** A picture that was asked for and is not there yet. */
interface Asked {
  id: number;
  size: number;
  /** How often in a row the eye was told to be elsewhere. */
  passedOver: number;
  controller: AbortController;
}

/** A picture is dropped at the second look elsewhere: the first may have been on its way when it was asked for. */
const patience = 2;

interface OfProject {
  project: Project;
  cache: ThumbnailCache | null;
  maker: ThumbnailMaker;
  ahead: AheadOfTime;
}

export class Thumbnails {
  readonly #decoder: () => DecoderClient;
  readonly #asked = new Set<Asked>();
  #lastAsked = -Infinity;
  #list: Uint32Array = new Uint32Array();
  /** The list that the eye is in. */
  #lookedAt: Uint32Array = new Uint32Array();
  #current: OfProject | null = null;

  constructor(decoder: () => DecoderClient) {
    this.#decoder = decoder;
  }

  /** At most `size` pixels on the longer side. @throws ReceptiveError, `interrupted` when the eye went elsewhere. */
  async get(project: Project, id: number, size: number): Promise<EncodedImage> {
    const asked: Asked = { id, size, passedOver: 0, controller: new AbortController() };
    this.#asked.add(asked);
    try {
      const { signal } = asked.controller;
      return await this.#of(project).maker.make(id, size, { priority: 'now', signal });
    } finally {
      this.#asked.delete(asked);
      this.#lastAsked = performance.now();
    }
  }

  /** What the screen lists from now on, in order. */
  listed(ids: Uint32Array): void {
    this.#list = ids;
  }

  /** `near`: what is in sight and around it, nearest to the eye first. What is waited for elsewhere is dropped. */
  look(project: Project, near: readonly number[], size: number): void {
    const inSight = new Set(near);
    for (const asked of this.#asked) {
      if (asked.size !== size) continue;
      asked.passedOver = inSight.has(asked.id) ? 0 : asked.passedOver + 1;
      if (asked.passedOver >= patience) asked.controller.abort();
    }
    // A list of something else, such as that of the rejected images, is not where the eye is.
    if (near[0] !== undefined && this.#list.includes(near[0])) this.#lookedAt = this.#list;
    this.#of(project).ahead.look(near, this.#lookedAt, size);
  }

  /** Leaves the project. */
  async close(): Promise<void> {
    const current = this.#current;
    this.#current = null;
    this.#list = new Uint32Array();
    this.#lookedAt = new Uint32Array();
    for (const { controller } of this.#asked) controller.abort();
    await leave(current);
  }

  #of(project: Project): OfProject {
    if (this.#current?.project === project) return this.#current;
    // Asked for while a project was being left, it was opened once more.
    void leave(this.#current);
    const cache = ThumbnailCache.open(project.cacheFolder);
    const maker = new ThumbnailMaker(project.db, cache, this.#decoder);
    const ahead = new AheadOfTime(maker, () => (this.#asked.size > 0 ? Infinity : this.#lastAsked));
    this.#current = { project, cache, maker, ahead };
    return this.#current;
  }
}

async function leave(left: OfProject | null): Promise<void> {
  await left?.ahead.close();
  left?.cache?.close();
}

/**
 * Watches the folders that images came from, as long as a project is open: looks at every image's file when the project
 * is opened, and again some time after something changed there.
 */
import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import type { Offer } from '../../shared/labelling.ts';
import { readContents } from '../bring-in/contents.ts';
import { collectGarbageSoon } from '../garbage.ts';
import { survey } from '../bring-in/survey.ts';
import type { Survey } from '../bring-in/survey.ts';
import type { DecoderClient } from '../images/decoder-client.ts';
import { setDeclined, sourceFolders } from '../store/relocate.ts';
import type { Database } from '../store/database.ts';
import type { OpenProject } from '../store/open-project.ts';
import type { Tell } from './context.ts';
import type { Jobs } from './jobs.ts';

/**
 * This long nothing more must have happened, ms: files that are copied come one after another, and a project that is
 * being opened shows its images first.
 */
const settleMs = 1000;

/** Looking takes at most this share of the time, however much goes on in the folders. */
const largestShare = 0.1;

/** Folders that are watched at most: each costs one of the user's inotify watches. */
const mostWatched = 4096;

interface Parts {
  projects: OpenProject;
  jobs: Jobs;
  tell: Tell;
  decoder: () => DecoderClient;
}

export class Folders {
  readonly #parts: Parts;
  readonly #watchers = new Map<string, FSWatcher>();
  #controller = new AbortController();
  #running: Promise<void> | null = null;
  /** It may take long, and new files are offered meanwhile. */
  #reading: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #lastTookMs = 0;
  #offers: Offer[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get offers(): readonly Offer[] {
    return this.#offers;
  }

  /** Looks soon: once nothing has happened for a while, and images have been brought in to the end. */
  look(): void {
    if (this.#timer) clearTimeout(this.#timer);
    const wait = Math.max(settleMs, this.#lastTookMs / largestShare);
    this.#timer = setTimeout(() => this.#lookNow(), wait);
  }

  #lookNow(): void {
    this.#timer = null;
    const project = this.#parts.projects.current;
    if (!project) return;
    if (this.#running || this.#isBusy) return this.look();
    const { signal } = this.#controller;
    this.#running = this.#survey(project.db, signal).finally(() => {
      this.#running = null;
    });
  }

  /** What is new in that folder is not offered again until there is more. */
  decline(folder: string): void {
    const offer = this.#offers.find((one) => one.folder === folder);
    if (!offer) return;
    setDeclined(this.#parts.projects.db, folder, offer.count);
    this.#offer(this.#offers.filter((one) => one !== offer));
  }

  /** The project is being closed. */
  async leave(): Promise<void> {
    this.#controller.abort();
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
    await Promise.all([this.#running, this.#reading]);
    this.#controller = new AbortController();
    this.#offers = [];
    this.#lastTookMs = 0;
  }

  get #isBusy(): boolean {
    return this.#parts.jobs.isGoing('import') || this.#parts.jobs.isGoing('locate');
  }

  async #survey(db: Database, signal: AbortSignal): Promise<void> {
    const started = performance.now();
    try {
      const found = await survey(db, this.#parts.decoder, signal);
      if (signal.aborted || this.#isBusy) return;
      if (found.changed) this.#parts.tell('project.changed', { what: ['images', 'classes', 'project'] });
      this.#offer(this.#wanted(db, found));
      this.#watch(found.folders);
      this.#reading ??= this.#read(db, signal);
    } catch (error) {
      complain(error, signal);
    } finally {
      this.#lastTookMs = performance.now() - started;
      collectGarbageSoon();
    }
  }

  async #read(db: Database, signal: AbortSignal): Promise<void> {
    await readContents(db, signal).catch((error: unknown) => complain(error, signal));
    this.#reading = null;
    collectGarbageSoon();
  }

  #wanted(db: Database, { fresh }: Survey): Offer[] {
    const declined = new Map(sourceFolders(db).map((source) => [source.path, source.declined]));
    for (const { folder, count } of fresh) if (count < (declined.get(folder) ?? 0)) setDeclined(db, folder, count);
    return fresh.filter(({ folder, count }) => count > (declined.get(folder) ?? 0));
  }

  #offer(offers: Offer[]): void {
    if (JSON.stringify(offers) === JSON.stringify(this.#offers)) return;
    this.#offers = offers;
    this.#parts.tell('images.offered', { offers });
  }

  /** Where no more folders can be watched, the next opening finds what is new. */
  #watch(folders: readonly string[]): void {
    const wanted = new Set(folders.slice(0, mostWatched));
    for (const [folder, watcher] of this.#watchers) if (!wanted.has(folder)) this.#unwatch(folder, watcher);
    for (const folder of wanted) {
      if (this.#watchers.has(folder)) continue;
      try {
        const watcher = watch(folder, { persistent: false }, (_event, name) => {
          if (!name?.startsWith('.')) this.look();
        });
        watcher.on('error', () => this.#unwatch(folder, watcher));
        this.#watchers.set(folder, watcher);
      } catch {
        return;
      }
    }
  }

  #unwatch(folder: string, watcher: FSWatcher): void {
    watcher.close();
    this.#watchers.delete(folder);
  }
}

/** A read-only or full disk: labelling says so itself when it matters, and the next opening looks again. */
function complain(error: unknown, signal: AbortSignal): void {
  if (!signal.aborted) console.error('The folders of the images could not be looked at:', error);
}

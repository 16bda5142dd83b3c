import { ReceptiveError } from '../../src-main/shared/errors.ts';
import { imageStatuses, splits } from '../../src-main/shared/image-query.ts';
import type { ImageFilter, ImageQuery, Split } from '../../src-main/shared/image-query.ts';
import type { ImageFacts, ProjectSummary } from '../../src-main/shared/project.ts';
import { classes } from './classes.svelte.ts';
import type { ClassesState } from './classes.svelte.ts';
import { Coalesced } from './coalesce.ts';
import { connection } from './connection.svelte.ts';
import type { Connection } from './connection.svelte.ts';
import { mayJoin, rowsOf, suggestedClass } from './image-columns.ts';
import type { ImageChange } from './image-columns.ts';
import { ImageRows } from './image-rows.ts';
import { Latest } from './latest.ts';
import { project } from './project.svelte.ts';
import type { ProjectState } from './project.svelte.ts';
import { emptySelection, pick, restore, selectAll } from './selection.ts';
import type { Pick, Selection } from './selection.ts';
import { ShownColumns } from './shown-columns.svelte.ts';
import { nearIds, Sight } from './sight.ts';

export type ImageSort = ImageQuery['sort'];
/** A side that images can be held on. */
export type PinnedSide = Exclude<Split, 'none'>;

/** The images of the Images view: what is listed, selected and being labelled; the image looked at. */
export class ImagesState {
  readonly #connection: Connection;
  readonly #project: ProjectState;
  readonly #listing = new Coalesced(() => this.#readList());
  readonly #latestFacts = new Latest();
  readonly #sight: Sight;
  readonly #list = new ShownColumns();
  readonly rows: ImageRows;
  #loaded = $state(false);
  #filter = $state.raw<ImageFilter>({});
  #sort = $state.raw<ImageSort>(undefined);
  #selection = $state.raw<Selection>(emptySelection);
  #facts = $state.raw<ImageFacts | null>(null);
  #revision = $state(0);
  #lastWasSaved = $state(false);
  /** Bound by the size slider: the edge of a tile, px. */
  tileSize = $state(128);
  /** Bound by the dialog that shows one image large. */
  closer = $state(false);

  readonly focusId: number | null = $derived(this.#list.ids[this.#selection.focus] ?? null);

  constructor(line: Connection, project: ProjectState, classes: ClassesState) {
    this.#connection = line;
    this.#sight = new Sight(line);
    this.#project = project;
    this.rows = new ImageRows(this.#list, classes);
  }

  get count(): number {
    return this.#list.ids.length;
  }
  /** False until the list of the open project has been read once. */
  get loaded(): boolean {
    return this.#loaded;
  }
  get filter(): ImageFilter {
    return this.#filter;
  }
  /** Undefined for the order they came in, or that of their likeness or their duplicates where these are shown. */
  get sort(): ImageSort {
    return this.#sort;
  }
  get isFiltered(): boolean {
    return Object.values(this.#filter).some((condition) => condition !== undefined && condition !== '');
  }
  get focus(): number {
    return this.#selection.focus;
  }
  get selected(): ReadonlySet<number> {
    return this.#selection.ids;
  }
  /** Whether every selected image is excluded. */
  get allExcluded(): boolean {
    const rows = rowsOf(this.#list.ids, this.#selection.ids);
    return rows.length > 0 && rows.every((row) => this.rows.isExcludedAt(row));
  }
  /** Whether something is suggested for any selected image. */
  get hasSuggestions(): boolean {
    return rowsOf(this.#list.ids, this.#selection.ids).some((row) => suggestedClass(this.#list.columns, row) !== 0);
  }
  /** Of the focused image; null while there is none or it is being read. */
  get facts(): ImageFacts | null {
    const { focus } = this;
    if (!this.#facts || this.#facts.id !== this.focusId) return null;
    return {
      ...this.#facts,
      classId: this.#list.columns.classIds[focus] || null,
      origin: this.rows.originAt(focus),
      split: this.rows.splitAt(focus),
      excluded: this.rows.isExcludedAt(focus),
      pinned: this.rows.isPinnedAt(focus),
    };
  }
  /** Grows whenever the images changed otherwise than by labels: a picture that was not there may be there now. */
  get revision(): number {
    return this.#revision;
  }
  /** True while something that is shown is not on disk yet. */
  get saving(): boolean {
    return this.#list.saving;
  }

  /** True from when something that was done here is on disk until something is not. */
  get saved(): boolean {
    return this.#lastWasSaved && !this.saving;
  }

  isSelected(index: number): boolean {
    return this.#selection.ids.has(this.rows.idAt(index));
  }

  /** Follows the engine's events; returns what stops it. */
  follow(onError: (error: unknown) => void): () => void {
    const stops = [
      this.#connection.on('project.changed', ({ what }) => {
        if (!what.includes('images')) return;
        this.#revision++;
        this.#refreshAll().catch(onError);
      }),
      this.#connection.on('images.relabelled', ({ ids, classId, origin }) => {
        // What was done here is shown already; the reply says when it is saved.
        if (this.#list.isGiving(classId, ids)) return;
        const change = { ids: new Set(ids), classId, origin };
        const known = rowsOf(this.#list.saved.ids, change.ids).length;
        this.#keepingPlace(() => this.#list.save(change));
        if (known < change.ids.size && mayJoin(classId, origin, this.#filter)) this.refresh().catch(onError);
      }),
    ];
    return () => stops.forEach((stop) => stop());
  }

  /** Reads the list of images again, keeping the selection. */
  refresh(): Promise<void> {
    return this.#listing.run();
  }

  /** Reads everything anew: another project was opened. */
  async reload(): Promise<void> {
    this.#forget();
    if (this.#project.current) await this.refresh();
  }

  setFilter(change: ImageFilter): Promise<void> {
    this.#filter = { ...this.#filter, ...change };
    return this.refresh();
  }

  /** Undefined for the order they came in. What comes first then is what was asked for: the focus goes there. */
  async setSort(sort: ImageSort): Promise<void> {
    this.#sort = sort;
    await this.refresh();
    if (sort === this.#sort) this.pick(0, 'only');
  }

  clearFilters(): Promise<void> {
    this.#filter = {};
    return this.refresh();
  }

  pick(index: number, how: Pick): void {
    this.#selection = pick(this.#selection, this.#list.ids, index, how);
  }

  selectAll(): void {
    this.#selection = selectAll(this.#selection, this.#list.ids);
  }

  /** These rows of the list are in sight, in pictures of up to `size` pixels. */
  look(first: number, last: number, size: number): void {
    // Read at once, too, so that an effect that tells this runs again when the list has changed.
    void this.#list.ids;
    this.#sight.look(() => ({ ids: nearIds(this.#list.ids, first, last), size }));
  }

  /** Moves the focus and selects what is there; stays inside the list. */
  step(by: number): void {
    this.pick(Math.min(Math.max(this.focus + by, 0), this.count - 1), 'only');
  }

  /** Of an image that is gone, as after a change of project, there are none; the list without it is on its way. */
  async readFacts(id: number): Promise<void> {
    const read = () => this.#connection.request('images.facts', { id });
    const reply = await this.#latestFacts.run(read).catch((error: unknown) => {
      if (error instanceof ReceptiveError && error.code === 'not-found') return null;
      throw error;
    });
    if (reply) this.#facts = reply.value;
  }

  /**
   * Gives the selected images a class and moves on to the next image; null takes the class away and stays. This and the
   * other changes are shown at once, and images that the filters leave out then are gone from the list at once, the
   * next one in their place; the promise ends when all is on disk, and rejects when it is not.
   */
  label(classId: number | null): Promise<void> {
    return this.#change({ classId: classId ?? 0 }, classId !== null, (ids) =>
      this.#connection.request('labels.set', { ids, classId }),
    );
  }

  /** Gives the selected images that have no label their suggested class, and moves on. */
  acceptSuggestions(): Promise<void> {
    return this.#change({ accepted: true }, true, (ids) => this.#connection.request('suggestions.accept', { ids }));
  }

  /** Excludes the selected images from everything and moves on, or takes them in again and stays. */
  exclude(excluded: boolean): Promise<void> {
    return this.#change({ excluded }, excluded, (ids) => this.#connection.request('images.exclude', { ids, excluded }));
  }

  /** Takes the selected images in again when all of them are excluded, else excludes them. */
  toggleExcluded(): Promise<void> {
    return this.exclude(!this.allExcluded);
  }

  /** Holds the selected images on a side of the split; null no longer. */
  pin(split: PinnedSide | null): Promise<void> {
    return this.#change({ pin: splits.indexOf(split ?? 'none') }, false, (ids) =>
      this.#connection.request('images.pin', { ids, split }),
    );
  }

  /** @returns how many images that take part are on each side then. */
  async assignSplits(shares: {
    validationShare: number;
    testShare: number;
    seed: number;
    reassign: boolean;
  }): Promise<Record<Split, number>> {
    this.#project.adopt(await this.#connection.request('split.assign', shares));
    await this.#refreshAll();
    const all = await this.#connection.request('images.list', { excluded: false });
    const counts: Record<Split, number> = { none: 0, train: 0, validation: 0, test: 0 };
    all.splits.forEach((side, row) => {
      if (imageStatuses[all.statuses[row] ?? 0] !== 'rejected') counts[splits[side] ?? 'none']++;
    });
    return counts;
  }

  /** Ids of the images that cannot be used, whatever the filters are. */
  async rejectedIds(): Promise<Uint32Array> {
    return (await this.#connection.request('images.list', { status: 'rejected' })).ids;
  }

  factsOf(id: number): Promise<ImageFacts> {
    return this.#connection.request('images.facts', { id });
  }

  async #refreshAll(): Promise<void> {
    await this.refresh();
    if (this.focusId !== null) await this.readFacts(this.focusId);
  }

  async #change(
    what: Omit<ImageChange, 'ids'>,
    movesOn: boolean,
    send: (ids: number[]) => Promise<ProjectSummary>,
  ): Promise<void> {
    const change = { ...what, ids: this.#selection.ids };
    if (change.ids.size === 0) return;
    const next = this.#list.ids[(rowsOf(this.#list.ids, change.ids).at(-1) ?? -1) + 1];
    const wasAt = this.focusId;
    this.#keepingPlace(() => this.#list.show(change));
    // At the end of the list there is no next one: then the place is kept.
    if (next !== undefined && (movesOn || this.focusId !== wasAt)) {
      this.pick(this.#list.ids.indexOf(next), 'only');
    }
    try {
      this.#project.adopt(await send([...change.ids]));
      this.#keepingPlace(() => this.#list.save(change));
      this.#lastWasSaved = true;
    } catch (error) {
      this.#lastWasSaved = false;
      this.#goBackTo(change.ids, next);
      throw error;
    } finally {
      this.#keepingPlace(() => this.#list.settle(change));
    }
  }

  /** What could not be done can be done again at once, unless the person went elsewhere than to the `next` image. */
  #goBackTo(ids: ReadonlySet<number>, next: number | undefined): void {
    const [focus] = rowsOf(this.#list.ids, ids);
    if (focus !== undefined && this.focusId === next) this.#selection = { ids, focus, anchor: focus };
  }

  /** Whatever it does to the list, the selection stays on its images and the focus at its place. */
  #keepingPlace(update: () => void): void {
    const before = this.#list.ids;
    update();
    const after = this.#list.ids;
    if (after !== before) this.#selection = restore(this.#selection, before, after);
  }

  async #readList(): Promise<void> {
    if (!this.#project.current) return;
    const filter = this.#filter;
    const sort = this.#sort;
    const ask = () => this.#connection.request('images.list', { ...filter, ...(sort && { sort }) });
    await this.#list.read(filter, ask, (update) => {
      if (filter !== this.#filter || sort !== this.#sort) return;
      this.#keepingPlace(update);
      this.#loaded = true;
    });
  }

  #forget(): void {
    this.#list.forget();
    this.#loaded = false;
    this.#lastWasSaved = false;
    this.#filter = {};
    this.#sort = undefined;
    this.#selection = emptySelection;
    this.#facts = null;
  }
}

export const images = new ImagesState(connection, project, classes);

import { ReceptiveError } from '../../src-main/shared/errors.ts';
import type { ImageFilter, ImageQuery, Split } from '../../src-main/shared/image-query.ts';
import type { ClassInfo } from '../../src-main/shared/labelling.ts';
import { imageFlags } from '../../src-main/shared/project.ts';
import type { ImageColumns, ImageFacts } from '../../src-main/shared/project.ts';
import { imageStatuses } from '../../src-main/shared/image-query.ts';
import type { ImageStatus } from '../../src-main/shared/image-query.ts';
import type { Events } from '../../src-main/shared/protocol.ts';
import { classes } from './classes.svelte.ts';
import type { ClassesState } from './classes.svelte.ts';
import { Coalesced } from './coalesce.ts';
import { connection } from './connection.svelte.ts';
import type { Connection } from './connection.svelte.ts';
import { beginLabel, endLabel, nothingPending, withSavedLabels } from './labelling.ts';
import { Latest } from './latest.ts';
import { project } from './project.svelte.ts';
import type { ProjectState } from './project.svelte.ts';
import { emptySelection, pick, restore, selectAll } from './selection.ts';
import type { Pick, Selection } from './selection.ts';

const noImages: ImageColumns = {
  ids: new Uint32Array(),
  classIds: new Uint32Array(),
  statuses: new Uint8Array(),
  splits: new Uint8Array(),
  origins: new Uint8Array(),
  flags: new Uint8Array(),
  predictedIds: new Uint32Array(),
  confidences: new Float32Array(),
};

export type ImageSort = ImageQuery['sort'];
/** A side that images can be held on. */
export type PinnedSide = Exclude<Split, 'none'>;
export type ImportProgress = Omit<Events['job.progress'], 'kind'>;

/** The images of the Images view: what is listed, selected and being labelled; the image looked at. */
export class ImagesState {
  readonly #connection: Connection;
  readonly #project: ProjectState;
  readonly #classes: ClassesState;
  readonly #listing = new Coalesced(() => this.#readList());
  readonly #latestFacts = new Latest();
  #columns = $state.raw<ImageColumns>(noImages);
  #loaded = $state(false);
  #filter = $state.raw<ImageFilter>({});
  #sort = $state.raw<ImageSort>(undefined);
  #selection = $state.raw<Selection>(emptySelection);
  #pending = $state.raw(nothingPending);
  #facts = $state.raw<ImageFacts | null>(null);
  #import = $state.raw<ImportProgress | null>(null);
  /** A short import can end before the reply that names it arrives. */
  #endedImport = '';
  /** Bound by the size slider: the edge of a tile, px. */
  tileSize = $state(128);
  /** Bound by the dialog that shows one image large. */
  closer = $state(false);

  constructor(line: Connection, project: ProjectState, classes: ClassesState) {
    this.#connection = line;
    this.#project = project;
    this.#classes = classes;
  }

  get count(): number {
    return this.#columns.ids.length;
  }
  /** False until the list of the open project has been read once. */
  get loaded(): boolean {
    return this.#loaded;
  }
  get filter(): ImageFilter {
    return this.#filter;
  }
  /** Left out, the images stand in the order they came in. */
  get sort(): ImageSort {
    return this.#sort;
  }
  get isFiltered(): boolean {
    return Object.values(this.#filter).some((condition) => condition !== undefined && condition !== '');
  }
  get focus(): number {
    return this.#selection.focus;
  }
  get focusId(): number | null {
    return this.#columns.ids[this.#selection.focus] ?? null;
  }
  get selected(): ReadonlySet<number> {
    return this.#selection.ids;
  }
  /** Of the focused image; null while there is none or it is being read. */
  get facts(): ImageFacts | null {
    return this.#facts?.id === this.focusId ? this.#facts : null;
  }
  get importing(): ImportProgress | null {
    return this.#import;
  }
  /** True while a label that is shown is not on disk yet. */
  get saving(): boolean {
    return this.#pending.changes.size > 0;
  }

  idAt(index: number): number {
    return this.#columns.ids[index] ?? 0;
  }

  /** The class shown on an image: the one just given, else the saved one; null for none. */
  classAt(index: number): ClassInfo | null {
    const change = this.#pending.changes.get(this.idAt(index));
    return this.#classes.byId(change?.classId ?? this.#columns.classIds[index] ?? 0);
  }

  statusAt(index: number): ImageStatus {
    return imageStatuses[this.#columns.statuses[index] ?? 0] ?? 'ok';
  }

  has(index: number, flag: keyof typeof imageFlags): boolean {
    return ((this.#columns.flags[index] ?? 0) & imageFlags[flag]) !== 0;
  }

  isSelected(index: number): boolean {
    return this.#selection.ids.has(this.idAt(index));
  }

  /** Follows the engine's events; returns what stops it. `onEnded` hears how an import went. */
  follow(onEnded: (ended: Events['job.ended']) => void, onError: (error: unknown) => void): () => void {
    const stops = [
      this.#connection.on('project.changed', ({ what }) => {
        if (what.includes('images')) this.#refreshAll().catch(onError);
      }),
      this.#connection.on('job.progress', ({ kind, ...progress }) => {
        if (kind === 'import' && progress.jobId !== this.#endedImport) this.#import = progress;
      }),
      this.#connection.on('job.ended', (ended) => {
        if (ended.kind !== 'import') return;
        this.#endedImport = ended.jobId;
        if (this.#import?.jobId === ended.jobId) this.#import = null;
        onEnded(ended);
      }),
      this.#connection.on('engine.state', ({ state }) => {
        if (state === 'lost') this.#import = null;
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

  setSort(sort: ImageSort): Promise<void> {
    this.#sort = sort;
    return this.refresh();
  }

  clearFilters(): Promise<void> {
    this.#filter = {};
    return this.refresh();
  }

  pick(index: number, how: Pick): void {
    this.#selection = pick(this.#selection, this.#columns.ids, index, how);
  }

  selectAll(): void {
    this.#selection = selectAll(this.#selection, this.#columns.ids);
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
   * Gives the selected images a class and moves on to the next image; null takes the class away and stays. The label is
   * shown at once; the promise ends when it is on disk, and rejects when it is not.
   */
  async label(classId: number | null): Promise<void> {
    const ids = new Set(this.#selection.ids);
    if (ids.size === 0) return;
    this.#pending = beginLabel(this.#pending, ids, classId);
    const { turn } = this.#pending;
    if (classId !== null) this.#moveOn();
    try {
      const summary = await this.#connection.request('labels.set', { ids: [...ids], classId });
      this.#project.adopt(summary);
      const classIds = withSavedLabels(this.#columns.ids, this.#columns.classIds, ids, classId);
      this.#columns = { ...this.#columns, classIds };
      if (this.#facts && ids.has(this.#facts.id)) this.#facts = { ...this.#facts, classId };
    } finally {
      this.#pending = endLabel(this.#pending, turn);
    }
  }

  /** Takes the selected images out of everything, or in again when all of them are out, and moves on to the next image. */
  async toggleExcluded(): Promise<void> {
    const ids = this.#selectedIds();
    if (ids.length === 0) return;
    const excluded = !this.#everySelected('excluded');
    this.#moveOn();
    this.#project.adopt(await this.#connection.request('images.exclude', { ids, excluded }));
    await this.#refreshAll();
  }

  /** Holds the selected images on a side of the split; null lets them go. */
  async pin(split: PinnedSide | null): Promise<void> {
    const ids = this.#selectedIds();
    if (ids.length === 0) return;
    this.#project.adopt(await this.#connection.request('images.pin', { ids, split }));
    await this.#refreshAll();
  }

  async assignSplits(shares: {
    validationShare: number;
    testShare: number;
    seed: number;
    reassign: boolean;
  }): Promise<void> {
    this.#project.adopt(await this.#connection.request('split.assign', shares));
    await this.#refreshAll();
  }

  async import(paths: string[]): Promise<void> {
    const jobId = await this.#connection.request('images.import', { paths });
    if (jobId !== this.#endedImport) this.#import ??= { jobId, done: 0, total: 0, etaSeconds: null };
  }

  async cancelImport(): Promise<void> {
    if (this.#import) await this.#connection.request('job.cancel', { jobId: this.#import.jobId });
  }

  /** Ids of the images that cannot be used, whatever the filters are. */
  async rejectedIds(): Promise<Uint32Array> {
    return (await this.#connection.request('images.list', { status: 'rejected' })).ids;
  }

  factsOf(id: number): Promise<ImageFacts> {
    return this.#connection.request('images.facts', { id });
  }

  #selectedIds(): number[] {
    return [...this.#selection.ids];
  }

  #everySelected(flag: keyof typeof imageFlags): boolean {
    return this.#columns.ids.every((_, index) => !this.isSelected(index) || this.has(index, flag));
  }

  async #refreshAll(): Promise<void> {
    await this.refresh();
    if (this.focusId !== null) await this.readFacts(this.focusId);
  }

  /** Selects the image after the last selected one; at the end of the list the selection stays. */
  #moveOn(): void {
    const { ids } = this.#columns;
    let last = ids.length - 1;
    while (last >= 0 && !this.#selection.ids.has(ids[last]!)) last--;
    if (last >= 0 && last + 1 < ids.length) this.pick(last + 1, 'only');
  }

  async #readList(): Promise<void> {
    if (!this.#project.current) return;
    const [filter, sort] = [this.#filter, this.#sort];
    const before = this.#columns.ids;
    const columns = await this.#connection.request('images.list', { ...filter, sort });
    if (filter !== this.#filter || sort !== this.#sort) return;
    this.#columns = columns;
    this.#selection = restore(this.#selection, before, columns.ids);
    this.#loaded = true;
  }

  #forget(): void {
    this.#columns = noImages;
    this.#loaded = false;
    this.#filter = {};
    this.#sort = undefined;
    this.#selection = emptySelection;
    this.#facts = null;
  }
}

export const images = new ImagesState(connection, project, classes);

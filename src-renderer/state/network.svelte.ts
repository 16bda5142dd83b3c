import { describeDraft, presets, type NetworkDescription } from '../../src-main/shared/network/index.ts';
import { networkSchema } from '../../src-main/shared/network/spec.ts';
import type { NetworkJson, Pair } from '../../src-main/shared/network/spec.ts';
import { cutToSize } from '../../src-main/shared/network/what-if/variants.ts';
import type { SavedNetwork } from '../../src-main/shared/project.ts';
import { Coalesced } from './coalesce.ts';
import { connection, type Connection } from './connection.svelte.ts';
import { NetworkImages } from './network-images.svelte.ts';
import { isGreyImage } from '../ui/grey.ts';
import { emptyDraft, freeTitle, toDraft, type Draft, type Edited } from '../../src-main/shared/network/edit.ts';

const firstPreset = 'conv-bn-pool';
const saveDelay = 400;

/** What is to be written: each becomes one step of the project's undo. */
interface Unsaved {
  /** null for a network that has never been saved. */
  id: number | null;
  name: string;
  draft: Draft;
}

/** One list for all edits, so that what hangs on the selection stays while only figures change. */
const none: readonly number[] = [];

/** Labels come faster than counts can be read: they are read once for all that were given meanwhile, ms. */
const countDelay = 500;

export type SaveState = 'unsaved' | 'saving' | 'saved' | 'failed';

/**
 * The network that is being edited, and the project's saved ones. Every edit is written to the project a moment later,
 * wrong in between or not, so that nothing is lost and the project's undo covers it.
 */
export class NetworkEditor {
  readonly #connection: Connection;
  readonly #images: NetworkImages;
  #list = $state.raw<readonly SavedNetwork[]>([]);
  #id = $state<number | null>(null);
  #name = $state(firstPreset);
  #draft = $state.raw<Draft>(toDraft(presets[firstPreset]) ?? emptyDraft);
  #selected = $state(-1);
  #picked = $state.raw(none);
  #saveState = $state<SaveState>('unsaved');
  #classesWithImages = $state(0);
  readonly #reading = new Coalesced(() => this.#read());
  #path: string | undefined;
  /** Oldest first. The last of them is replaced by the next edit while it is still typed at. */
  #unsaved: readonly Unsaved[] = [];
  #typing = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #countTimer: ReturnType<typeof setTimeout> | undefined;
  #saving: Promise<void> | null = null;

  readonly #count = $derived(this.#draft.layers.length);
  /** Index of the chosen layer; -1 is the input. */
  readonly selected: number = $derived(Math.min(this.#selected, this.#count - 1));
  /** Indices of all chosen layers in the order of the list, `selected` among them; none while the input is chosen. */
  readonly picked: readonly number[] = $derived(
    this.selected < 0
      ? none
      : [...new Set([...this.#picked.filter((index) => index < this.#count), this.selected])].sort((a, b) => a - b),
  );
  readonly description: NetworkDescription = $derived(describeDraft(this.#draft, this.classes));

  constructor(line: Connection, isGrey: (id: number) => Promise<boolean>) {
    this.#connection = line;
    this.#images = new NetworkImages(line, isGrey);
  }

  get list(): readonly SavedNetwork[] {
    return this.#list;
  }
  /** null while the network has never been saved. */
  get id(): number | null {
    return this.#id;
  }
  get name(): string {
    return this.#name;
  }
  get draft(): Draft {
    return this.#draft;
  }
  get saveState(): SaveState {
    return this.#saveState;
  }
  /** Classes of the project that have images. */
  get classesWithImages(): number {
    return this.#classesWithImages;
  }
  /** The classes that the figures are counted for: the project's, at least two. */
  get classes(): number {
    return Math.max(2, this.#classesWithImages);
  }
  /** What the project's images are made by default, [height, width]; null while there are none. */
  get imageSize(): Pair | null {
    return this.#images.size;
  }
  /** The network as JSON for training and files; null while it is wrong. */
  get json(): NetworkJson | null {
    if (!this.description.valid) return null;
    const result = networkSchema.safeParse(this.#draft);
    return result.success ? (this.#draft as unknown as NetworkJson) : null;
  }

  /** Follows the project; returns what stops it. */
  follow(): () => void {
    const stops = [
      this.#connection.on('project.changed', ({ what }) => {
        if (what.some((part) => part !== 'runs')) void this.refresh();
      }),
      this.#connection.on('images.relabelled', () => {
        this.#countTimer ??= setTimeout(() => {
          this.#countTimer = undefined;
          void this.#countClasses().catch(() => undefined);
        }, countDelay);
      }),
      this.#connection.on('engine.state', ({ state }) => {
        if (state === 'ready') void this.refresh();
      }),
    ];
    void this.refresh();
    return () => {
      stops.forEach((stop) => stop());
      clearTimeout(this.#countTimer);
      this.#countTimer = undefined;
      void this.flush();
    };
  }

  /** Reads networks and classes again; while the engine is away all stays as it is. */
  refresh(): Promise<void> {
    return this.#reading.run();
  }

  async #read(): Promise<void> {
    try {
      const project = await this.#connection.request('project.current');
      if (project?.path !== this.#path) this.#forget(project?.path);
      if (!project) {
        this.#classesWithImages = 0;
        return;
      }
      [this.#list] = await Promise.all([this.#connection.request('networks.list'), this.#countClasses()]);
      // Networks are shown whether or not an image can be looked at.
      await this.#images.readSize().catch(() => undefined);
      if (this.#unsaved.length === 0 && !this.#saving) await this.#adopt();
    } catch {
      return;
    }
  }

  async #countClasses(): Promise<void> {
    const classes = await this.#connection.request('classes.list');
    this.#classesWithImages = classes.filter(({ count }) => count > 0).length;
  }

  /** Chooses one layer (-1: the input); `adding` keeps those chosen before, and lets go of one that was. */
  select(index: number, adding = false): void {
    const before = this.picked;
    if (!adding || index < 0) return this.pick([index]);
    if (!before.includes(index)) return this.pick([...before, index]);
    const rest = before.filter((other) => other !== index);
    this.pick(rest.length > 0 ? rest : [index]);
  }

  /** Chooses these layers; the last of them is the one whose settings are shown. */
  pick(indices: readonly number[]): void {
    this.#selected = indices.at(-1) ?? -1;
    this.#picked = indices.filter((index) => index >= 0);
  }

  /** Takes over what is being typed and saves it a moment later; what follows soon becomes one step of undo with it. */
  edit(edited: Edited): void {
    if (!this.#take(edited)) return;
    this.#put(this.#typing);
    this.#typing = true;
    this.#timer = setTimeout(() => void this.flush(), saveDelay);
  }

  /** Takes over a whole edit, a step of undo of its own, and saves it at once. */
  apply(edited: Edited): void {
    if (!this.#take(edited)) return;
    this.#put(false);
    void this.flush();
  }

  #take({ draft, selected, picked }: Edited): boolean {
    this.#selected = selected;
    this.#picked = picked ?? none;
    if (draft === this.#draft) return false;
    this.#draft = draft;
    return true;
  }

  #put(inPlaceOfLast: boolean): void {
    clearTimeout(this.#timer);
    const next = { id: this.#id, name: this.#name, draft: this.#draft };
    this.#unsaved = [...(inPlaceOfLast ? this.#unsaved.slice(0, -1) : this.#unsaved), next];
    this.#typing = false;
    this.#saveState = 'saving';
  }

  /** Writes what is not yet written, now. A failure is shown as the save state; the next edit tries again. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#typing = false;
    this.#saving ??= this.#saveAll().finally(() => (this.#saving = null));
    await this.#saving;
  }

  /** Goes to another saved network, after the current one is written. */
  async choose(id: number): Promise<void> {
    await this.flush();
    const saved = this.#list.find((network) => network.id === id);
    if (saved) this.#show(saved);
  }

  /** Makes a network of that JSON, saves it and goes there. The name gets a number when it is taken. */
  async create(name: string, json: unknown): Promise<void> {
    await this.flush();
    const title = freeTitle(
      name,
      this.#list.map((network) => network.name),
    );
    const saved = await this.#connection.request('networks.save', { name: title, json });
    this.#list = [...this.#list.filter(({ id }) => id !== saved.id), saved];
    this.#show(saved);
  }

  /** @param size images of which the network is cut to; its own when left out */
  async createFromPreset(name: string, size?: Pair): Promise<void> {
    const preset = presets[name];
    await this.create(name, preset && size ? cutToSize(preset, size) : preset);
  }

  async rename(name: string): Promise<void> {
    this.#name = name;
    this.#put(false);
    await this.flush();
  }

  async delete(): Promise<void> {
    clearTimeout(this.#timer);
    this.#unsaved = [];
    await this.#saving;
    if (this.#id !== null) await this.#connection.request('networks.delete', { id: this.#id });
    this.#id = null;
    await this.refresh();
  }

  async readFile(path: string): Promise<string> {
    const json = await this.#connection.request('networks.readFile', { path });
    const file = path.split('/').at(-1) ?? path;
    await this.create(file.replace(/\.json$/i, '').slice(0, 90) || firstPreset, json);
    return this.#name;
  }

  async writeFile(path: string): Promise<void> {
    const json = this.json;
    if (json) await this.#connection.request('networks.writeFile', { path, json });
  }

  async #saveAll(): Promise<void> {
    for (let next = this.#unsaved[0]; next; next = this.#unsaved[0]) {
      this.#saveState = 'saving';
      try {
        await this.#save(next);
      } catch {
        this.#saveState = 'failed';
        return;
      }
      this.#unsaved = this.#unsaved.filter((other) => other !== next);
      if (this.#unsaved.length === 0) this.#saveState = 'saved';
    }
  }

  async #save({ id, name, draft }: Unsaved): Promise<void> {
    const isNew = id === null && this.#id === null;
    const saved = await this.#connection.request('networks.save', {
      id: id ?? this.#id ?? undefined,
      name,
      json: draft,
    });
    if (isNew) this.#id = saved.id;
    this.#list = this.#list.some((network) => network.id === saved.id)
      ? this.#list.map((network) => (network.id === saved.id ? saved : network))
      : [...this.#list, saved];
  }

  /** Brings the draft in line with what is saved: after opening, and after undo or redo. */
  async #adopt(): Promise<void> {
    const saved = this.#list.find(({ id }) => id === this.#id) ?? this.#list.at(-1);
    if (!saved) {
      if (this.#id !== null || this.#saveState !== 'unsaved') this.#forget(this.#path);
      await this.#suggestInput();
      return;
    }
    const same = saved.id === this.#id && saved.name === this.#name;
    if (!same || JSON.stringify(saved.json) !== JSON.stringify(this.#draft)) this.#show(saved);
  }

  #show(saved: SavedNetwork): void {
    if (saved.id !== this.#id) this.pick([]);
    this.#id = saved.id;
    this.#name = saved.name;
    this.#draft = toDraft(saved.json) ?? emptyDraft;
    this.#saveState = 'saved';
  }

  /** The first network of a project takes the size of its images, and is grey as they are. */
  async #suggestInput(): Promise<void> {
    const { size } = this.#images;
    if (!size) return;
    const channels = await this.#images.readChannels();
    if (this.#id !== null || this.#unsaved.length > 0) return;
    this.#draft = { ...this.#draft, input: { ...this.#draft.input, size, channels } };
  }

  /** Starts again for the project at that path, with a preset that is not saved until it is edited. */
  #forget(path: string | undefined): void {
    this.#path = path;
    this.#images.forget();
    clearTimeout(this.#timer);
    this.#unsaved = [];
    this.#list = [];
    this.#id = null;
    this.#name = firstPreset;
    this.#draft = toDraft(presets[firstPreset]) ?? emptyDraft;
    this.pick([]);
    this.#saveState = 'unsaved';
  }
}

export const networkEditor = new NetworkEditor(connection, isGreyImage);

import { reportError, type ErrorReport } from '../../src-main/shared/errors.ts';
import type { LayerSummary, Subject } from '../../src-main/shared/inspection.ts';
import { imageStatuses } from '../../src-main/shared/image-query.ts';
import type { ImageFacts, RunSummary, SavedNetwork } from '../../src-main/shared/project.ts';
import type { Result } from '../../src-main/shared/protocol.ts';
import { Coalesced } from './coalesce.ts';
import { connection, type Connection } from './connection.svelte.ts';
import { Latest } from './latest.ts';
import { networkEditor, type NetworkEditor } from './network.svelte.ts';
import { runs, type Runs } from './run.svelte.ts';

export type Maps = Result<'inspect.maps'> & { subject: Subject; imageId: number };
export type Weights = Extract<Subject, { runId: string }>['weights'];

const rejected = imageStatuses.indexOf('rejected');

/** One image under the lens of one network: its maps, and the layer and the tab that are looked into. */
export class Inspector {
  readonly #connection: Connection;
  readonly #runs: Runs;
  readonly #networks: Pick<NetworkEditor, 'list' | 'classes'>;
  #ids = $state.raw(new Uint32Array());
  #listed = $state(false);
  #chosen = $state.raw<Subject | null>(null);
  #imageId = $state<number | null>(null);
  #maps = $state.raw<Maps | null>(null);
  /** Of `#maps`. */
  #mapsKey: string | null = null;
  #facts = $state.raw<ImageFacts | null>(null);
  #layerName = $state<string | null>(null);
  /** The chosen tab; a layer that does not have it shows its first. */
  tab = $state('maps');
  /** The cell whose sum is shown; a layer that has no such cell shows its first. */
  cell = $state.raw({ map: 0, row: 0, column: 0 });
  #error = $state.raw<ErrorReport | null>(null);
  #loading = $state(false);
  #attempt = $state(0);
  readonly #listing = new Coalesced(() => this.#readList());
  readonly #latestMaps = new Latest();

  constructor(line: Connection, all: Runs, networks: Pick<NetworkEditor, 'list' | 'classes'>) {
    this.#connection = line;
    this.#runs = all;
    this.#networks = networks;
  }

  /** The project's images that can be decoded, in the project's order. */
  get ids(): Uint32Array {
    return this.#ids;
  }
  /** False until it is known which images there are. */
  get listed(): boolean {
    return this.#listed;
  }
  /** Runs that have weights, newest first; one that is training has those of its last checkpoint. */
  get usable(): readonly RunSummary[] {
    return this.#runs.list.filter(({ last }) => last !== null);
  }
  /** Saved networks: with the weights that training would begin with. */
  get untrained(): readonly SavedNetwork[] {
    return this.#networks.list;
  }
  /** What was chosen while it exists, else the newest run, else the first saved network. */
  get subject(): Subject | null {
    const chosen = this.#chosen;
    if (chosen && this.#exists(chosen)) return chosen;
    const [run] = this.usable;
    if (run) return { runId: run.id, weights: 'last' };
    const [saved] = this.untrained;
    return saved ? { networkId: saved.id } : null;
  }
  /** The subject as it is now: a saved network is another once it is changed, or gives other classes. */
  get subjectKey(): string | null {
    const { subject } = this;
    if (!subject || 'runId' in subject) return subject && keyOf(subject);
    const saved = this.untrained.find(({ id }) => id === subject.networkId);
    return `${keyOf(subject)} ${saved?.updatedAt} ${this.#networks.classes}`;
  }
  get imageId(): number | null {
    return this.#imageId;
  }
  /** Index of the image in `ids`; -1 while there is none. */
  get position(): number {
    return this.#imageId === null ? -1 : this.#ids.indexOf(this.#imageId);
  }
  get maps(): Maps | null {
    return this.#maps;
  }
  get facts(): ImageFacts | null {
    return this.#facts;
  }
  get layer(): LayerSummary | null {
    const layers = this.#maps?.layers ?? [];
    return layers.find(({ name }) => name === this.#layerName) ?? layers[0] ?? null;
  }
  get error(): ErrorReport | null {
    return this.#error;
  }
  /** How often everything has been asked anew. */
  get attempt(): number {
    return this.#attempt;
  }
  get loading(): boolean {
    return this.#loading;
  }

  #exists(subject: Subject): boolean {
    return 'runId' in subject
      ? this.usable.some(({ id }) => id === subject.runId)
      : this.untrained.some(({ id }) => id === subject.networkId);
  }

  /** Follows the project's images; returns what stops it. */
  follow(): () => void {
    const stops = [
      this.#connection.on('project.changed', ({ what }) => {
        if (what.includes('images') || what.includes('project')) void this.refresh();
      }),
      this.#connection.on('engine.state', ({ state }) => {
        if (state !== 'ready') return;
        void this.refresh();
        this.again();
      }),
    ];
    void this.refresh();
    return () => {
      stops.forEach((stop) => stop());
      this.#latestMaps.cancel();
    };
  }

  /** Reads the list of images again and computes what is shown; an image that is gone gives way to the first. */
  async refresh(): Promise<void> {
    await this.#listing.run();
    await this.load();
  }

  async #readList(): Promise<void> {
    try {
      const { ids, statuses } = await this.#connection.request('images.list', {});
      this.#ids = ids.filter((_id, index) => statuses[index] !== rejected);
      this.#listed = true;
    } catch {
      return;
    }
    if (this.position < 0) this.#imageId = this.#ids[0] ?? null;
  }

  async choose(subject: Subject): Promise<void> {
    this.#chosen = subject;
    await this.load();
  }

  async chooseImage(imageId: number): Promise<void> {
    this.#imageId = imageId;
    await this.load();
  }

  /** Goes on by that many images, round the end. */
  async step(by: number): Promise<void> {
    const count = this.#ids.length;
    if (count === 0) return;
    const id = this.#ids[(Math.max(0, this.position) + by + count) % count];
    if (id !== undefined) await this.chooseImage(id);
  }

  chooseLayer(name: string): void {
    this.#layerName = name;
  }

  /** What the network computes has become another. */
  async reload(): Promise<void> {
    this.#maps = null;
    await this.load();
  }

  /** Another project: nothing of the last one stays. */
  forget(): void {
    this.#latestMaps.cancel();
    this.#ids = new Uint32Array();
    this.#listed = this.#loading = false;
    this.#chosen = this.#imageId = this.#maps = this.#facts = this.#layerName = this.#error = null;
  }

  /** What could not be answered is asked once more. */
  again(): void {
    this.#attempt++;
    void this.load();
  }

  /** Opens the sum behind one cell of a layer. */
  openSum(layer: string, cell: { map: number; row: number; column: number }): void {
    this.#layerName = layer;
    this.cell = cell;
    this.tab = 'sum';
  }

  /** Computes the maps of the chosen image with the chosen network, unless they are there. */
  async load(): Promise<void> {
    const { subject, subjectKey, imageId } = this;
    if (!subject || imageId === null) {
      this.#maps = null;
      return;
    }
    const isSame = this.#mapsKey === subjectKey;
    if (isSame && this.#maps?.imageId === imageId && !this.#error) {
      this.#latestMaps.cancel();
      this.#loading = false;
      return;
    }
    // Of a network that was changed the layers may be others; those of another one stay until the new ones have come.
    if (!isSame && this.#maps && keyOf(this.#maps.subject) === keyOf(subject)) this.#maps = null;
    this.#loading = true;
    try {
      const reply = await this.#latestMaps.run(() =>
        Promise.all([
          this.#connection.request('inspect.maps', { subject, imageId }),
          this.#connection.request('images.facts', { id: imageId }),
        ]),
      );
      if (!reply) return;
      const [maps, facts] = reply.value;
      this.#maps = { ...maps, subject, imageId };
      this.#mapsKey = subjectKey;
      this.#facts = facts;
      this.#error = null;
      this.#loading = false;
    } catch (error) {
      this.#error = reportError(error);
      this.#maps = null;
      this.#loading = false;
    }
  }
}

/** One text a subject. */
export const keyOf = (subject: Subject): string =>
  'runId' in subject ? `${subject.weights} ${subject.runId}` : `network ${subject.networkId}`;

export const inspector = new Inspector(connection, runs, networkEditor);

import { reportError, type ErrorReport } from '../../src-main/shared/errors.ts';
import type { BatchNormReport, LayerActivation, PoolingComparison } from '../../src-main/shared/inspection.ts';
import type { LayerKind } from '../../src-main/shared/network/spec.ts';
import { imageStatuses } from '../../src-main/shared/image-query.ts';
import { type ImageFacts, type RunSummary } from '../../src-main/shared/project.ts';
import type { Result } from '../../src-main/shared/protocol.ts';
import { Coalesced } from './coalesce.ts';
import { connection, type Connection } from './connection.svelte.ts';
import { Latest } from './latest.ts';
import { runs, type Runs } from './run.svelte.ts';
import { chosenRun, usableRuns } from './usable-runs.ts';

export type InspectTab = 'maps' | 'batchNorm' | 'pooling';
export type Maps = Result<'inspect.maps'> & { runId: string; imageId: number };
type Detail = { kind: 'batchNorm'; report: BatchNormReport } | { kind: 'pooling'; report: PoolingComparison };

const rejected = imageStatuses.indexOf('rejected');

/** The tabs that a layer of that kind has. */
export function tabsOf(kind: LayerKind | undefined): InspectTab[] {
  if (kind === 'batchNorm') return ['maps', 'batchNorm'];
  return kind === 'maxPool' || kind === 'avgPool' ? ['maps', 'pooling'] : ['maps'];
}

/** One image under the lens of one run: its maps, the layer that is looked into, and what its tab shows. */
export class Inspector {
  readonly #connection: Connection;
  readonly #runs: Runs;
  #ids = $state.raw(new Uint32Array());
  #runId = $state<string | null>(null);
  #imageId = $state<number | null>(null);
  #maps = $state.raw<Maps | null>(null);
  #facts = $state.raw<ImageFacts | null>(null);
  #layerName = $state<string | null>(null);
  #tab = $state<InspectTab>('maps');
  #detail = $state.raw<Detail | null>(null);
  #error = $state.raw<ErrorReport | null>(null);
  #loading = $state(false);
  readonly #listing = new Coalesced(() => this.#readList());
  readonly #latestMaps = new Latest();
  readonly #latestDetail = new Latest();

  constructor(line: Connection, all: Runs) {
    this.#connection = line;
    this.#runs = all;
  }

  /** The project's images that can be decoded, in the project's order. */
  get ids(): Uint32Array {
    return this.#ids;
  }
  /** The chosen run, else the newest. */
  get run(): RunSummary | null {
    return chosenRun(this.usable, this.#runId);
  }
  get usable(): readonly RunSummary[] {
    return usableRuns(this.#runs.list);
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
  get layer(): LayerActivation | null {
    const layers = this.#maps?.layers ?? [];
    return layers.find(({ name }) => name === this.#layerName) ?? layers[0] ?? null;
  }
  get tab(): InspectTab {
    return tabsOf(this.layer?.kind).includes(this.#tab) ? this.#tab : 'maps';
  }
  set tab(tab: InspectTab) {
    this.#tab = tab;
    void this.#loadDetail();
  }
  get batchNorm(): BatchNormReport | null {
    return this.#detail?.kind === 'batchNorm' ? this.#detail.report : null;
  }
  get pooling(): PoolingComparison | null {
    return this.#detail?.kind === 'pooling' ? this.#detail.report : null;
  }
  get error(): ErrorReport | null {
    return this.#error;
  }
  get loading(): boolean {
    return this.#loading;
  }

  /** Follows the project's images; returns what stops it. */
  follow(): () => void {
    const stops = [
      this.#connection.on('project.changed', ({ what }) => {
        if (what.includes('images') || what.includes('project')) void this.refresh();
      }),
      this.#connection.on('engine.state', ({ state }) => {
        if (state === 'ready') void this.refresh();
      }),
    ];
    void this.refresh();
    return () => {
      stops.forEach((stop) => stop());
      this.#latestMaps.cancel();
      this.#latestDetail.cancel();
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
    } catch {
      return;
    }
    if (this.position < 0) this.#imageId = this.#ids[0] ?? null;
  }

  async chooseRun(runId: string): Promise<void> {
    this.#runId = runId;
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
    void this.#loadDetail();
  }

  /** Computes the maps of the chosen image with the chosen run, unless they are there. */
  async load(): Promise<void> {
    const runId = this.run?.id;
    const imageId = this.#imageId;
    if (!runId || imageId === null) {
      this.#maps = null;
      return;
    }
    if (this.#maps?.runId === runId && this.#maps.imageId === imageId && !this.#error) {
      this.#latestMaps.cancel();
      this.#loading = false;
      return;
    }
    this.#loading = true;
    try {
      const reply = await this.#latestMaps.run(() =>
        Promise.all([
          this.#connection.request('inspect.maps', { runId, imageId }),
          this.#connection.request('images.facts', { id: imageId }),
        ]),
      );
      if (!reply) return;
      const [maps, facts] = reply.value;
      this.#maps = { ...maps, runId, imageId };
      this.#facts = facts;
      this.#error = null;
      this.#loading = false;
      void this.#loadDetail();
    } catch (error) {
      this.#error = reportError(error);
      this.#maps = null;
      this.#detail = null;
      this.#loading = false;
    }
  }

  async #loadDetail(): Promise<void> {
    const { layer, tab } = this;
    const maps = this.#maps;
    if (this.#detail && this.#detail.report.layer !== layer?.name) this.#detail = null;
    if (!layer || !maps || tab === 'maps') {
      this.#latestDetail.cancel();
      return;
    }
    const params = { runId: maps.runId, imageId: maps.imageId, layer: layer.name };
    try {
      const reply = await this.#latestDetail.run(async (): Promise<Detail> => {
        if (tab === 'pooling') {
          return { kind: 'pooling', report: await this.#connection.request('inspect.pooling', params) };
        }
        return { kind: 'batchNorm', report: await this.#connection.request('inspect.batchNorm', params) };
      });
      if (reply) this.#detail = reply.value;
    } catch (error) {
      this.#error = reportError(error);
    }
  }
}

export const inspector = new Inspector(connection, runs);

import { reportError, type ErrorReport } from '../../src-main/shared/errors.ts';
import {
  mapsAtOnce,
  mapsOf,
  type LayerSummary,
  type MapBytes,
  type Subject,
} from '../../src-main/shared/inspection.ts';
import { keyOf } from './inspect.svelte.ts';
import type { Connection } from './connection.svelte.ts';
import { Latest } from './latest.ts';

interface Target {
  subject: Subject;
  imageId: number;
  layer: string;
}

/** A layer's figures and those of its maps that have come. */
interface Shown {
  key: string;
  layer: LayerSummary;
  parts: readonly MapBytes[];
}

/** The maps of one layer, read as they come into sight. While another image's are awaited, those before stay. */
export class LayerMaps {
  readonly #connection: Connection;
  #shown = $state.raw<Shown | null>(null);
  #values = $state.raw<{ key: string; map: number; values: Float32Array } | null>(null);
  #error = $state.raw<ErrorReport | null>(null);
  #wanted: { target: Target; layer: LayerSummary; key: string } | null = null;
  readonly #latestMaps = new Latest();
  readonly #latestValues = new Latest();

  constructor(line: Connection) {
    this.#connection = line;
  }

  /** Whose maps are shown. */
  get layer(): LayerSummary | null {
    return this.#shown?.layer ?? null;
  }
  get error(): ErrorReport | null {
    return this.#error;
  }

  /** The bytes of one map, row by row; null until they have come. */
  bytesOf(map: number): Uint8Array | null {
    const part = this.#shown?.parts.find(({ first, count }) => map >= first && map < first + count);
    if (!part) return null;
    const cells = part.height * part.width;
    return part.bytes.subarray((map - part.first) * cells, (map - part.first + 1) * cells);
  }

  /** The exact value of one cell; null until its map's values have come. */
  valueAt(map: number, cell: number): number | null {
    const known = this.#values;
    return known?.map === map && known.key === this.#shown?.key ? (known.values[cell] ?? null) : null;
  }

  /** Reads that layer's first maps. */
  async show(target: Target, layer: LayerSummary): Promise<void> {
    const key = `${keyOf(target.subject)} ${target.imageId} ${target.layer}`;
    this.#wanted = { target, layer, key };
    await this.want(0);
  }

  /** Reads the part of the layer that has `map`, unless it is there. */
  async want(map: number): Promise<void> {
    const wanted = this.#wanted;
    if (!wanted || (this.#shown?.key === wanted.key && this.bytesOf(map))) return;
    const { target, layer, key } = wanted;
    const count = mapsAtOnce(layer.shape);
    const first = Math.floor(map / count) * count;
    try {
      const reply = await this.#latestMaps.run(() =>
        this.#connection.request('inspect.layerMaps', { ...target, first, count }),
      );
      if (!reply) return;
      const before = this.#shown?.key === key ? this.#shown.parts : [];
      this.#shown = { key, layer, parts: [...before, reply.value] };
      this.#error = null;
    } catch (error) {
      this.#error = reportError(error);
    }
  }

  /** Reads the exact values of a map. */
  async wantValues(map: number): Promise<void> {
    const wanted = this.#wanted;
    if (!wanted || map >= mapsOf(wanted.layer.shape)[2]) return;
    const { target, key } = wanted;
    if (this.#values?.key === key && this.#values.map === map) return;
    try {
      const reply = await this.#latestValues.run(() => this.#connection.request('inspect.values', { ...target, map }));
      if (reply) this.#values = { key, map, values: reply.value };
    } catch (error) {
      this.#error = reportError(error);
    }
  }
}

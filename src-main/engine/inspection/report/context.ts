/** What the sections of a report are made of. */
import type { SpreadHistory } from '../../../shared/inspect/spread-history.ts';
import type { NormHistory } from '../../../shared/inspection.ts';
import type { LayerDescription } from '../../../shared/network/index.ts';
import type { Layer, Network } from '../../../shared/network/spec.ts';
import type { Preprocessing } from '../../../shared/run.ts';
import type { DecoderClient } from '../../images/decoder-client.ts';
import type { Model } from '../../graph/model.ts';
import type { Activations } from '../activations.ts';
import type { NamedBatch } from '../batch-norm.ts';
import type { Part } from './page.ts';
import type { Shelf } from './shelf.ts';

/** A cell whose sum is shown instead of the layer's strongest. */
export interface CellChoice {
  layer: string;
  map: number;
  row: number;
  column: number;
}

export interface ReportContext {
  model: Model;
  /** The network with the weights that the run began with. */
  first: Model;
  network: Network;
  classes: readonly string[];
  /** uint8 [1, height, width, channels], as the network is given it. */
  pixels: Uint8Array;
  activations: Activations;
  /** What batch norm is measured on. */
  batch: NamedBatch;
  /** What was recorded while the run trained. */
  historyOf: (layer: string) => NormHistory | null;
  spreadsOf: (layer: string) => SpreadHistory | null;
  /** The class that is explained, and that the loss is against. */
  classIndex: number;
  cells: readonly CellChoice[];
  /** Multiply-accumulates of one image. */
  macs: number;
  preprocessing: Preprocessing;
  decoder: DecoderClient;
  shelf: Shelf;
  signal: AbortSignal;
}

export interface ReportLayer {
  spec: Layer;
  description: LayerDescription;
  /** Its folder in the report: number and name. */
  folder: string;
  /** Of its part of the page. */
  id: string;
}

/** A section of one layer, or of the network as a whole; null where there is nothing to show. */
export type LayerSection = (context: ReportContext, layer: ReportLayer) => Promise<Part | null>;
export type NetworkSection = (context: ReportContext, layers: readonly ReportLayer[]) => Promise<Part>;

/** How often something may be done that takes `each` multiply-accumulates, so that it takes seconds, not minutes. */
export const affordable = (each: number, least: number, most: number): number =>
  Math.round(Math.min(most, Math.max(least, 4e11 / each)));

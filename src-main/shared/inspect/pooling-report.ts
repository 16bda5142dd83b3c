/** What is found out about pooling at one layer, for one image. */
import type { PooledMaps } from '../inspection.ts';
import type { Pair } from '../network/spec.ts';
import type { Energies } from './frequencies.ts';
import type { PoolingMethod } from './pooling.ts';

/** A window that was chosen; `own` padding is that of the layer. */
export interface PoolingWindow {
  kernel: Pair;
  strides: Pair;
  padding: 'valid' | 'same' | 'own';
}

/** What a method of pooling keeps of maps. */
export interface PoolingKept extends Energies {
  /** Variance of a pooled value over that of noise laid on every cell before: 1 / cells for the mean. */
  noise: number;
  /** The mean change of a pooled value under that noise, in the noise's standard deviations. */
  bias: number;
}

/** Maps pooled by every method with one window, of some of their channels. */
export interface PoolingReport {
  layer: string;
  /** Whose output is pooled. */
  source: string;
  window: PoolingWindow;
  /** Rows and columns of padding before the first. */
  before: Pair;
  /** What the network itself does there; null where it does not pool, or not with this window. */
  uses: 'max' | 'mean' | null;
  channels: { from: number; count: number; all: number };
  input: PooledMaps;
  pooled: Record<PoolingMethod, PooledMaps & { winners: Int32Array | null }>;
  kept: Record<PoolingMethod | 'none', PoolingKept>;
  /** Rows and columns of the middle of the maps on which `kept` was measured. */
  measuredOn: Pair;
}

/** Change of the maps over their length, at each step of a change to the image. */
export interface ResponseCurves {
  steps: number[];
  changes: Record<PoolingMethod | 'none', number[]>;
}

/** By pixels to the right, times as large, and degrees clockwise. */
export interface PoolingResponse {
  layer: string;
  shift: ResponseCurves;
  scale: ResponseCurves;
  rotation: ResponseCurves;
}

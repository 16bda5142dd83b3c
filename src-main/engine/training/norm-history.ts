/**
 * What became of batch norm while a run trained: batch-norm.bin in its folder. A row, float32, little endian: the number of
 * steps done, then for each batch norm layer in the network's order, figure after figure, one number a channel. Knows no
 * TensorFlow.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { normFigures } from '../../shared/inspection.ts';
import type { NormHistory } from '../../shared/inspection.ts';
import { describeNetwork } from '../../shared/network/index.ts';
import type { Network } from '../../shared/network/spec.ts';

export const historyName = 'batch-norm.bin';

export interface NormLayer {
  name: string;
  channels: number;
}

export const normLayers = (network: Network, classes: number): NormLayer[] =>
  describeNetwork(network, classes).layers.flatMap(({ name, kind, outputShape }) =>
    kind === 'batchNorm' && outputShape ? [{ name, channels: outputShape.at(-1)! }] : [],
  );

/** Numbers in a row. */
export const rowLength = (layers: readonly NormLayer[]): number =>
  1 + layers.reduce((sum, { channels }) => sum + normFigures.length * channels, 0);

/** The rows, each a view; one that a crash cut off is left out. */
export function readRows(folder: string, layers: readonly NormLayer[]): Float32Array[] {
  const file = join(folder, historyName);
  if (!existsSync(file)) return [];
  const bytes = Uint8Array.from(readFileSync(file));
  const length = rowLength(layers);
  const rows = Math.floor(bytes.length / 4 / length);
  const values = new Float32Array(bytes.buffer, 0, rows * length);
  return Array.from({ length: rows }, (_, row) => values.subarray(row * length, (row + 1) * length));
}

/** What became of one layer; null where nothing was recorded. */
export function readHistory(folder: string, layers: readonly NormLayer[], layer: string): NormHistory | null {
  const at = layers.findIndex(({ name }) => name === layer);
  const rows = readRows(folder, layers);
  if (at < 0 || rows.length === 0) return null;
  const { channels } = layers[at]!;
  const start = rowLength(layers.slice(0, at));
  const figures = normFigures.map((name, figure) => {
    const values = new Float32Array(rows.length * channels);
    const from = start + figure * channels;
    rows.forEach((row, index) => values.set(row.subarray(from, from + channels), index * channels));
    return [name, values] as const;
  });
  return {
    steps: rows.map((row) => row[0]!),
    channels,
    figures: Object.fromEntries(figures) as NormHistory['figures'],
  };
}

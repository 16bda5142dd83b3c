/**
 * What became of batch norm while a run trained: batch-norm.bin in its folder. After the number of steps a row holds, for
 * each batch norm layer in the network's order, figure after figure, one number a channel. Knows no TensorFlow.
 */
import { normFigures } from '../../shared/inspection.ts';
import type { NormHistory } from '../../shared/inspection.ts';
import { describeNetwork } from '../../shared/network/index.ts';
import type { Network } from '../../shared/network/spec.ts';
import { RecordFile } from './record-file.ts';
import type { Tensors } from './record-file.ts';

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

/** What a row is made of, and the file that it goes to. */
export function normPart(folder: string, layers: readonly NormLayer[]) {
  const names = layers.flatMap(({ name }) => normFigures.map((figure) => `${name}/${figure}`));
  const length = rowLength(layers);
  return {
    layers,
    length,
    file: new RecordFile(folder, historyName, length),
    /** To be fetched from the training pass. */
    names,
    row: (step: number, fetched: Tensors): Float32Array => {
      const row = new Float32Array(length);
      row[0] = step;
      let at = 1;
      for (const name of names) {
        const { values } = fetched[name]!;
        row.set(values, at);
        at += values.length;
      }
      return row;
    },
  };
}

/** What became of one layer; null where nothing was recorded. */
export function readHistory(folder: string, layers: readonly NormLayer[], layer: string): NormHistory | null {
  const at = layers.findIndex(({ name }) => name === layer);
  const rows = new RecordFile(folder, historyName, rowLength(layers)).rows();
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

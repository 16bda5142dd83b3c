/** How activations, weights and gradients were spread while a run trained: spreads.bin in its folder. */
import { spreadOf, saturatedShare } from '../../shared/inspect/distributions.ts';
import { historyOf, recordedTensors, spreadBins, spreadLength, tensorOf } from '../../shared/inspect/spread-history.ts';
import type { SpreadHistory, SpreadRow } from '../../shared/inspect/spread-history.ts';
import type { Network } from '../../shared/network/spec.ts';
import type { Model } from '../graph/model.ts';
import { halfMeanSquareOf, sampleOf } from '../graph/samples.ts';
import { RecordFile } from './record-file.ts';
import type { Tensors } from './record-file.ts';

export const spreadsName = 'spreads.bin';

const rowLength = (network: Network): number => 1 + recordedTensors(network).length * spreadLength;

/** What became of one layer; null where nothing was recorded. */
export function readSpreads(folder: string, network: Network, layer: string): SpreadHistory | null {
  const rows = new RecordFile(folder, spreadsName, rowLength(network)).rows();
  return rows.length === 0 ? null : historyOf(recordedTensors(network), rows, layer);
}

/** What a row is made of, and the file that it goes to. */
export function spreadPart(folder: string, model: Pick<Model, 'network' | 'has'>) {
  const { network } = model;
  const tensors = recordedTensors(network).map((recorded) => {
    const name = tensorOf(recorded);
    const layer = network.layers.find((one) => one.name === recorded.layer)!;
    const isOutput = recorded.field === 'output' && !recorded.isGradient;
    return {
      activation: isOutput && layer.kind === 'activation' ? layer.function : null,
      ...(model.has(sampleOf(name))
        ? { values: sampleOf(name), halfMeanSquare: halfMeanSquareOf(name) }
        : { values: name, halfMeanSquare: null }),
    };
  });
  const length = rowLength(network);
  return {
    length,
    file: new RecordFile(folder, spreadsName, length),
    /** To be fetched from the training pass. */
    names: tensors.flatMap(({ values, halfMeanSquare }) => [
      values,
      ...(halfMeanSquare === null ? [] : [halfMeanSquare]),
    ]),
    row: (step: number, fetched: Tensors): SpreadRow => {
      const row = new Float32Array(length);
      row[0] = step;
      tensors.forEach(({ values: name, halfMeanSquare, activation }, at) => {
        const { values } = fetched[name]!;
        const { histogram, size, zeros, broken } = spreadOf(values, spreadBins);
        // Of a sample's tensor the size is that of all its values.
        const sizeOfAll = halfMeanSquare === null ? size : Math.sqrt(2 * fetched[halfMeanSquare]!.values[0]!);
        const saturated = activation === null ? null : saturatedShare(activation, values);
        const figures = [histogram.from, histogram.to, sizeOfAll, zeros, broken / values.length, saturated ?? -1];
        row.set([...figures, ...histogram.counts], 1 + at * spreadLength);
      });
      return row;
    },
  };
}

/** The histograms of a tensor at all recorded steps on one axis, as a picture, and those of one step. */
import type { Histogram } from '../inspection.ts';
import { spreadBins } from './spread-history.ts';
import type { TensorHistory } from './spread-history.ts';

/** Bins of the common axis. */
const mapRows = 48;

export interface SpreadMap {
  /** The ends of the axis. */
  from: number;
  to: number;
  rows: number;
  columns: number;
  /** [rows, columns]: the share of a step's values in each bin, the largest values first; NaN where none is a number. */
  shares: Float32Array;
}

export function spreadMapOf({ figures, counts }: TensorHistory): SpreadMap {
  const columns = figures.least.length;
  const from = Math.min(...figures.least);
  const to = Math.max(...figures.largest);
  const width = (to - from) / mapRows;
  const shares = new Float32Array(mapRows * columns);
  for (let column = 0; column < columns; column++) {
    const own = counts.subarray(column * spreadBins, (column + 1) * spreadBins);
    const total = own.reduce((sum, count) => sum + count, 0);
    const ownWidth = (figures.largest[column]! - figures.least[column]!) / spreadBins;
    for (let row = 0; row < mapRows; row++) {
      const [low, high] = [from + (mapRows - 1 - row) * width, from + (mapRows - row) * width];
      let count = 0;
      own.forEach((inBin, bin) => {
        const begin = figures.least[column]! + bin * ownWidth;
        const overlap = Math.min(high, begin + ownWidth) - Math.max(low, begin);
        if (overlap > 0) count += (inBin * overlap) / ownWidth;
      });
      shares[row * columns + column] = count / total;
    }
  }
  return { from, to, rows: mapRows, columns, shares };
}

/** As recorded at one step; `at` counts the records. */
export const histogramAt = ({ figures, counts }: TensorHistory, at: number): Histogram => ({
  from: figures.least[at]!,
  to: figures.largest[at]!,
  counts: [...counts.subarray(at * spreadBins, (at + 1) * spreadBins)],
});
